"""The states of a box, the way from one to another, and what differs between two, as text and as documents.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from capsa.model.outcome import DiffOutcome, HistoryOutcome, StateRow, TravelOutcome
from capsa.terminal.change import change_lines, change_rows, changes_document, changes_text, counted_changes
from capsa.terminal.sentence import counted
from capsa.terminal.style import Style
from capsa.terminal.table import aligned
from capsa.terminal.visible import visible

_SHOWN = 4  # changes that are told one by one; more are counted
_KINDS = {"others": "changed by other programs", "first": "before the first change by capsa"}
_AGES = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_OLD = 60 * 86_400  # after that the day itself says more


def history_text(outcome: HistoryOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people: for each state when and why, and below that what changed."""
    if not outcome.states:
        return [f"capsa has not changed {style.path(outcome.environment)} yet"]
    rows = [["state", "when", "what"]]
    for state in outcome.states:
        head, *below = _told(state, style)
        rows += [[_name(state), _age(state), head], *(["", "", line] for line in below)]
    first, *lines = aligned(rows, width)
    return [style.paint(first, "bold"), *(_painted(line, style) for line in lines)]


def history_document(outcome: HistoryOutcome) -> dict[str, object]:
    """Return the content for programs."""
    states = [
        {
            "number": state.number,
            "when": state.when,
            "kind": state.kind,
            "why": state.why,
            "changes": change_rows(state.changes),
            "packages": state.package_count,
            "files": list(state.files),
            "current": state.is_current,
            "undone": state.is_undone,
            "restorable": not state.reasons,
            "reasons": list(state.reasons),
        }
        for state in outcome.states
    ]
    return {"environment": outcome.environment, "states": states}


def travel_text(outcome: TravelOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people: the files, the packages, and where the box is by now."""
    if outcome.from_state == outcome.to_state and not outcome.changes.changes:
        return [f"nothing to do: {style.path(outcome.changes.environment)} is at @{outcome.to_state}"]
    is_dry_run = outcome.changes.is_dry_run
    would = "would be " if is_dry_run else ""
    lines = [f"{style.path(path)}: {would}put back" for path in outcome.files]
    lines += [f"{style.path(path)}: {would}removed" for path in outcome.gone]
    lines += changes_text(outcome.changes, style, width) if outcome.changes.changes else []
    place = style.path(outcome.changes.environment)
    return [*lines, f"{place} {'would be' if is_dry_run else 'is'} at @{outcome.to_state}"]


def travel_document(outcome: TravelOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        **changes_document(outcome.changes),
        "from": outcome.from_state,
        "to": outcome.to_state,
        "files": list(outcome.files),
        "gone": list(outcome.gone),
    }


def diff_text(outcome: DiffOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    before, after = style.path(outcome.before), style.path(outcome.after)
    if not outcome.changes:
        return [f"no difference between {before} and {after}"]
    count = counted(len(outcome.changes), "difference")
    return [*change_lines(outcome.changes, style), f"{count} from {before} to {after}"]


def diff_document(outcome: DiffOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"from": outcome.before, "to": outcome.after, "changes": change_rows(outcome.changes)}


def _name(state: StateRow) -> str:
    mark = " now" if state.is_current else " undone" if state.is_undone else ""
    return f"@{state.number}{mark}"


def _age(state: StateRow) -> str:
    if state.age >= _OLD:
        return visible(state.when.partition("T")[0])
    for length, unit in _AGES:
        if state.age >= length:
            return f"{counted(int(state.age // length), unit)} ago"
    return "just now"


def _told(state: StateRow, style: Style) -> list[str]:
    """Return why a state is there, what changed, and what is in the way of going to it."""
    lines = [visible(state.why) or _KINDS.get(state.kind, "-")]
    if state.kind == "first":
        lines.append(counted(state.package_count, "package"))
    elif len(state.changes) > _SHOWN:
        lines.append(counted_changes(state.changes))
    elif state.changes:
        lines.append(", ".join(change_lines(state.changes, Style())))
    if state.files:
        lines.append(f"changed {', '.join(style.path(path) for path in state.files)}")
    return [*lines, *(f"can't be brought back: {visible(reason)}" for reason in state.reasons)]


def _painted(line: str, style: Style) -> str:
    """Return a line as it is dressed: the current state is bold, what was undone dim."""
    first = line.partition("  ")[0]
    if first.endswith(" now"):
        return style.paint(line, "bold")
    return style.paint(line, "dim") if first.endswith(" undone") else line
