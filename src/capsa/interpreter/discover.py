"""Decides which Python is meant, and why (CONTRACT, "Which Python").

-p, else CAPSA_PYTHON, else `.python-version`, else the first python3 or python on PATH that fits `requires-python`,
else the newest known, and the one that runs capsa last. The Python of an environment means the one it was made from.
Is given a function that tells what a Python is; never starts one itself. Hot.
"""

from __future__ import annotations

import os
from _collections_abc import Callable

from capsa.errors import InterpreterError
from capsa.interpreter.candidate import elsewhere, in_folder, on_path
from capsa.interpreter.pyenv import find_pin, find_version, pyenv_root, read_pin, resolve_shim, shim_root
from capsa.interpreter.request import Request, is_within, parse_request
from capsa.model.interpreter import Interpreter
from capsa.model.surroundings import Surroundings
from capsa.settings.place import absolute

HOT = True  # the fast path: see docs/adr

_VARIABLE = "CAPSA_PYTHON"


class Choice:
    """The Python that was chosen, why (a clause for messages), and a sentence for each that had to be passed over."""

    __slots__ = ("interpreter", "reason", "skipped")

    def __init__(self, interpreter: Interpreter, reason: str, skipped: tuple[str, ...] = ()) -> None:
        self.interpreter = interpreter
        self.reason = reason
        self.skipped = skipped


class Discovery:
    """One search: ``ask`` returns the facts of the Python at an absolute path, or raises InterpreterError.

    ``folder`` is where `.python-version` is looked for, upward; the current folder unless it is given.
    """

    __slots__ = ("_answers", "_ask", "_folder", "_skipped", "_surroundings")

    def __init__(self, surroundings: Surroundings, ask: Callable[[str], Interpreter], *, folder: str = "") -> None:
        self._surroundings = surroundings
        self._ask = ask
        self._folder = folder or surroundings.folder
        self._answers: dict[str, Interpreter | None] = {}
        self._skipped: list[str] = []

    def choose(self, wanted: str = "", *, origin: str = "-p", requires_python: str = "") -> Choice:
        """Return the Python that is meant.

        ``wanted`` is what the user asked for, ``origin`` where; ``requires_python`` is the range of the project (PEP
        440) or "": it rules over `.python-version` and PATH, not over ``wanted``. Raises InterpreterError that names
        the Pythons that are there when none fits.
        """
        if not wanted:
            wanted, origin = self._surroundings.variables.get(_VARIABLE, ""), _VARIABLE
        if wanted:
            request = parse_request(wanted)
            return self._choice(self._find(request, origin), f"{origin} asks for {wanted}")
        return self._pinned(requires_python) or self._unasked(requires_python)

    def known(self) -> list[Interpreter]:
        """Return every base Python that is found, newest first, each once."""
        paths = [*on_path(["python3", "python", "pypy3"], self._surroundings), *elsewhere(None, self._surroundings)]
        paths.append(self._surroundings.interpreter)
        found = {interpreter.base_executable: interpreter for interpreter in self._answering(paths)}
        return sorted(found.values(), key=_rank, reverse=True)

    def _pinned(self, requires_python: str) -> Choice | None:
        pin = find_pin(self._folder)
        words = read_pin(pin) if pin else []
        if pin is None or not words or words[0] == "system":
            return None
        request = parse_request(words[0])
        if request.program:
            # Not a version: pyenv's own names (an environment of pyenv-virtualenv), or nothing that is here.
            place = find_version(pyenv_root(self._surroundings), request.program)
            if place is None:
                self._skipped.append(f"{pin} names {words[0]}, which is no Python that is here")
                return None
            request.path, request.program = place, ""
        interpreter = self._find(request, pin)
        if requires_python and not is_within(interpreter, requires_python):
            self._skipped.append(f"{pin} asks for {words[0]}, which requires-python ({requires_python}) rules out")
            return None
        return self._choice(interpreter, f"{pin} asks for {words[0]}")

    def _unasked(self, requires_python: str) -> Choice:
        for path in on_path(["python3", "python"], self._surroundings):
            interpreter = self._answer(path)
            if interpreter is not None and _is_allowed(interpreter, requires_python):
                return self._choice(interpreter, "it is the first on PATH" + _condition(requires_python))
        for interpreter in sorted(self._answering(elsewhere(None, self._surroundings)), key=_rank, reverse=True):
            if _is_allowed(interpreter, requires_python):
                return self._choice(interpreter, "it is the newest here" + _condition(requires_python))
        interpreter = self._answer(self._surroundings.interpreter)
        if interpreter is not None and _is_allowed(interpreter, requires_python):
            return self._choice(interpreter, "it is the one that runs capsa")
        raise self._missing(
            f"no Python fits requires-python {requires_python}" if requires_python else "no Python", requires_python
        )

    def _find(self, request: Request, origin: str) -> Interpreter:
        if request.path:
            return self._at_path(request.path)
        if request.program:
            for path in on_path([request.program], self._surroundings):
                return self._unboxed(self._ask(path))
            raise self._missing(f"{origin} asks for {request.text}, and no program of that name is on PATH")
        if request.is_too_old:
            raise self._missing(f"{origin} asks for {request.text}, and boxes need Python 3.8 or newer")
        for path in on_path(request.names(), self._surroundings):
            interpreter = self._answer(path)
            if interpreter is not None and request.is_met_by(interpreter):
                return interpreter
        paths = [*elsewhere(request, self._surroundings), self._surroundings.interpreter]
        fitting = [interpreter for interpreter in self._answering(paths) if request.is_met_by(interpreter)]
        if not fitting:
            raise self._missing(f"{origin} asks for {request.text}, and no such Python is here")
        return max(fitting, key=_rank)

    def _at_path(self, text: str) -> Interpreter:
        path = absolute(self._surroundings, text)
        if os.path.isdir(path):
            program = in_folder(path)
            if program is None:
                raise self._missing(f"there is no Python in {path}")
            path = program
        elif not os.path.isfile(path):
            raise self._missing(f"there is no file or folder {path}")
        root = shim_root(path)
        if root is not None:
            program = resolve_shim(path, root, self._surroundings)
            if program is None:
                raise self._missing(f"{path} is a shim of pyenv, and the version chosen here has no such program")
            path = program
        try:
            return self._unboxed(self._ask(path))
        except InterpreterError as error:
            raise self._missing(str(error)) from error

    def _answering(self, paths: list[str]) -> list[Interpreter]:
        answers = [self._answer(path) for path in paths]
        return [answer for answer in answers if answer is not None]

    def _answer(self, path: str) -> Interpreter | None:
        # One file under several names is asked once, also by an environment's link, which means its base. But a
        # program that is no Python by name (mise, a wrapper) may be another one under each of its links.
        real = os.path.realpath(path)
        key = real if os.path.basename(real).startswith(("python", "pypy")) else path
        if key not in self._answers:
            try:
                self._answers[key] = self._unboxed(self._ask(path))
            except InterpreterError as error:
                self._skipped.append(str(error))
                self._answers[key] = None
        return self._answers[key]

    def _unboxed(self, interpreter: Interpreter) -> Interpreter:
        return self._ask(interpreter.base_executable) if interpreter.is_environment else interpreter

    def _choice(self, interpreter: Interpreter, reason: str) -> Choice:
        return Choice(interpreter, reason, tuple(self._skipped))

    def _missing(self, sentence: str, requires_python: str = "") -> InterpreterError:
        found = self.known()
        hints = list(dict.fromkeys(self._skipped))
        if found:
            titles = list(dict.fromkeys(interpreter.title for interpreter in found))
            sentence += f"; this machine has {', '.join(titles)}"
            if requires_python:
                hints.append("install a Python that fits, or change `requires-python` where it is written")
            else:
                hints.append(f"ask for one that is here: `-p {found[0].minor}`")
        else:
            hints.append("install Python 3.8 or newer, or give its path: `-p PATH`")
        return InterpreterError(sentence, hints=tuple(hints))


def _is_allowed(interpreter: Interpreter, requires_python: str) -> bool:
    return not requires_python or is_within(interpreter, requires_python)


def _condition(requires_python: str) -> str:
    return f" that fits requires-python {requires_python}" if requires_python else ""


def _rank(interpreter: Interpreter) -> tuple[bool, bool, bool, tuple[int, ...]]:
    # The newest, but what most people mean before what is special: CPython, an ordinary build, a final release.
    is_ordinary = not (interpreter.is_free_threaded or interpreter.is_debug)
    is_final = interpreter.version.replace(".", "").isdigit()
    return interpreter.implementation == "cpython", is_ordinary, is_final, tuple(interpreter.version_info)


def discover(
    surroundings: Surroundings,
    ask: Callable[[str], Interpreter],
    *,
    wanted: str = "",
    origin: str = "-p",
    requires_python: str = "",
    folder: str = "",
) -> Choice:
    """Return the Python that is meant: `Discovery.choose` in one call."""
    return Discovery(surroundings, ask, folder=folder).choose(wanted, origin=origin, requires_python=requires_python)
