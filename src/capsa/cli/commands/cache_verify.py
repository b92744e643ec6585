"""``capsa cache verify``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.store import AuditOutcome
from capsa.ops.audit import verify_store


def run(call: Call) -> AuditOutcome:
    """Check every file of the store."""
    return verify_store(call.session)
