"""``capsa check``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import CheckOutcome
from capsa.ops.check import check


def run(call: Call) -> CheckOutcome:
    """Return what does not hold together in the box."""
    return check(call.environment())
