"""``capsa cache clear``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.store import CacheOutcome
from capsa.ops.cache import clear


def run(call: Call) -> CacheOutcome:
    """Empty the store."""
    return clear(call.session)
