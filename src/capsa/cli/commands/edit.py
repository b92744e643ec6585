"""``capsa edit NAME...``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.finding import PatchOutcome
from capsa.ops.edit import edit
from capsa.ops.supply import Supply


def run(call: Call) -> PatchOutcome:
    """Give the box its own copy of packages."""
    return edit(Supply(call.session), call.environment(is_changed=True), call.names("names"))
