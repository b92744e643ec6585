"""What a verb changed in a box, or would change, as text and as a document: a line a package, and one that counts.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from capsa.model.outcome import ChangeRow, ChangesOutcome
from capsa.terminal.sentence import counted, nothing_to_do
from capsa.terminal.style import Style
from capsa.terminal.visible import visible

_SIGNS = {"install": ("+", "green"), "remove": ("-", "red"), "replace": ("~", "yellow")}
_DONE = {"install": "installed", "replace": "replaced", "remove": "removed"}


def changes_text(outcome: ChangesOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    if outcome.is_absent and not outcome.changes:
        return [f"there is no box at {style.path(outcome.environment)} yet, and nothing to put into it"]
    if not outcome.changes:
        return [nothing_to_do(outcome.kept_count, style.path(outcome.environment))]
    lines = change_lines(outcome.changes, style)
    if outcome.is_dry_run or outcome.is_check:
        return [*lines, f"would {_sum(outcome.changes, {action: action for action in _DONE})}"]
    return [*lines, f"{counted_changes(outcome.changes)} in {outcome.seconds:.1f} s"]


def change_lines(changes: Iterable[ChangeRow], style: Style) -> list[str]:
    """Return a line for each package: ``+ six 1.17.0``, ``- six 1.16.0``, ``~ six 1.16.0 -> 1.17.0``."""
    return [_line(change, style) for change in changes]


def counted_changes(changes: tuple[ChangeRow, ...]) -> str:
    """Return what was done how often: "installed 3 packages, removed 1"."""
    return _sum(changes, _DONE)


def change_rows(changes: Iterable[ChangeRow]) -> list[dict[str, object]]:
    """Return an object for each package, as CONTRACT fixes it."""
    return [
        {"action": change.action, "name": change.name, "from": change.from_version, "to": change.to_version}
        for change in changes
    ]


def changes_document(outcome: ChangesOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "environment": outcome.environment,
        "dry_run": outcome.is_dry_run,
        "check": outcome.is_check,
        "changes": change_rows(outcome.changes),
        "kept": outcome.kept_count,
    }


def _line(change: ChangeRow, style: Style) -> str:
    sign, color = _SIGNS[change.action]
    old, new = visible(change.from_version or ""), visible(change.to_version or "")
    if change.action == "replace":
        new = f"{new} (again)" if old == new else f"{old} -> {new}"
    return f"{style.paint(sign, color)} {visible(change.name)} {new or old}".rstrip()


def _sum(changes: tuple[ChangeRow, ...], words: dict[str, str]) -> str:
    """Return what was done how often; the noun is said once: "installed 3 packages, removed 1"."""
    counts = {action: sum(change.action == action for change in changes) for action in words}
    parts = [(words[action], count) for action, count in counts.items() if count]
    (word, count), *others = parts
    return ", ".join([f"{word} {counted(count, 'package')}", *(f"{word} {count}" for word, count in others)])
