"""``capsa uninstall NAME...``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.written import requirement_files, standard_input
from capsa.errors import RequirementError
from capsa.model.outcome import ChangesOutcome
from capsa.ops.demands import Sources, read_demands
from capsa.ops.uninstall import uninstall


def run(call: Call) -> ChangesOutcome:
    """Take the named packages out of the box."""
    sources = Sources(files=requirement_files(call, "requirement"), standard_input=standard_input(call))
    named = read_demands(call.session, sources, call.folder).requirements
    for requirement in named:
        if not requirement.name:
            raise RequirementError(
                f"{requirement.origin}: `{requirement.text}` does not tell the name of its project",
                hints=("see the names: `capsa list`, then `capsa uninstall NAME`",),
            )
    names = (*call.names("names"), *(requirement.name for requirement in named))
    environment = call.environment(is_changed=True)
    return uninstall(call.session, environment, names, is_dry_run=call.has("dry-run"))
