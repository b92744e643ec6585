"""How a shell is started so that it begins inside a box: with the user's own start files read first. PURE.

A shell that takes a command for its beginning gets the line of `capsa.shell.line`. Any other reads a file of ours in
place of the user's, which reads the user's and then the script of the box. These files are the same for every box: what
they have to know comes in variables, which they take away.

    FOLDER/bashrc  shrc  rc.elv  zsh/.zshenv  zsh/.zshrc  csh/.cshrc  xonsh/step.xsh
"""

from __future__ import annotations

import os
from collections.abc import Callable

from capsa.shell.line import activation_line
from capsa.shell.template import read_template
from capsa.value import field, value


@value
class Step:
    """What is stepped into: the box at ``root`` whose scripts are in the folder ``scripts``.

    ``folder`` is where our start files are; ``variables`` are those that the shell is to find, and ``home`` the user's.
    """

    root: str
    scripts: str
    folder: str
    variables: dict[str, str]
    home: str
    platform: str = "linux"


@value
class Start:
    """The words after the name of the shell, the variables it needs beside the others, and our start files by name."""

    words: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def start_of(shell: str, step: Step) -> Start:
    """Return how a shell of `capsa.shell.caller` begins inside a box; one that is not known is taken for a POSIX sh."""
    return _STARTS.get(shell, _sh)(shell, step)


def _bash(_shell: str, step: Step) -> Start:
    return Start(
        words=("--rcfile", f"{step.folder}/bashrc", "-i"),
        variables={"_CAPSA_STEP": f"{step.scripts}/activate"},
        files={"bashrc": read_template("start.bash")},
    )


def _sh(_shell: str, step: Step) -> Start:
    kept = {"_CAPSA_ENV": step.variables["ENV"]} if "ENV" in step.variables else {}
    return Start(
        words=("-i",),
        variables={"_CAPSA_STEP": f"{step.scripts}/activate", "ENV": f"{step.folder}/shrc", **kept},
        files={"shrc": read_template("start.sh")},
    )


def _zsh(_shell: str, step: Step) -> Start:
    folder = f"{step.folder}/zsh"
    kept = {"_CAPSA_ZDOTDIR": step.variables["ZDOTDIR"]} if "ZDOTDIR" in step.variables else {}
    return Start(
        words=("-i",),
        variables={"_CAPSA_STEP": f"{step.scripts}/activate", "_CAPSA_START": folder, "ZDOTDIR": folder, **kept},
        files={"zsh/.zshenv": read_template("start.zshenv"), "zsh/.zshrc": read_template("start.zshrc")},
    )


def _csh(_shell: str, step: Step) -> Start:
    # Without a .tcshrc there both csh and tcsh read .cshrc.
    return Start(
        words=(),
        variables={
            "_CAPSA_STEP": f"{step.scripts}/activate.csh",
            "_CAPSA_HOME": step.variables.get("HOME", step.home),
            "HOME": f"{step.folder}/csh",
        },
        files={"csh/.cshrc": read_template("start.csh")},
    )


def _elvish(_shell: str, step: Step) -> Start:
    return Start(
        words=("-rc", f"{step.folder}/rc.elv"),
        variables={"_CAPSA_STEP": f"{step.scripts}/activate.elv", "_CAPSA_RC": f"{_config(step)}/elvish/rc.elv"},
        files={"rc.elv": read_template("start.elv")},
    )


def _xonsh(_shell: str, step: Step) -> Start:
    # Folders of start files are read after the files, in this order; it is xonsh's own, with ours behind.
    given = step.variables.get("XONSHRC_DIR")
    kept = {} if given is None else {"_CAPSA_RC": given}
    folders = given or f"/etc/xonsh/rc.d{os.pathsep}{_config(step)}/xonsh/rc.d"
    return Start(
        words=("-i",),
        variables={
            "_CAPSA_STEP": f"{step.scripts}/activate.xsh",
            "XONSHRC_DIR": f"{folders}{os.pathsep}{step.folder}/xonsh",
            **kept,
        },
        files={"xonsh/step.xsh": read_template("start.xsh")},
    )


def _with_line(*words: str) -> Callable[[str, Step], Start]:
    """Return the start of a shell that runs a line after its start files and then goes on."""

    def start(shell: str, step: Step) -> Start:
        return Start(words=(*words, activation_line(shell, step.root, step.platform)))

    return start


def _config(step: Step) -> str:
    return step.variables.get("XDG_CONFIG_HOME") or f"{step.home}/.config"


_STARTS: dict[str, Callable[[str, Step], Start]] = {
    "bash": _bash,
    "zsh": _zsh,
    "csh": _csh,
    "tcsh": _csh,
    "fish": _with_line("-i", "-C"),
    "nu": _with_line("-e"),
    "elvish": _elvish,
    "xonsh": _xonsh,
    "powershell": _with_line("-NoExit", "-Command"),
    "cmd": _with_line("/k"),
}
