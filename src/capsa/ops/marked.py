"""What `sync` does about packages that are marked as damaged and that its lock does not name: the box's pip, say.

What the lock names is put in anew by the plan; the files of these are mended as `repair` does it.
"""

from __future__ import annotations

from capsa.environment.mark import forget, marked
from capsa.environment.site import scan
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.outcome import ChangeRow
from capsa.model.plan import Plan
from capsa.ops.inventory import Inventory
from capsa.ops.repair import mend
from capsa.ops.supply import Supply


def marked_beside(environment: Environment, plan: Plan) -> tuple[ChangeRow, ...]:
    """Return the marked packages that a plan does not touch, as lines of what would be done."""
    names = marked(environment.root) - {change.name for change in plan.changes}
    if not names:
        return ()
    versions = {old.name: old.version for old in scan(environment).installed if old.name in names}
    return _rows(versions)


def mend_marked(supply: Supply, environment: Environment) -> tuple[tuple[ChangeRow, ...], dict[str, frozenset[str]]]:
    """Mend what is still marked, and return what was mended, and which packages of other boxes are to be marked.

    The caller holds the box's turn, and has carried out its plan. What can't be mended is warned about.
    """
    noted = marked(environment.root)
    if not noted:
        return (), {}
    subjects = {subject.name: subject for subject in Inventory(supply.archives, environment).subjects}
    forget(environment.root, noted - subjects.keys())  # another tool took them out
    names = tuple(sorted(noted & subjects.keys()))
    if not names:
        return (), {}
    outcome, others = mend(supply, environment, names, is_full=False)
    for finding in outcome.left:
        if finding.is_damage:
            text = f"{finding.package} stays damaged: {finding.path} {finding.text}"
            supply.session.report(Event(kind="warning", text=text))
    mended = {finding.package for finding in outcome.mended}
    present = (subjects[name].installed for name in sorted(mended))
    return _rows({old.name: old.version for old in present if old is not None}), others


def _rows(versions: dict[str, str]) -> tuple[ChangeRow, ...]:
    return tuple(
        ChangeRow(action="replace", name=name, from_version=version, to_version=version)
        for name, version in sorted(versions.items())
    )
