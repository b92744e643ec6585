"""``capsa cache size``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.store import CacheOutcome
from capsa.ops.cache import measure


def run(call: Call) -> CacheOutcome:
    """Return what the store holds."""
    return measure(call.session)
