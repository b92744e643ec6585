"""Lets a Python compile modules for itself: runs a small script inside it, which writes timestamp bytecode (PEP 552).

The script (`compiling.txt`) runs isolated and without `site`. It compiles and never runs what it compiles, believes no
source whose sha256 is another one, and writes below one folder only. Decides nothing about where bytecode is kept.
"""

from __future__ import annotations

import marshal
import os
import signal
from collections.abc import Mapping, Sequence

from capsa.errors import InterpreterError
from capsa.process.run import Finished, StartError, run
from capsa.value import value

_PATIENCE = 60  # seconds of the processor for one module
_LONGEST = 3600.0  # seconds for all that is compiled at one go
_NEEDED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_MARSHAL = 2  # read by every Python
# How a compiler ends that the module at hand was too much for.
_CULPABLE = frozenset(
    -getattr(signal, name) for name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGVTALRM", "SIGILL") if hasattr(signal, name)
)


@value
class Task:
    """One module: the absolute path of its ``source``, which must have this size (bytes) and sha256 (hex).

    ``target`` is where the bytecode goes, relative to the folder of all; ``name`` stands in the bytecode as the file's
    name. The bytecode is good for a source of the time ``mtime_ns``, and gets that time itself.
    """

    source: str
    target: str
    name: str
    mtime_ns: int
    size: int
    sha256: str


@value
class Compiled:
    """What came of the tasks, by their positions: ``bad`` do not compile, ``odd`` have another source than expected."""

    bad: frozenset[int] = frozenset()
    odd: frozenset[int] = frozenset()


def needed(variables: Mapping[str, str]) -> dict[str, str]:
    """Return those of the variables that a Python may need to start: where its libraries are."""
    return {name: variables[name] for name in _NEEDED if name in variables}


class Compiler:
    """Compiles with the Python at the absolute path ``python``, in a process of its own.

    ``tag`` and ``magic`` (hex) are those that its bytecode is to have; of ``variables`` it gets what it needs.
    """

    def __init__(self, python: str, tag: str, magic: str, variables: Mapping[str, str]) -> None:
        self._python = python
        self._begin = f"begin {tag} {magic}"
        self._variables = needed(variables)

    def compile(self, tasks: Sequence[Task], folder: str, mode: int) -> Compiled:
        """Write the bytecode of all tasks below ``folder``, as files with these permission bits.

        A module that brings the compiler down, or takes more than a minute, counts as bad. Raises InterpreterError
        when this Python can't do it at all, or is another one than it should be.
        """
        told: dict[int, str] = {}
        waiting = list(range(len(tasks)))
        while waiting:
            finished = self._run([tasks[index] for index in waiting], folder, mode)
            lines = finished.output.splitlines()
            if not lines or lines[0] != self._begin:
                raise self._failure(finished, lines[0] if lines else "")
            for line in lines[1:]:
                position, _, word = line.partition(" ")
                told[waiting[int(position)]] = word
            rest = [index for index in waiting if index not in told]
            if rest and finished.code not in _CULPABLE:
                raise self._failure(finished, "")
            if rest:
                told[rest[0]] = "bad"
            waiting = rest[1:]
        return Compiled(
            bad=frozenset(index for index, word in told.items() if word == "bad"),
            odd=frozenset(index for index, word in told.items() if word == "odd"),
        )

    def _run(self, tasks: Sequence[Task], folder: str, mode: int) -> Finished:
        import pkgutil  # noqa: PLC0415 - 2 ms, and what is compiled takes seconds

        inside = (pkgutil.get_data("capsa.interpreter", "compiling.txt") or b"").decode("ascii")
        rows = [(task.source, task.target, task.name, task.mtime_ns, task.size, task.sha256) for task in tasks]
        command = [self._python, "-I", "-S", "-B", "-W", "ignore", "-c", inside, folder]
        order = marshal.dumps((mode, _PATIENCE, rows), _MARSHAL)
        place = os.path.dirname(folder)
        try:
            return run(command, variables=self._variables, folder=place, timeout=_LONGEST, input=order)
        except StartError as error:
            raise InterpreterError(str(error), hints=error.hints) from error

    def _failure(self, finished: Finished, first: str) -> InterpreterError:
        if first.startswith("begin "):
            return InterpreterError(f"{self._python} is another Python now: it says `{first}`, not `{self._begin}`")
        lines = finished.errors.strip().splitlines()
        reason = f": {lines[-1].strip()}" if lines else ""
        return InterpreterError(f"{self._python} can't compile modules (exit code {finished.code}){reason}")
