"""``shell``: what has to be there before a sub-shell begins inside a box. Starts nothing: `capsa.process.replace` does.

DATA/start-v1/    the start files of `capsa.shell.start`
"""

from __future__ import annotations

import os

from capsa.disk.atomic import make_folders, write_atomic
from capsa.environment.command import Inside, find_program
from capsa.environment.open import read_config
from capsa.environment.prompt import shown_prompt, written_prompt
from capsa.errors import Failure
from capsa.model.surroundings import Surroundings
from capsa.ops.session import Session
from capsa.shell.caller import calling_shell
from capsa.shell.scripts import scripts_folder
from capsa.shell.start import Step, start_of
from capsa.value import value

_FOLDER, _OWN = "start-v1", 0o600
_LAST = "/bin/sh"


class ShellMissingError(Failure):
    """No program for the shell that was meant."""

    kind = "command"


@value
class Ready:
    """A shell that can be started: the path of the program, its words, its variables."""

    program: str
    words: tuple[str, ...]
    variables: dict[str, str]


def is_inside(surroundings: Surroundings, root: str) -> bool:
    """Whether the box at an absolute path is active, and its programs are found."""
    active = surroundings.variables.get("VIRTUAL_ENV", "")
    folders = surroundings.variables.get("PATH", "").split(os.pathsep)
    scripts = f"{active}/{scripts_folder(surroundings.platform)}"
    return bool(active) and os.path.realpath(active) == os.path.realpath(root) and scripts in folders


def prepare_shell(session: Session, root: str) -> Ready:
    """Make everything ready for a sub-shell in the box at an absolute path.

    Whoever types gets the prompt and `deactivate` of the box too; where the commands come from a pipe or a file, no
    start file is read, and the variables alone make them run inside.
    """
    surroundings = session.surroundings
    scripts = f"{root}/{scripts_folder(surroundings.platform)}"
    shell, program = _program(surroundings)
    name = os.path.basename(program)
    if not surroundings.is_input_terminal:
        variables = Inside(python="", scripts=[scripts], root=root).variables(surroundings.variables)
        variables["VIRTUAL_ENV_PROMPT"] = shown_prompt(root, written_prompt(read_config(root)))
        return Ready(program=program, words=(name,), variables=variables)
    # The shell begins outside of any box, so that its `deactivate` leads there.
    variables = Inside(python="", scripts=[], root="").variables(surroundings.variables)
    if "PYTHONHOME" in surroundings.variables:
        # The script of the box takes it away, and gives it back.
        variables["PYTHONHOME"] = surroundings.variables["PYTHONHOME"]
    folder = f"{session.settings.data_dir}/{_FOLDER}"
    step = Step(
        root=root,
        scripts=scripts,
        folder=folder,
        variables=variables,
        home=surroundings.home,
        platform=surroundings.platform,
    )
    start = start_of(shell, step)
    for file, text in start.files.items():
        _put(f"{folder}/{file}", text.encode("utf-8"))
    return Ready(program=program, words=(name, *start.words), variables={**variables, **start.variables})


def _program(surroundings: Surroundings) -> tuple[str, str]:
    """Return the shell that called, and its program."""
    shell = calling_shell(surroundings)
    variables = surroundings.variables
    path = variables.get("PATH", os.defpath)
    login = variables.get("SHELL", "")
    names = [surroundings.parent.lstrip("-"), os.path.basename(login)]
    alike = [name for name in names if _is_a(surroundings, name, shell)]
    if alike and alike[0] == os.path.basename(login) and os.access(login, os.X_OK):
        return shell, login
    for name in (*alike, shell):
        program = find_program(name, path)
        if program:
            return shell, program
    if os.access(_LAST, os.X_OK):
        return "sh", _LAST
    raise ShellMissingError(f"there is no program `{shell}` on PATH")


def _is_a(surroundings: Surroundings, name: str, shell: str) -> bool:
    """Whether a program of this name is a shell of this kind: ksh93 is a ksh."""
    caller = Surroundings(
        variables={},
        folder=surroundings.folder,
        home=surroundings.home,
        interpreter=surroundings.interpreter,
        platform=surroundings.platform,
        parent=name,
    )
    # Whatever is not known counts as sh.
    return name == shell or (shell != "sh" and calling_shell(caller) == shell)


def _put(path: str, content: bytes) -> None:
    """Write a file, unless it says that already: other shells may be reading it."""
    try:
        with open(path, "rb") as stream:
            if stream.read() == content:
                return
    except OSError:
        make_folders(os.path.dirname(path))
    write_atomic(path, content, mode=_OWN)
