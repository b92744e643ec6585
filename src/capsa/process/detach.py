"""Work that goes on when this process has ended: a second capsa in the background, which nobody waits for.

It has a session of its own, no terminal, empty streams, the least claim on the processor, and nothing open of ours.
Never started on Windows, where nothing of this was tried. Hot.
"""

from __future__ import annotations

import os
import sys

HOT = True  # the fast path: see docs/adr

_SHELL, _LEAVING = "/bin/sh", '"$@" </dev/null >/dev/null 2>&1 &'
_BEGINNING = "import sys; sys.path += sys.argv[3:]; from {module} import {function}; {function}(*sys.argv[1:3])"
_BOTH_WAYS = 2  # O_RDWR, of the null device
_LOWEST = 19  # niceness
_FIRST = 3  # descriptors: after the three streams
_MANY = 1 << 16  # descriptors, where the system names no limit, or one that takes long to count to


Work = tuple[str, str, tuple[str, str]]
"""A module of capsa, its function, and the two words that this is given."""


def detach(work: Work, *, python: str, variables: dict[str, str], is_ending: bool = False) -> bool:
    """Start ``work`` in the background; tell whether it was started.

    ``is_ending``: this process ends soon and becomes no other program, so that nobody has the other as a child. The
    function calls `settle` first. ``python`` is the absolute path of the Python that runs capsa; ``variables`` are
    those it is given, without Python's own. What comes of it nobody is told.
    """
    if sys.platform == "win32":
        return False
    # It finds capsa where this process does, after the standard library; the current folder ("") is no place for it.
    places = [path for path in sys.path if os.path.isabs(path)]
    module, function, words = work
    text = _BEGINNING.format(module=module, function=function)
    command = [python, "-I", "-B", "-c", text, *words, *places]
    given = {name: value for name, value in variables.items() if not name.startswith("PYTHON")}
    try:
        if is_ending:
            empty = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, _BOTH_WAYS, 0) for stream in range(_FIRST)]
            os.posix_spawn(python, command, given, file_actions=empty)
            return True
        # By way of a shell, which ends at once: what it leaves is nobody's child, so that `capsa run` can become a
        # program that waits for children of its own. A fork of this process would do, and take ten times as long.
        child = os.posix_spawn(_SHELL, ["sh", "-c", _LEAVING, "sh", *command], given)
        _, status = os.waitpid(child, 0)
    except OSError:
        return False  # no shell, no process, or no memory for it
    return status == 0


def settle() -> None:
    """Let this process, which was detached, stand in nobody's way; the first thing that it does."""
    if os.getpgid(0) != os.getpid():
        os.setsid()
    # What our caller's caller left open to us (a pipe, a lock) would stay open as long as this process runs.
    os.closerange(_FIRST, min(os.sysconf("SC_OPEN_MAX"), _MANY))
    os.chdir("/")
    os.nice(_LOWEST)
    if hasattr(os, "SCHED_IDLE"):
        try:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        except OSError:
            return  # a sandbox forbids it: it is as nice as can be all the same
