"""How a verb ends that becomes another program: `run` and `shell`."""

from __future__ import annotations

import sys

from capsa.cli.call import Call
from capsa.model.outcome import RunOutcome
from capsa.process.replace import replace, wait
from capsa.terminal.progress import Progress


def become(call: Call, program: str, words: list[str], variables: dict[str, str]) -> RunOutcome:
    """Become the program at a path; where that can't be, run it and tell how it ended."""
    _leave(call)
    # A store of its own for this run is removed after it, so that something has to stay and do that.
    start = wait if call.has("no-cache") else replace
    return RunOutcome(code=start(program, words, variables))


def _leave(call: Call) -> None:
    """Tidy up as at the end of every verb: who becomes another program never comes back to it."""
    call.session.close()
    if isinstance(call.session.reporter, Progress):
        call.session.reporter.close()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
