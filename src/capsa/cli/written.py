"""The files that an invocation names for its demands, "-" among them, which is standard input."""

from __future__ import annotations

import sys

from capsa.cli.call import Call
from capsa.project.requirements_file import STANDARD_INPUT

_KEYS = ("requirement", "constraint")


def requirement_files(call: Call, key: str) -> tuple[str, ...]:
    """Return the absolute paths that were given under a key, and "-" as it is."""
    return tuple(text if text == STANDARD_INPUT else call.path(text) for text in call.texts(key))


def standard_input(call: Call) -> bytes | None:
    """Return what stands on standard input, where one of the files is "-"; else it is not touched."""
    if not any(STANDARD_INPUT in call.texts(key) for key in _KEYS) or sys.stdin is None:
        return None
    return sys.stdin.buffer.read()
