"""``list``: the packages of a box, whoever put them in."""

from __future__ import annotations

from capsa.environment.receipt import receipt_of
from capsa.environment.site import scan
from capsa.errors import EnvironmentDamagedError
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.outcome import ListOutcome, PackageRow
from capsa.ops.session import Session


def list_packages(session: Session, environment: Environment) -> ListOutcome:
    """Return every package by name; folders that can't be read as packages are warned about."""
    site = scan(environment)
    for folder in site.damaged:
        session.report(Event(kind="warning", text=f"{folder} has no readable metadata, so it is not listed"))
    edited = _edited(session, environment)
    return ListOutcome(
        environment=environment.root,
        packages=tuple(
            PackageRow(
                name=distribution.metadata.name,
                version=distribution.version,
                is_editable=distribution.is_editable,
                is_edited=distribution.info in edited,
                direct_url=distribution.direct_url,
            )
            for distribution in site.installed
        ),
    )


def _edited(session: Session, environment: Environment) -> frozenset[str]:
    """Return the info folders of the packages that this box has files of its own of, to be patched."""
    try:
        entries = receipt_of(environment.root).entries
    except EnvironmentDamagedError as error:
        session.report(Event(kind="warning", text=str(error)))
        return frozenset()
    return frozenset(entry.info for entry in entries if entry.is_edited)
