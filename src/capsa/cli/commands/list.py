"""``capsa list``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import ListOutcome
from capsa.ops.list import list_packages


def run(call: Call) -> ListOutcome:
    """Return the packages of the box."""
    return list_packages(call.session, call.environment())
