"""``capsa config show``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import SettingsOutcome


def run(call: Call) -> SettingsOutcome:
    """Return every setting with its origin."""
    return SettingsOutcome(settings=call.session.settings.rows())
