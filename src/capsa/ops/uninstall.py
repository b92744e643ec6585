"""``uninstall``: the named packages leave the box; what nobody knows is said and nothing else is touched."""

from __future__ import annotations

from capsa.environment.site import scan
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.outcome import ChangesOutcome
from capsa.model.plan import Plan, removal
from capsa.ops.change import apply_plan, turn
from capsa.ops.session import Session


def uninstall(
    session: Session, environment: Environment, names: tuple[str, ...], *, is_dry_run: bool = False
) -> ChangesOutcome:
    """Take the distributions with these normalized names out, and return what changed.

    A name that is not installed is warned about, as pip does; the others are removed all the same.
    """
    if is_dry_run:
        return session.changes(environment, _plan(session, environment, names), is_dry_run=True)
    with turn(session, environment):
        plan = _plan(session, environment, names)
        if plan.changes:
            apply_plan(session, environment, plan)
    return session.changes(environment, plan)


def _plan(session: Session, environment: Environment, names: tuple[str, ...]) -> Plan:
    installed = scan(environment).installed
    present = {distribution.name for distribution in installed}
    for name in names:
        if name not in present:
            session.report(Event(kind="warning", text=f"{name} is not installed in {environment.root}"))
    # All that goes by a name: a box may hold what an interrupted installer left of another version.
    return removal(tuple(distribution for distribution in installed if distribution.name in names))
