"""Which program a command means inside a box, and the variables that it gets. Looks at files, starts nothing. Hot.

`something.py`, a folder or an archive with a ``__main__`` and ``-`` mean the box's Python; any other word is looked up
on PATH, where the programs of the box come first. Follows POSIX on PATH, and sets what activation sets (PEP 405).
"""

from __future__ import annotations

import os

from capsa.errors import Failure

HOT = True  # the fast path: see docs/adr

_SCRIPTS = (".py", ".pyw", ".pyz", ".pyzw")
_FIRST_LINE = 256  # bytes that a kernel reads of it
_WINDOWS = (".COM", ".EXE", ".BAT", ".CMD")


class ProgramMissingError(Failure):
    """There is no program of that name."""

    kind = "command"


class Inside:
    """Where a command runs: ``python`` is the absolute path of its Python, ``scripts`` the folders that lead PATH.

    ``root`` is the box that counts as active, "" for none.
    """

    __slots__ = ("python", "root", "scripts")

    def __init__(self, *, python: str, scripts: list[str], root: str) -> None:
        self.python = python
        self.scripts = scripts
        self.root = root

    def variables(self, given: dict[str, str]) -> dict[str, str]:
        """Return the ``given`` variables as they are inside; another box that was active is left."""
        variables = dict(given)
        variables.pop("PYTHONHOME", None)
        variables.pop("__PYVENV_LAUNCHER__", None)
        active = variables.pop("VIRTUAL_ENV", "")
        if active != self.root:
            variables.pop("VIRTUAL_ENV_PROMPT", None)
        if self.root:
            variables["VIRTUAL_ENV"] = self.root
        left = {*self.scripts, f"{active}/bin", f"{active}{os.sep}Scripts"} if active else {*self.scripts}
        others = variables.get("PATH", os.defpath).split(os.pathsep)
        variables["PATH"] = os.pathsep.join([*self.scripts, *(folder for folder in others if folder not in left)])
        return variables


class Command:
    """What is run: the path of the ``program``, and its ``words``, of which the first is its own name."""

    __slots__ = ("program", "words")

    def __init__(self, program: str, words: list[str]) -> None:
        self.program = program
        self.words = words


def command_of(words: list[str], kind: str, inside: Inside, path: str) -> Command:
    """Return what the ``words`` mean; ``path`` is the PATH inside.

    ``kind`` is "module" or "script" where the first word is said to be one, else "". Relative paths are kept as they
    are. Raises ProgramMissingError.
    """
    name, rest = words[0], words[1:]
    if kind == "module":
        return Command(inside.python, [inside.python, "-m", name, *rest])
    if kind == "script" or name == "-" or is_for_python(name):
        if name != "-" and not os.path.exists(name):
            raise ProgramMissingError(f"there is no file {name}", hints=("name it from the current folder",))
        return Command(inside.python, [inside.python, name, *rest])
    if os.sep in name or (os.altsep and os.altsep in name):
        if os.path.isfile(name):
            return Command(name, words)
        raise ProgramMissingError(f"there is no program {name}")
    program = find_program(name, path)
    if program is None:
        raise _missing(name)
    return Command(program, words)


def is_for_python(name: str) -> bool:
    """Whether a word names a script, or a folder or archive that Python runs."""
    if name.lower().endswith(_SCRIPTS):
        return os.path.isfile(name)
    return os.path.isfile(f"{name}/__main__.py")


def is_stray(command: Command, inside: Inside) -> bool:
    """Whether a command that was looked up is a Python program of another place, which sees nothing of the box."""
    folder = os.path.dirname(command.program)
    if not inside.root or command.words[0] == command.program or folder in inside.scripts:
        return False
    with open(command.program, "rb") as stream:
        line = stream.read(_FIRST_LINE).partition(b"\n")[0]
    return line[:2] == b"#!" and b"python" in line


def find_program(name: str, path: str) -> str | None:
    """Return where the program ``name`` is on PATH, or None; an empty entry of PATH is the current folder."""
    names = [name]
    if os.name == "nt" and not name.upper().endswith(_WINDOWS):
        names = [f"{name}{ending.lower()}" for ending in _WINDOWS]
    for folder in path.split(os.pathsep):
        for candidate in names:
            program = os.path.join(folder, candidate)
            if os.access(program, os.X_OK) and os.path.isfile(program):
                return program
    return None


def _missing(name: str) -> ProgramMissingError:
    if name.lower().endswith(_SCRIPTS):
        return ProgramMissingError(f"there is no file {name} here, and no such program in the box or on PATH")
    if not name:
        return ProgramMissingError("the command is an empty word")
    return ProgramMissingError(
        f"there is no program `{name}` in the box or on PATH",
        hints=(f"if a package brings it: `capsa add {name}`", f"for this run only: `capsa run --with {name} {name}`"),
    )
