"""What became of a project's own files, as text and as documents: `init`, `add`, `remove`, `lock`.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from capsa.model.outcome import EditOutcome, EditRow, InitOutcome, LockOutcome
from capsa.terminal.change import change_lines, change_rows, changes_text
from capsa.terminal.sentence import counted
from capsa.terminal.style import Style
from capsa.terminal.visible import visible

_DONE = {"add": "added", "remove": "removed", "change": "changed to"}
_WOULD = {"add": "would add", "remove": "would remove", "change": "would change to"}
_WHERE = {"add": "to", "remove": "from", "change": "in"}


def lock_text(outcome: LockOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    lines = [] if outcome.is_current else change_lines(outcome.changes, style)
    return [*lines, _lock_sentence(outcome, style)]


def lock_document(outcome: LockOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "lock": outcome.path,
        "dry_run": outcome.is_dry_run,
        "check": outcome.is_check,
        "changes": change_rows(outcome.changes),
        "packages": outcome.package_count,
        "current": outcome.is_current,
        "reason": outcome.reason,
    }


def edit_text(outcome: EditOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people; what changed in the lock is told where no box shows the same."""
    name = style.path(outcome.path)
    lines = [_edit_line(edit, name, is_dry_run=outcome.is_dry_run) for edit in outcome.edits]
    lines = lines or [f"nothing to change in {name}"]
    if outcome.lock and outcome.changes:
        lines.append(_lock_sentence(outcome.lock, style))
    elif outcome.lock:
        lines += lock_text(outcome.lock, style, width)
    return [*lines, *(changes_text(outcome.changes, style, width) if outcome.changes else [])]


def edit_document(outcome: EditOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "path": outcome.path,
        "dry_run": outcome.is_dry_run,
        "edits": [{"action": edit.action, "place": edit.place, "requirement": edit.text} for edit in outcome.edits],
        "lock": lock_document(outcome.lock) if outcome.lock else None,
        "environment": outcome.changes.environment if outcome.changes else None,
        "changes": change_rows(outcome.changes.changes) if outcome.changes else [],
    }


def init_text(outcome: InitOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    written = ", ".join(style.path(path) for path in outcome.written)
    hints = [f"{style.paint('hint:', 'cyan')} {visible(hint)}" for hint in outcome.hints]
    return [f"began {visible(outcome.name)}: wrote {written}", *hints]


def init_document(outcome: InitOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "path": outcome.path,
        "name": outcome.name,
        "written": list(outcome.written),
        "hints": list(outcome.hints),
    }


def _lock_sentence(outcome: LockOutcome, style: Style) -> str:
    name = style.path(outcome.path)
    amount = counted(outcome.package_count, "package")
    if outcome.is_current:
        return f"{name} is up to date: {amount}"
    if outcome.is_check:
        return f"not up to date: {visible(outcome.reason)}" if outcome.reason else f"{name} is not up to date"
    if outcome.is_dry_run:
        return f"would lock {amount}"
    return f"locked {amount} in {outcome.seconds:.1f} s"


def _edit_line(edit: EditRow, name: str, *, is_dry_run: bool) -> str:
    done = (_WOULD if is_dry_run else _DONE)[edit.action]
    return f"{name}: {done} `{visible(edit.text)}` {_WHERE[edit.action]} {visible(edit.place)}"
