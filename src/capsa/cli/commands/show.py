"""``capsa show NAME...``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import ShowOutcome
from capsa.ops.show import show


def run(call: Call) -> ShowOutcome:
    """Return what the named packages say of themselves."""
    return show(call.environment(), call.names("names"), has_files=call.has("files"))
