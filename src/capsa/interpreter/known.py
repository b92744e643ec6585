"""What an earlier probe learned of a Python, kept in the store and believed while its file is the same one.

    CACHE/probe-v1/<name>-<hash of its path>     marshal: the path, the mark of its file, the facts

The mark holds size, time and number of the real file, size and time of its pyvenv.cfg, and the machine: a store may be
shared by containers in which one path means different Pythons. Never starts a process. Hot.
"""

from __future__ import annotations

import os
import sys
from _collections_abc import Callable

from capsa.cache.page import Pages
from capsa.cache.store import Store
from capsa.errors import Failure
from capsa.model.interpreter import Interpreter
from capsa.model.key import key_of

HOT = True  # the fast path: see docs/adr


def read_known(cache_root: str, executable: str) -> Interpreter | None:
    """Return the facts kept for the absolute path ``executable``, or None when there are none that still hold."""
    document = Pages(Store(cache_root).probe()).read(key_of(executable))
    if not isinstance(document, list) or len(document) != 3 or document[0] != executable:  # noqa: PLR2004 - as written
        return None
    try:
        if document[1] != _mark(executable):
            return None
        interpreter = Interpreter(document[2])
        if interpreter.base_executable != executable:
            os.stat(interpreter.base_executable)
    except (OSError, KeyError, TypeError, ValueError):
        return None  # gone, or not readable as facts: the probe finds out what it is now
    _refresh(interpreter)
    return interpreter


class NotKnownError(Failure):
    """A Python that the store does not know: it has to be asked."""


def reader(cache_root: str) -> Callable[[str], Interpreter]:
    """Return the function that tells what a Python is, by the store alone; it raises NotKnownError."""

    def ask(executable: str) -> Interpreter:
        interpreter = read_known(cache_root, executable)
        if interpreter is None:
            raise NotKnownError(executable)
        return interpreter

    return ask


def write_known(cache_root: str, executable: str, interpreter: Interpreter) -> None:
    """Keep the facts of ``executable``; raises DiskError when the store can't be written."""
    try:
        mark = _mark(executable)
    except OSError:
        return  # it went away meanwhile: nothing to keep
    Store(cache_root).prepare()
    Pages(Store(cache_root).probe()).write(key_of(executable), [executable, mark, interpreter.facts()])


def _mark(executable: str) -> list[object]:
    status = os.stat(executable)
    folder = os.path.dirname(executable)
    return [
        status.st_size,
        status.st_mtime_ns,
        status.st_ino,
        _config_mark(folder) or _config_mark(os.path.dirname(folder)),
        _machine(),
    ]


def _config_mark(folder: str) -> list[int]:
    try:
        status = os.stat(f"{folder}/pyvenv.cfg")
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _machine() -> str:
    if sys.platform == "win32":
        return sys.platform
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):
        libc = ""  # musl, macOS: there is no such name
    return f"{sys.platform} {os.uname().machine} {libc}"


def _refresh(interpreter: Interpreter) -> None:
    # The kernel changes without the Python's file changing, and two markers tell of it.
    if sys.platform != "win32" and interpreter.platform == sys.platform:
        kernel = os.uname()
        markers = dict(interpreter.markers)
        markers["platform_release"], markers["platform_version"] = kernel.release, kernel.version
        interpreter.markers = markers
