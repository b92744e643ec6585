"""``capsa untrust [PATH]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.stepping import TrustOutcome
from capsa.ops.trust import untrust


def run(call: Call) -> TrustOutcome:
    """Trust a project no more."""
    named = call.text("path")
    return untrust(call.session, call.path(named) if named else None, call.folder)
