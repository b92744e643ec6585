"""A failure as people and as programs read it: one sentence and its hints, or one JSON document.

Returns text and documents, writes nothing. Whatever comes from outside is shown with its control characters escaped.
"""

from __future__ import annotations

from capsa.errors import Failure
from capsa.terminal.style import Style
from capsa.terminal.visible import visible


def failure_text(failure: Failure, style: Style) -> str:
    """Return the lines about a failure, the last one ended: ``error: ...``, then ``hint: ...`` for each hint."""
    lines = [f"{style.paint('error:', 'red')} {visible(failure.message, keeps_lines=True)}"]
    lines += [f"{style.paint('hint:', 'cyan')} {visible(hint, keeps_lines=True)}" for hint in failure.hints]
    return "".join(f"{line}\n" for line in lines)


def failure_document(failure: Failure) -> dict[str, object]:
    """Return the JSON document about a failure (CONTRACT, "Outputs")."""
    error = {"kind": failure.kind, "message": failure.message, "hints": list(failure.hints)}
    return {"version": 1, "error": error}
