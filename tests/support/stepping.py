"""What the tests of shells step into: boxes with their scripts, projects, a trust list, and a capsa that answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsa.shell.hook import hook_text
from capsa.shell.scripts import scripts

UNTRUSTED = "capsa: this project has a box; to step into it on cd: capsa trust"
OTHER = "capsa: the box of this project is not the one that was trusted; to trust this one: capsa trust"
UNSAFE = (
    "capsa: others may write to this project or a folder above it, so its box is not stepped into; more: capsa trust"
)
STRANGER = 54321  # a user and a group that are not here
# It knows the box "bad" to be none; what it does not answer it repeats, with 7 as its code.
_PROGRAM = """#!/bin/sh
case "$1 $2 $3" in
    "activate --facts bad") echo "error: bad is not a box" >&2; exit 3 ;;
    "activate --facts "*) printf '%s\\n' "$3" "$3/bin" "by hand" ;;
    "pass "*) cat ;;
    *) printf '<%s>' "$@"; echo; exit 7 ;;
esac
"""


class Stepping:
    """A folder ``base`` with all of this in it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.trusted = base / "trust"
        self.program = base / "fake capsa"
        self.program.write_text(_PROGRAM)
        self.program.chmod(0o755)
        for name in ("trust", "home"):
            (base / name).mkdir()

    def box(self, name: str, prompt: str = "") -> Path:
        """Make a box with its activation scripts and a program ``ran-here`` that tells its place."""
        root = self.base / name
        for folder in ("bin", "lib"):
            (root / folder).mkdir(parents=True)
        (root / "pyvenv.cfg").write_text(f"home = /usr/bin\nprompt = {prompt!r}\n")
        for file, content in scripts(str(root), prompt).items():
            (root / "bin" / file).write_bytes(content)
        (root / "bin" / "ran-here").write_text("#!/bin/sh\nprintf '%s\\n' \"$0\"\n")
        (root / "bin" / "ran-here").chmod(0o755)
        return root

    def project(self, folder: str, *, prompt: str = "", is_trusted: bool = True) -> Path:
        """Make a project with a box, the id of which holds its name."""
        root = self.base / folder
        for name in (".venv/bin", ".venv/.capsa", "sub/deep"):
            (root / name).mkdir(parents=True)
        (root / ".venv" / ".capsa" / "id").write_text(f"id of {root.name}\n")
        if is_trusted:
            self.trust(f"id of {root.name}\t{root}\t{prompt or root.name}\n")
        return root

    def trust(self, row: str) -> None:
        with (self.trusted / "list").open("a") as stream:
            stream.write(row)

    def hook(self, shell: str, *capsa: str) -> Path:
        """Write the hook for a shell to a file and return its path."""
        path = self.base / f"hook.{shell}"
        path.write_text(hook_text(shell, capsa or (str(self.program),), str(self.trusted)))
        return path


def give(path: Path, user: int, group: int) -> None:
    """Give a file to another user or group, -1 to neither; skips the test where only the superuser can do that."""
    try:
        os.chown(path, user, group)
    except PermissionError:
        pytest.skip("only the superuser gives files away")
