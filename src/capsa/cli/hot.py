"""The fast path: the common forms of a few verbs, answered with a handful of modules and system calls.

Answers only where the slow path would say and do the same; everything else, also every failure, is None, and the slow
path takes over. Reads no settings file and starts no process. docs/adr/0007-hot-path.md.
"""

from __future__ import annotations

import os
import sys
from _collections_abc import Callable

from capsa.cli.entry import give_up, read_surroundings
from capsa.cli.fast import parse_fast
from capsa.errors import Failure
from capsa.model.surroundings import Surroundings
from capsa.version import __version__

HOT = True  # the fast path: see docs/adr

Answer = Callable[[dict[str, object], Surroundings], str | int | None]
"""Answers a verb from its values: a text to print, the exit code of what ran instead, or None for the slow path."""

_SAID = {"quiet", "no-color", "no-progress"}
_SELECTION = {"all-extras", "all-groups", "extra", "group", "no-dev", "no-group", "frozen", "locked"}
_ALLOWED = {
    "create": {"path", "no-pip", "prompt", "python", "system-site-packages"},
    "install": {"requirements", "requirement", "env"},
    "activate": {"path", "env", "facts"},
    "hook": {"shell"},
    "lock": set(),
    "sync": {"inexact", "no-install-project", *_SELECTION},
    "run": {"command", "exact", "module", "no-sync", "script", *_SELECTION},
}


def answer(arguments: list[str]) -> int | None:
    """Answer a command line (without the program's name) and return the exit code, or None for the slow path."""
    parsed = parse_fast(arguments)
    if parsed is None:
        return None
    (verb,), values = parsed
    if verb == "version":
        return _say(f"capsa {__version__}")
    if not (_ALLOWED[verb] | _SAID).issuperset(values) or {"frozen", "locked"}.issubset(values):
        return None
    try:
        told = _answer_of(verb)(values, read_surroundings())
    except (Failure, OSError):
        return None
    if told is None or isinstance(told, int):
        return told
    # Outside: what was done is done, whether or not the answer can be written. What was asked for is said in any case.
    is_for_program = verb == "hook" or "facts" in values
    return _hand_over(told) if is_for_program else _say("" if "quiet" in values and verb != "activate" else told)


def _answer_of(verb: str) -> Answer:
    if verb in {"lock", "sync", "run"}:
        from capsa.cli import hot_project  # noqa: PLC0415 - each part loads what the others never need

        return {"lock": hot_project.answer_lock, "sync": hot_project.answer_sync, "run": hot_project.answer_run}[verb]
    if verb == "hook":
        from capsa.cli.hot_hook import answer_hook  # noqa: PLC0415 - as above

        return answer_hook
    if verb == "create":
        from capsa.cli.hot_create import answer_create  # noqa: PLC0415 - as above

        return answer_create
    from capsa.cli import hot_box  # noqa: PLC0415 - as above

    return {"install": hot_box.answer_install, "activate": hot_box.answer_activate}[verb]


def _say(text: str) -> int:
    stream = sys.stdout
    if not text or stream is None:
        return 0
    encoding = stream.encoding or "utf-8"
    return _write(f"{text}\n".encode(encoding, "backslashreplace"))


def _hand_over(text: str) -> int:
    """Write for a program: every byte of a path as it is."""
    try:
        return _write(os.fsencode(f"{text}\n"))
    except UnicodeEncodeError:
        return _write(f"{text}\n".encode("utf-8", "surrogateescape"))


def _write(content: bytes) -> int:
    stream = sys.stdout
    if stream is None:
        return 0
    try:
        stream.buffer.write(content)
        stream.flush()
    except OSError as error:
        give_up(stream)
        if isinstance(error, BrokenPipeError):
            return 0
        sys.stderr.write(f"error: the answer can't be written: {error.strerror}\n")
        return 1
    return 0
