"""``capsa redo``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import TravelOutcome
from capsa.ops.supply import Supply
from capsa.ops.undo import TravelManner, redo


def run(call: Call) -> TravelOutcome:
    """Go to the state that was undone last."""
    manner = TravelManner(is_box_only=call.has("box-only"), is_dry_run=call.has("dry-run"))
    return redo(Supply(call.session), call.environment(is_changed=True), manner)
