"""Asks a Python what it is: runs a small script inside it, once, and keeps the answer in the store.

The script (`inside.txt`) runs isolated and without `site`, so nothing of the user's can disturb it. A Python that does
not answer within 10 seconds, or is older than 3.8, is refused with its path and the reason. Follows PEPs 405 and 508.
"""

from __future__ import annotations

import json
import os

from capsa.errors import CacheError, DiskError, InterpreterError
from capsa.interpreter.known import read_known, write_known
from capsa.model.interpreter import Interpreter
from capsa.process.run import Finished, StartError, run

OLDEST = (3, 8)
_LONGEST_REASON = 200  # characters
_PATIENCE = 10.0  # seconds: a cold Python on a busy machine takes less than one
_BEGIN, _END = "<<<capsa ", " capsa>>>"


def _inside() -> str:
    import pkgutil  # noqa: PLC0415 - 2 ms, and most Pythons are known

    return (pkgutil.get_data("capsa.interpreter", "inside.txt") or b"").decode("ascii")


class Probe:
    """Answers what Pythons are: from the store where that still holds, else by asking them.

    ``cache_root`` is the store's folder, or None to keep nothing; ``variables`` are the environment variables of the
    caller, ``folder`` its current folder: wrappers that choose a Python look at both.
    """

    __slots__ = ("_cache_root", "_folder", "_variables")

    def __init__(self, *, cache_root: str | None, variables: dict[str, str], folder: str) -> None:
        self._cache_root = cache_root
        self._variables = variables
        self._folder = folder

    def ask(self, executable: str) -> Interpreter:
        """Return the facts of the Python at an absolute path; raises InterpreterError when it does not answer."""
        known = read_known(self._cache_root, executable) if self._cache_root else None
        if known is not None:
            return known
        interpreter = probe(executable, variables=self._variables, folder=self._folder)
        if self._cache_root:
            try:
                write_known(self._cache_root, interpreter.executable, interpreter)
            except (DiskError, CacheError):
                return interpreter  # a store that can't be written costs the next run a probe, nothing else
        return interpreter


def probe(executable: str, *, variables: dict[str, str], folder: str, timeout: float = _PATIENCE) -> Interpreter:
    """Run the probe script inside the Python at the absolute path ``executable`` and return its facts.

    ``Interpreter.executable`` is the path that was asked, unless that is a wrapper around another Python: then it is
    the Python's own. Raises InterpreterError for what does not answer as a Python of at least version 3.8.
    """
    command = [executable, "-I", "-S", "-B", "-c", _inside()]
    try:
        finished = run(command, variables=_scrubbed(variables), folder=folder, timeout=timeout)
    except StartError as error:
        raise InterpreterError(str(error), hints=error.hints) from error
    facts = _read(executable, finished)
    version = facts.get("version_info")
    if isinstance(version, list) and tuple(version[:2]) < OLDEST:
        raise _too_old(executable, str(facts.get("version", "")))
    if os.path.realpath(executable) == os.path.realpath(str(facts.get("executable"))):
        facts["executable"] = executable
    try:
        return Interpreter(facts)
    except KeyError as error:
        raise InterpreterError(f"{executable} does not tell its {error.args[0]}, so it can't be used") from error


def _scrubbed(variables: dict[str, str]) -> dict[str, str]:
    # -I makes Python ignore its variables; a wrapper that starts it may not.
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith("PYTHON") and name != "__PYVENV_LAUNCHER__"
    }


def _read(executable: str, finished: Finished) -> dict[str, object]:
    _, begin, rest = finished.output.rpartition(_BEGIN)
    text, end, _ = rest.partition(_END)
    if begin and end:
        try:
            facts = json.loads(text)
        except ValueError:
            facts = None
        if isinstance(facts, dict):
            return facts
    if "Unknown option: -I" in finished.errors:
        raise _too_old(executable, "2 or 3.3")
    lines = finished.errors.strip().splitlines()
    last = lines[-1].strip() if lines else ""
    # What is no Python may well repeat the whole script that it was given.
    reason = f": {last}" if last and len(last) <= _LONGEST_REASON else ""
    raise InterpreterError(f"{executable} does not answer as a Python (exit code {finished.code}){reason}")


def _too_old(executable: str, version: str) -> InterpreterError:
    return InterpreterError(f"{executable} is Python {version}, and boxes need Python 3.8 or newer")
