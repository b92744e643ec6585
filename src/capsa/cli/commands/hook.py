"""``capsa hook SHELL``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.stepping import ScriptOutcome
from capsa.ops.hook import hook


def run(call: Call) -> ScriptOutcome:
    """Return what the shell reads when it starts."""
    return hook(call.session, call.text("shell") or "")
