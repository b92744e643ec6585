"""``capsa history``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import HistoryOutcome
from capsa.ops.history import history


def run(call: Call) -> HistoryOutcome:
    """Return the states of the box."""
    return history(call.session, call.environment())
