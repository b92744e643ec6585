"""``capsa activate [NAME or PATH]``: without the shell hook, the line to type."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.step import entered_box
from capsa.model.stepping import ActivateOutcome, FactsOutcome
from capsa.ops.activate import activate, facts


def run(call: Call) -> ActivateOutcome | FactsOutcome:
    """Return the line that steps into the box from the calling shell, or what a hook has to know for that."""
    root = entered_box(call)
    return facts(call.session.surroundings, root) if call.has("facts") else activate(call.session, root)
