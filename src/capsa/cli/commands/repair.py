"""``capsa repair [NAME...]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.finding import RepairOutcome
from capsa.ops.repair import repair
from capsa.ops.supply import Supply


def run(call: Call) -> RepairOutcome:
    """Mend what is missing or damaged in the box."""
    is_dry_run = call.has("dry-run")
    environment = call.environment(is_changed=not is_dry_run)
    return repair(
        Supply(call.session), environment, call.names("names"), is_full=call.has("full"), is_dry_run=is_dry_run
    )
