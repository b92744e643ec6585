"""``capsa remove NAME...``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.edit import amend_order, place_of
from capsa.cli.project import project_of
from capsa.model.outcome import EditOutcome
from capsa.ops.remove import RemoveOrder, remove, remove_from_script
from capsa.ops.supply import Supply


def run(call: Call) -> EditOutcome:
    """Take demands out of the project or script; lock and box follow."""
    place = place_of(call)
    order = RemoveOrder(place=place, amend=amend_order(call, place, is_exact=True))
    supply = Supply(call.session)
    if place.kind == "script":
        return remove_from_script(supply, call.path(call.text("script") or ""), call.names("names"), order)
    return remove(supply, project_of(call), call.names("names"), order)
