"""A box that was made, as text and as a document.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from capsa.model.outcome import CreateOutcome
from capsa.terminal.sentence import activation, created
from capsa.terminal.style import Style
from capsa.terminal.visible import visible


def create_text(outcome: CreateOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    place = style.path(outcome.environment)
    return [
        created(place, visible(outcome.python), visible(outcome.reason), outcome.pip),
        *(f"{style.paint('hint:', 'cyan')} {visible(hint)}" for hint in outcome.hints),
        activation(visible(outcome.activation_line)),
    ]


def create_document(outcome: CreateOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "environment": outcome.environment,
        "python": outcome.python,
        "reason": outcome.reason,
        "pip": outcome.pip,
        "activate": outcome.activation_line,
        "hints": list(outcome.hints),
    }
