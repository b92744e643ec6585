"""Shells for the tests: one try, in silence but for what is missing; a second run tries nothing."""

import os
import sys

import pytest
from workshop import shells

NPM = """\
#!/bin/sh
echo "$@" >> {log}
mkdir -p {folder}/node_modules/@nushell/here/bin
printf '' > {folder}/node_modules/@nushell/here/bin/nu
chmod +x {folder}/node_modules/@nushell/here/bin/nu
exit {status}
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on PATH, and a `.dev` of its own."""
    (tmp_path / "on-path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "on-path"))
    monkeypatch.setattr(shells, "DEV", str(tmp_path))
    monkeypatch.setattr(shells, "FOLDER", str(tmp_path / "shells"))
    monkeypatch.setattr(shells, "stamp", lambda name: str(tmp_path / f"stamp-{name}"))
    return tmp_path


def install_npm(machine, status):
    program = machine / "on-path" / "npm"
    text = NPM.format(log=machine / "log", folder=machine / "shells", status=status)
    program.write_text(text.replace("mkdir", "/bin/mkdir").replace("chmod", "/bin/chmod"))
    program.chmod(0o755)


def test_what_is_not_to_be_had_is_said_once_and_never_tried_again(machine, capsys):
    shells.get_shells(str(machine / "no-python"))
    lines = capsys.readouterr().out.splitlines()
    names = "zsh, fish, tcsh, ksh93, mksh, elvish, yash, busybox, xonsh, nu"
    assert lines == [
        f"trying once to get shells for the tests: {names}",
        f"not to be had here, so their tests skip: {names}",
    ]
    shells.get_shells(str(machine / "no-python"))
    assert capsys.readouterr().out == ""


def test_a_shell_that_came_is_not_among_the_missing(machine, capsys):
    install_npm(machine, 0)
    shells.get_shells(str(machine / "no-python"))
    assert capsys.readouterr().out.splitlines()[1].endswith("busybox, xonsh")
    assert f"nushell@{shells.NUSHELL}" in (machine / "log").read_text()
    assert shells.program("nu") == str(machine / "shells/node_modules/@nushell/here/bin/nu")


def test_a_shell_that_came_by_half_is_none(machine, capsys):
    install_npm(machine, 1)
    shells.get_shells(str(machine / "no-python"))
    assert capsys.readouterr().out.splitlines()[1].endswith("xonsh, nu")
    assert not (machine / "shells" / "node_modules").exists()


def test_another_version_is_another_try(machine, capsys, monkeypatch):
    shells.get_shells(str(machine / "no-python"))
    monkeypatch.setattr(shells, "XONSH", "9.9")
    shells.get_shells(str(machine / "no-python"))
    assert capsys.readouterr().out.count("trying once") == 2


def test_where_all_are_here_nothing_is_said(machine, capsys):
    for name in (*shells.DEBIAN, "xonsh", "nu"):
        os.symlink(sys.executable, machine / "on-path" / name)
    shells.get_shells(str(machine / "no-python"))
    assert capsys.readouterr().out == ""
