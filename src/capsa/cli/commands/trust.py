"""``capsa trust [PATH]`` and ``capsa trust --list``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.errors import UsageError
from capsa.model.stepping import TrustListOutcome, TrustOutcome
from capsa.ops.trust import trust, trusted


def run(call: Call) -> TrustOutcome | TrustListOutcome:
    """Trust a project, or tell which ones are trusted."""
    named = call.text("path")
    if not call.has("list"):
        return trust(call.session, call.path(named) if named else None, call.folder)
    if named:
        raise UsageError("`--list` shows every trusted project, so there is no PATH to it", hints=("leave PATH out",))
    return trusted(call.session)
