"""``capsa verify [NAME...]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.finding import VerifyOutcome
from capsa.ops.supply import Supply
from capsa.ops.verify import verify


def run(call: Call) -> VerifyOutcome:
    """Return what is not as it was installed."""
    return verify(Supply(call.session), call.environment(), call.names("names"), is_full=call.has("full"))
