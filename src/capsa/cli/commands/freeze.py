"""``capsa freeze``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import FreezeOutcome
from capsa.ops.freeze import freeze


def run(call: Call) -> FreezeOutcome:
    """Return the packages of the box as requirements."""
    return freeze(call.environment())
