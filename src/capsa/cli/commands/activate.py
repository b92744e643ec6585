"""``capsa activate [PATH]``: without the shell hook, the line to type."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import ActivateOutcome
from capsa.ops.activate import activate


def run(call: Call) -> ActivateOutcome:
    """Return the line that steps into the box from the calling shell."""
    named = call.text("path") or call.text("env")
    return activate(call.session.surroundings, call.path(named) if named else None, call.folder)
