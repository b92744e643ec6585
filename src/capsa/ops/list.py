"""``list``: the packages of a box, whoever put them in."""

from __future__ import annotations

from capsa.environment.site import scan
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.outcome import ListOutcome, PackageRow
from capsa.ops.session import Session


def list_packages(session: Session, environment: Environment) -> ListOutcome:
    """Return every package by name; folders that can't be read as packages are warned about."""
    site = scan(environment)
    for folder in site.damaged:
        session.report(Event(kind="warning", text=f"{folder} has no readable metadata, so it is not listed"))
    return ListOutcome(
        environment=environment.root,
        packages=tuple(
            PackageRow(
                name=distribution.metadata.name,
                version=distribution.version,
                is_editable=distribution.is_editable,
                direct_url=distribution.direct_url,
            )
            for distribution in site.installed
        ),
    )
