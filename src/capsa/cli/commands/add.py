"""``capsa add REQ...``."""

from __future__ import annotations

import shlex

from capsa.cli.call import Call
from capsa.cli.edit import amend_order, place_of
from capsa.cli.project import project_of
from capsa.cli.written import requirement_files, standard_input
from capsa.model.outcome import EditOutcome
from capsa.ops.add import AddOrder, add, add_to_script
from capsa.ops.demands import Sources, read_demands, settings_with
from capsa.ops.supply import Supply
from capsa.project.edit import Place


def run(call: Call) -> EditOutcome:
    """Write demands into the project or script; lock and box follow."""
    place = place_of(call)
    order = AddOrder(
        place=place,
        is_raw=call.has("raw"),
        marker=call.text("marker") or "",
        amend=amend_order(call, place),
    )
    project = None if place.kind == "script" else project_of(call)
    sources = Sources(
        arguments=call.texts("requirements"),
        files=requirement_files(call, "requirement"),
        standard_input=standard_input(call),
        verb=_verb(call, place),
    )
    demands = read_demands(call.session, sources, call.folder)
    call.session.settings = settings_with(call.session.settings, demands.options)
    supply = Supply(call.session)
    if project is None:
        return add_to_script(supply, call.path(call.text("script") or ""), demands, order)
    return add(supply, project, demands, order)


def _verb(call: Call, place: Place) -> str:
    """Return the words of this command that come before its demands, as hints show them."""
    script = call.text("script")
    option = f"--script {shlex.quote(script)}" if script else place.option
    return f"add {option}".strip()
