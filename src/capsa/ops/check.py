"""``check``: do the demands of what is installed hold together."""

from __future__ import annotations

from capsa.environment.site import scan
from capsa.model.closure import unmet_demands
from capsa.model.environment import Environment
from capsa.model.outcome import CheckOutcome, Problem
from capsa.model.target import target_of


def check(environment: Environment) -> CheckOutcome:
    """Return every demand that does not hold, and every package whose metadata can't be read."""
    site = scan(environment)
    # A name that begins with ~ is what pip leaves of a package that it was taking out: nobody demands anything of it.
    unreadable = tuple(
        Problem(name=folder, version="", requirement="readable metadata")
        for folder in site.damaged
        if not folder.startswith("~")
    )
    return CheckOutcome(
        environment=environment.root,
        problems=(*unreadable, *unmet_demands(site.installed, target_of(environment.interpreter).markers)),
        package_count=len(site.installed),
    )
