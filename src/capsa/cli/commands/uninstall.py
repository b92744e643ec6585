"""``capsa uninstall NAME...``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import ChangesOutcome
from capsa.ops.demands import Sources, read_demands
from capsa.ops.uninstall import uninstall


def run(call: Call) -> ChangesOutcome:
    """Take the named packages out of the box."""
    files = tuple(call.path(path) for path in call.texts("requirement"))
    named = read_demands(call.session, Sources(files=files), call.folder).requirements
    names = (*call.names("names"), *(requirement.name for requirement in named))
    environment = call.environment(is_changed=True)
    return uninstall(call.session, environment, names, is_dry_run=call.has("dry-run"))
