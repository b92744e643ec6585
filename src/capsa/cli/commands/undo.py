"""``capsa undo [@N]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.point import state_number
from capsa.model.outcome import TravelOutcome
from capsa.ops.supply import Supply
from capsa.ops.undo import TravelManner, go, undo


def run(call: Call) -> TravelOutcome:
    """Go to the state before, or to the one that is named."""
    manner = TravelManner(is_box_only=call.has("box-only"), is_dry_run=call.has("dry-run"))
    named = call.text("state")
    number = None if named is None else state_number(named)
    supply = Supply(call.session)
    environment = call.environment(is_changed=True)
    return undo(supply, environment, manner) if number is None else go(supply, environment, number, manner)
