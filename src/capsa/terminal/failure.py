"""A failure as people and as programs read it: one sentence and its hints, or one JSON document.

Returns text and documents, writes nothing. Whatever comes from outside is shown with its control characters escaped.
"""

from __future__ import annotations

from capsa.errors import BuildError, Failure
from capsa.terminal.style import Style
from capsa.terminal.visible import visible

_LINES = 20  # of a build's output, the last


def failure_text(failure: Failure, style: Style) -> str:
    """Return the lines about a failure, the last one ended.

    ``error: ...``; the last lines of a failed build, indented by two spaces; ``hint: ...`` for each hint.
    """
    lines = [f"{style.paint('error:', 'red')} {visible(failure.message, keeps_lines=True)}"]
    if isinstance(failure, BuildError):
        lines += [f"  {visible(line)}".rstrip() for line in failure.lines[-_LINES:]]
    lines += [f"{style.paint('hint:', 'cyan')} {visible(hint, keeps_lines=True)}" for hint in failure.hints]
    return "".join(f"{line}\n" for line in lines)


def failure_document(failure: Failure) -> dict[str, object]:
    """Return the JSON document about a failure (CONTRACT, "Outputs")."""
    error: dict[str, object] = {"kind": failure.kind, "message": failure.message, "hints": list(failure.hints)}
    if isinstance(failure, BuildError):
        error |= {"lines": list(failure.lines), "log": failure.log}
    return {"version": 1, "error": error}
