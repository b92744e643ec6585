"""``capsa shell [NAME or PATH]``."""

from __future__ import annotations

from capsa.cli.become import become
from capsa.cli.call import Call
from capsa.cli.step import entered_box
from capsa.model.event import Event
from capsa.model.outcome import RunOutcome
from capsa.ops.shell import is_inside, prepare_shell


def run(call: Call) -> RunOutcome:
    """Become a shell inside the box; where that can't be, run one and tell how it ended."""
    root = entered_box(call)
    if is_inside(call.session.surroundings, root):
        call.session.report(Event(kind="note", text=f"this shell is inside {root} already"))
        return RunOutcome(code=0)
    ready = prepare_shell(call.session, root)
    return become(call, ready.program, list(ready.words), ready.variables)
