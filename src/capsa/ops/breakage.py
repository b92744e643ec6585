"""Warns of packages whose demands held before a change of their box, and hold no longer. Changes nothing."""

from __future__ import annotations

from capsa.environment.site import scan
from capsa.model.closure import newly_unmet
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.installed import Installed
from capsa.model.plan import Plan
from capsa.model.target import target_of
from capsa.ops.session import Session


def tell_broken(session: Session, environment: Environment, plan: Plan, before: tuple[Installed, ...]) -> None:
    """Warn of every demand that the plan, which was carried out, broke; ``before`` is what was installed.

    Only what left, or gave way to another version, can break one: where packages were only added nothing is read.
    """
    names = frozenset(leaving.name for leaving in plan.leaving)
    if not names:
        return
    markers = target_of(environment.interpreter).markers
    for problem in newly_unmet(before, scan(environment).installed, names, markers):
        name = f"{problem.name} {problem.version}"
        found = f"and the box has {problem.found} now" if problem.found else "which is not in the box any more"
        session.report(Event(kind="warning", text=f"{name} asks for `{problem.requirement}`, {found}"))
