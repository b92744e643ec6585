"""What a backend printed, and what in it a reader can do something about. Reads the log, never writes it.

The words that are looked for are those of compilers, setuptools, meson and CMake; where none is known there is no hint.
"""

from __future__ import annotations

import os
import re

from capsa.disk.refusal import refusal

_SHOWN = 20  # lines
_READ = 1 << 16  # bytes of the end of the log, in which a cause is looked for

_COMPILER = (
    r"(?:command|execute) '?(?:[\w./+-]*/)?(?:[\w-]+-)?(?:cc|gcc|clang|c\+\+|g\+\+|clang\+\+)'? ?(?:failed)?: "
    r"No such file|No such file or directory: '(?:[\w./-]*/)?(?:[\w-]+-)?(?:cc|gcc|clang|c\+\+|g\+\+)'"
    r"|\b(?:cc|gcc|clang|c\+\+|g\+\+): (?:command )?not found|Unknown compiler\(s\)|No CMAKE_C(?:XX)?_COMPILER could"
)
_PYTHON_HEADER = r"fatal error: '?Python\.h'?(?:: No such file| file not found)"
_HEADER = r"fatal error: '?([\w./+-]+\.h(?:pp|xx)?)'?(?:: No such file| file not found)"
_MODULE = r"(?m)^(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?"

_HINTS = (
    (_COMPILER, "install a C compiler: `apt-get install gcc`, `dnf install gcc` or `xcode-select --install`"),
    (_PYTHON_HEADER, "install the headers of this Python: `apt-get install python3-dev`, `dnf install python3-devel`"),
    (_HEADER, "install the development package of the library that `{}` belongs to"),
    (_MODULE, "tell its authors that the build needs `{}`; until then put that into the box: `--no-build-isolation`"),
)


def read_output(log: str, start: int) -> str:
    """Return the end of what stands in a log from byte ``start`` on, beginning with a whole line."""
    try:
        with open(log, "rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            at = max(start, size - _READ)
            stream.seek(at)
            content = stream.read()
    except OSError as error:
        raise refusal(error, "read", log) from error
    if at > start:
        content = content.partition(b"\n")[2]
    return content.decode("utf-8", "replace")


def last_lines(output: str) -> tuple[str, ...]:
    """Return the last lines that say something, as a terminal would have left them after each carriage return."""
    lines = [line.rstrip().rpartition("\r")[2] for line in output.split("\n")]
    return tuple([line for line in lines if line][-_SHOWN:])


def hint_of(output: str) -> tuple[str, ...]:
    """Return what to do about a well-known cause that the output shows, in one hint or none."""
    for pattern, hint in _HINTS:
        found = re.search(pattern, output)
        if found:
            return (hint.format(*found.groups()),)
    return ()
