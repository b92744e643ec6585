"""`capsa shell`: real shells on a terminal, with the user's own start file read, the box around them, and a way out."""

from __future__ import annotations

import contextlib
import os
import subprocess

import pytest

from capsa.shell.template import read_template
from support.pty import OnTerminal
from support.run import Capsa
from support.shells import program_of

PATIENCE = 30.0  # seconds
# They lose what is typed before they are ready for it, and say when they are.
READY = {"nu": "\x1b]133;B", "elvish": "\x1b[?2004h", "xonsh": "\x1b[?2004h"}
POSIX = ('echo "<$MINE $VIRTUAL_ENV>"', ['deactivate; echo "<${VIRTUAL_ENV-none}${_CAPSA_STEP-none}>"'], "<nonenone>")
# The shell: its program, the user's start file and what is in it, what is typed inside and after stepping out.
SHELLS = {
    "bash": ("bash", ".bashrc", "MINE=own", *POSIX),
    "zsh": ("zsh", ".zshrc", "MINE=own", *POSIX),
    "ksh": ("ksh93", ".kshrc", "MINE=own", *POSIX),
    "mksh": ("mksh", ".mkshrc", "MINE=own", *POSIX),
    "fish": (
        "fish",
        ".config/fish/config.fish",
        "set MINE own; set -g fish_greeting",
        'echo "<$MINE $VIRTUAL_ENV>"',
        ['deactivate; echo "<"(set -q VIRTUAL_ENV; or echo none)(set -q _CAPSA_STEP; or echo none)">"'],
        "<nonenone>",
    ),
    "tcsh": (
        "tcsh",
        ".cshrc",
        "set MINE = own; set prompt = '> '",
        'echo "<$MINE $VIRTUAL_ENV>"',
        ['deactivate; echo "<$?VIRTUAL_ENV$?_CAPSA_STEP>$HOME"'],
        "<00>{home}",
    ),
    "nu": (
        "nu",
        ".config/nushell/config.nu",
        "$env.MINE = 'own'; $env.config.show_banner = false",
        'print $"<($env.MINE) ($env.VIRTUAL_ENV)>"',
        ["deactivate", 'print $"<($env.VIRTUAL_ENV? == null)>"'],
        "<true>",
    ),
    "elvish": (
        "elvish",
        ".config/elvish/rc.elv",
        "var mine = own; use str",
        'echo "<"(str:join "" [$mine])" "$E:VIRTUAL_ENV">"',
        ["deactivate", 'echo "<"(to-string (has-env VIRTUAL_ENV))(to-string (has-env _CAPSA_STEP))">"'],
        "<$false$false>",
    ),
    "xonsh": (
        "xonsh",
        ".xonshrc",
        "$MINE = 'own'",
        "print(f'<{$MINE} {$VIRTUAL_ENV}>')",
        ["deactivate", "print('<', 'VIRTUAL_ENV' in ${...}, '_CAPSA_STEP' in ${...}, '>')"],
        "< False False >",
    ),
}


@pytest.fixture(scope="module")
def capsa(tmp_path_factory):
    """A project with a box, in a folder whose name no shell may act on."""
    made = Capsa(tmp_path_factory.mktemp("shell"))
    made.folder = made.base / "it's $(touch hit) desk"
    made.folder.mkdir()
    made.variables |= {"CAPSA_DATA_DIR": str(made.base / "data"), "LANG": "C.UTF-8"}
    made.done("create", "--no-pip", "--prompt", "desk")
    (made.home / ".config/nushell").mkdir(parents=True)
    (made.home / ".config/nushell/env.nu").touch()
    return made


class Typist:
    """Somebody at a terminal, who reads on from where the last mark was; nu asks where the cursor is, and waits."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.place = 0
        self.answered = 0

    def wait_for(self, mark):
        def is_there(written):
            self.answer(written)
            return mark in written[self.place :]

        self.place = self.terminal.until(is_there).index(mark, self.place) + len(mark)

    def answer(self, written):
        while self.answered < written.count("\x1b[6n"):
            self.terminal.type("\x1b[1;1R")
            self.answered += 1

    def finish(self):
        with contextlib.suppress(AssertionError, OSError):  # it ends
            self.terminal.until(self.answer)
        return self.terminal.finish()

    def type(self, line):
        self.terminal.type(line)


def at_terminal(capsa, shell, *words, **variables):
    given = capsa.variables | {"SHELL": shell, "TERM": "xterm"} | variables
    return Typist(
        OnTerminal(
            capsa.command("shell", *words), folder=capsa.folder, variables=given, size=(200, 40), patience=PATIENCE
        )
    )


@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_begins_inside_and_ends_with_its_own_code(capsa, name):
    program, file, text, inside, outside, left = SHELLS[name]
    own = capsa.home / file
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(f"{text}\n")
    user = at_terminal(capsa, program_of(program))
    end = "\r" if name in {"nu", "elvish", "xonsh", "fish"} else "\n"
    user.wait_for("(desk) ")
    user.type(inside + end)
    user.wait_for(f"<own {capsa.folder}/.venv>")
    for line in outside:
        if program in READY:
            user.wait_for(READY[program])
        user.type(line + end)
    user.wait_for(left.format(home=capsa.home))
    if program in READY:
        user.wait_for(READY[program])
    user.type(f"exit 7{end}")
    assert user.finish() == 7
    assert not list(capsa.base.rglob("hit"))


def test_where_commands_come_from_a_pipe_the_variables_alone_make_the_shell_run_inside(capsa):
    program_of("bash")
    (capsa.home / ".bashrc").write_text("echo never read\n")
    done = subprocess.run(
        capsa.command("shell"),
        input="command -v python; echo $VIRTUAL_ENV_PROMPT; exit 3\n",
        cwd=capsa.folder,
        env=capsa.variables | {"SHELL": "/bin/bash"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == (f"{capsa.folder}/.venv/bin/python\ndesk\n", "", 3)


def test_inside_the_box_already_it_says_so_and_does_nothing(capsa):
    box = f"{capsa.folder}/.venv"
    inside = {"VIRTUAL_ENV": box, "PATH": f"{box}/bin:{os.environ['PATH']}"}
    done = capsa.run("shell", **inside)
    assert (done.code, done.output, done.errors) == (0, "", f"this shell is inside {box} already\n")


def test_another_box_that_was_active_is_left_first(capsa):
    capsa.done("create", "other", "--no-pip")
    box = f"{capsa.folder}/.venv"
    inside = {"VIRTUAL_ENV": box, "VIRTUAL_ENV_PROMPT": "desk", "PATH": f"{box}/bin:{os.environ['PATH']}"}
    (capsa.home / ".bashrc").write_text("")
    user = at_terminal(capsa, program_of("bash"), "./other", **inside)
    user.wait_for("(other) ")
    user.type('deactivate; echo "<${VIRTUAL_ENV-none} $PATH>"; exit\n')
    user.wait_for(f"<none {os.environ['PATH']}>")
    assert user.finish() == 0


def test_a_zsh_whose_start_files_are_elsewhere_finds_them(capsa, tmp_path):
    program = program_of("zsh")
    (tmp_path / ".zshrc").write_text("MINE=elsewhere\n")
    (capsa.home / ".zshenv").write_text(f"ZDOTDIR={tmp_path}\n")
    user = at_terminal(capsa, program)
    user.wait_for("(desk) ")
    user.type('echo "<$MINE $ZDOTDIR>"; exit\n')
    user.wait_for(f"<elsewhere {tmp_path}>")
    assert user.finish() == 0
    (capsa.home / ".zshenv").unlink()


def test_a_zsh_keeps_its_history_where_a_system_puts_it_beside_the_start_files(tmp_path):
    (tmp_path / "zshrc").write_text(read_template("start.zshrc"))
    done = subprocess.run(
        [program_of("zsh"), "-f", "-c", f'HISTFILE=$ZDOTDIR/.zsh_history; . {tmp_path}/zshrc; echo "$HISTFILE"'],
        env={"HOME": str(tmp_path), "ZDOTDIR": "/start", "_CAPSA_START": "/start", "_CAPSA_STEP": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{tmp_path}/.zsh_history\n"


def test_the_calling_shell_is_taken_and_not_the_login_shell(capsa):
    zsh = program_of("zsh")
    command = " ".join(["'" + word + "'" for word in capsa.command("shell")])
    done = subprocess.run(
        [zsh, "-f", "-c", f"echo 'echo $ZSH_NAME' | {command}; true"],
        cwd=capsa.folder,
        env=capsa.variables | {"SHELL": "/bin/sh"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("zsh\n", "")
