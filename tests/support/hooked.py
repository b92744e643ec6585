"""An interactive POSIX shell with the hook of capsa: what is typed, and after each line what the shell is like."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from capsa.shell.hook import hook_text
from support.shells import program_of

HOOKED = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "ksh93": ["ksh93", "-i"],
    "mksh": ["mksh", "-i"],
}
UNTRUSTED = "capsa: this project has a box; to step into it on cd: capsa trust"
OTHER = "capsa: the box of this project is not the one that was trusted; to trust this one: capsa trust"
UNSAFE = (
    "capsa: others may write to this project or a folder above it, so its box is not stepped into; more: capsa trust"
)
_FIELDS = 6
# What a shell complains of when a line of a hook does not suit it.
_COMPLAINT = re.compile(
    r"not found|(?<!can)not set|unbound|syntax|invalid|bad |read-only|readonly|no match|unknown|permission|unexpected"
)


@dataclass(frozen=True)
class Seen:
    """The shell after a line: the status, the variables, "none" for one that is unset, and what capsa said."""

    code: int
    box: str
    prompt: str
    path: str
    ps1: str
    folder: str
    said: tuple[str, ...]


class Hooked:
    """Types into one shell. ``base`` holds the trust list, the projects and a capsa that answers `activate --facts`."""

    commands = HOOKED

    def __init__(self, name: str, base: Path) -> None:
        self.command = [program_of(self.commands[name][0]), *self.commands[name][1:]]
        self.kind = "ksh" if name in {"ksh93", "mksh"} else name
        self.base = base
        self.trusted = base / "trust"
        self.program = base / "fake capsa"
        self.output = ""
        self.errors = ""
        for folder in (base / "home", self.trusted):
            folder.mkdir()
        self.answer("exit 1")
        self.variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(base / "home"), "TERM": "dumb"}
        self.variables["LC_ALL"] = "C.UTF-8"

    def answer(self, script: str) -> None:
        """What the program does when it is asked for anything."""
        self.program.write_text(f"#!/bin/sh\n{script}\n")
        self.program.chmod(0o755)

    def project(self, folder: str, *, prompt: str = "", is_trusted: bool = True) -> Path:
        """Make a project with a box; its id is the name of the folder."""
        root = self.base / folder
        for name in (".venv/bin", ".venv/.capsa", "sub/deep"):
            (root / name).mkdir(parents=True)
        (root / ".venv" / "pyvenv.cfg").touch()
        (root / ".venv" / ".capsa" / "id").write_text(f"id of {root.name}\n")
        if is_trusted:
            self.trust(f"id of {root.name}\t{root}\t{prompt or root.name}\n")
        return root

    def trust(self, row: str) -> None:
        with (self.trusted / "list").open("a") as stream:
            stream.write(row)

    def hook(self) -> str:
        """Write the hook to a file; return the line that reads it."""
        text = hook_text(self.kind, (str(self.program),), str(self.trusted))
        (self.base / "hook").write_text(text)
        return f". {shlex.quote(str(self.base / 'hook'))}"

    def type(self, *lines: str, before: tuple[str, ...] = (), **variables: str) -> list[Seen]:
        """Type what stands before the hook, the hook, and the lines; return what was seen after each of these."""
        notes = self.base / "notes"
        notes.write_text("")
        see = (
            '_see () { _code=$?; /usr/bin/printf \'%s\\0\' "$_code" "${VIRTUAL_ENV-none}" '
            f'"${{VIRTUAL_ENV_PROMPT-none}}" "$PATH" "${{PS1-none}}" "$PWD" >>{shlex.quote(str(notes))}; '
            "echo @@@ >&2; return $_code; }"
        )
        typed = [see, "PS1='$ '", *before, self.hook(), "echo @@@ >&2"]
        for line in lines:
            typed += [line, "_see || :"]
        done = subprocess.run(
            self.command,
            input="\n".join([*typed, "exit 0", ""]),
            capture_output=True,
            text=True,
            check=False,
            env=self.variables | variables,
            cwd=self.base,
            timeout=60,
        )
        self.output, self.errors = done.stdout, done.stderr
        told = re.split(r"^.*@@@$", done.stderr.replace("echo @@@ >&2", ""), flags=re.MULTILINE)
        fields = notes.read_text().split("\0")[:-1]
        rows = [fields[start : start + _FIELDS] for start in range(0, len(fields), _FIELDS)]
        assert len(rows) == len(lines), done.stderr
        said = [tuple(re.findall(r"capsa: .*", text)) for text in told[1:]]
        return [_seen(row, lines_said) for row, lines_said in zip(rows, said, strict=False)]

    def is_quiet(self) -> bool:
        """Whether the shell had nothing to complain of."""
        return _COMPLAINT.search(self.errors) is None


def _seen(row: list[str], said: tuple[str, ...]) -> Seen:
    code, box, prompt, path, ps1, folder = row
    return Seen(code=int(code), box=box, prompt=prompt, path=path, ps1=ps1, folder=folder, said=said)
