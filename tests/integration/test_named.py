"""Boxes with a name, by processes of their own, and what `activate` and `deactivate` print without a hook."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from capsa.shell.quote import quote_sh
from support.pty import OnTerminal
from support.run import Capsa


@pytest.fixture
def capsa(tmp_path):
    made = Capsa(tmp_path)
    made.variables["CAPSA_DATA_DIR"] = str(tmp_path / "data")
    return made


def facts(capsa, *words):
    return capsa.done("activate", "--facts", *words).output.splitlines()


def test_a_named_box_is_found_by_its_name_from_every_folder(capsa, tmp_path):
    name = "it's $(touch hit) data"
    root = f"{tmp_path}/data/named/{name}"
    made = json.loads(capsa.done("create", "-n", name, "--no-pip", "--json").output)
    assert made["environment"] == root
    assert made["activate"] == f". {quote_sh(f'{root}/bin/activate')}"
    assert facts(capsa, name) == [root, f"{root}/bin", name]
    assert facts(capsa, "--env", name) == [root, f"{root}/bin", name]
    assert capsa.done("list", "--env", name).code == 0
    capsa.done("create", "-n", name, "--no-pip", "--clear", "--prompt", "mine")
    assert facts(capsa, name)[2] == "mine"
    both = capsa.run("create", "-n", name, "there")
    assert (both.code, both.errors.splitlines()[1]) == (2, "hint: leave one of them out")


def test_activate_prints_the_line_alone_and_on_a_terminal_tells_of_the_hook(capsa):
    capsa.done("create", "--no-pip")
    assert capsa.done("activate", SHELL="/bin/zsh").output == "source .venv/bin/activate\n"
    terminal = OnTerminal(
        capsa.command("activate"), folder=capsa.folder, variables=capsa.variables | {"SHELL": "/bin/zsh"}, size=(200, 9)
    )
    assert terminal.finish() == 0
    assert terminal.written == (
        'to have `capsa activate` do it, put into ~/.zshrc: eval "$(capsa hook zsh)"\r\nsource .venv/bin/activate\r\n'
    )


def test_deactivate_tells_what_to_type_where_there_is_something_to_leave(capsa):
    assert capsa.done("deactivate", VIRTUAL_ENV="/srv/box").output == "deactivate\n"
    none = capsa.run("deactivate")
    assert (none.code, none.errors) == (1, "error: no box is active (VIRTUAL_ENV is not set)\n")


def test_facts_are_three_lines_for_every_path_and_prompt_that_can_be_lines(capsa):
    folder = capsa.folder / os.fsdecode(b"not \xff utf-8")
    folder.mkdir()
    assert capsa.run("create", "--no-pip", folder=folder).code == 0
    told = subprocess.run(
        capsa.command("activate", "--facts"), cwd=folder, env=capsa.variables, capture_output=True, check=True
    )
    root = os.fsencode(folder)
    assert told.stdout == root + b"/.venv\n" + root + b"/.venv/bin\nnot ? utf-8\n"
    control = capsa.folder / "a\x1bb"
    control.mkdir()
    capsa.run("create", "--no-pip", folder=control)
    refused = capsa.run("activate", "--facts", folder=control)
    assert refused.code == 1
    assert refused.output == ""
    assert "its path has a control character" in refused.errors
