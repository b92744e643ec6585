"""``capsa deactivate``: without the shell hook, the line to type."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.stepping import DeactivateOutcome
from capsa.ops.activate import deactivate


def run(call: Call) -> DeactivateOutcome:
    """Return the line that steps out."""
    return deactivate(call.session.surroundings)
