"""``capsa cache dir``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.store import CacheOutcome


def run(call: Call) -> CacheOutcome:
    """Return the folder of the store."""
    return CacheOutcome(action="dir", folder=call.session.store.root)
