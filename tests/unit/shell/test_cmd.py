"""The batch files for cmd, which is not to be had here: what they say, and what they do in a stand-in for it."""

import re

import pytest

from capsa.shell.line import activation_line
from capsa.shell.quote import quote_cmd
from capsa.shell.scripts import scripts
from support.cmd import Cmd
from support.shells import HOSTILE

# What Windows allows in the name of a folder.
FOLDERS = [name for name in HOSTILE if not re.search(r'["*?<>|\\:]', name)] + ["100%", "a^b", "(x86) & co", "%PATH%"]
BEFORE = {"PATH": r'C:\Windows;"C:\a & b";C:\(x)\;', "PROMPT": "$P$G", "TEMP": r"C:\t"}


def files(prompt="", root=r"C:\box"):
    return {name: text.decode() for name, text in scripts(root, prompt, "win32").items() if name.endswith(".bat")}


def shell(root, variables=BEFORE, **options):
    return Cmd(variables, {rf"{root}\pyvenv.cfg"}, **options)


def step_in(cmd, root, prompt=""):
    return cmd.run(rf"{root}\Scripts\activate.bat", files(prompt, root)["activate.bat"])


def step_out(cmd, root):
    return cmd.run(rf"{root}\Scripts\deactivate.bat", files("", root)["deactivate.bat"])


@pytest.mark.parametrize("name", ["activate.bat", "deactivate.bat"])
def test_the_text_keeps_the_rules_of_cmd(name):
    text = scripts(r"C:\bx", "prömpt", "win32")[name].decode("ascii")
    assert text.replace("\r\n", "").isprintable()
    lines = text.split("\r\n")
    labels = [line[1:] for line in lines if line.startswith(":")]
    assert len(set(labels)) == len(labels)
    assert set(labels) == set(re.findall(r"(?:goto |call :)(\w+)", text))
    for line in lines:
        assert len(line) <= 8191
        assert line.count('"') % 2 == 0
        assert not line or line.startswith(("@", ":")), "it would be shown"
        if line.startswith("@rem"):
            assert not set("%!^&|<>") & set(line), line
            continue
        # A value stands between quotes, where none of its signs counts; %~1 and %~2 are names of variables.
        bare = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"%(?!~[12])|!", re.sub(r"%%[A-Z]", "", bare)), line


@pytest.mark.parametrize("is_expanding", [False, True])
@pytest.mark.parametrize("folder", FOLDERS)
def test_stepping_in_and_out_leaves_every_variable_as_it_was(folder, is_expanding):
    root = rf"C:\{folder}\.venv"
    cmd = shell(root, is_expanding=is_expanding)
    if is_expanding and "!" in folder:
        assert step_in(cmd, root) == 1
        assert "/V:ON" in cmd.said[0]
    else:
        assert step_in(cmd, root) == 0
        assert cmd.variables["VIRTUAL_ENV"] == root
        assert cmd.variables["VIRTUAL_ENV_PROMPT"] == folder
        assert cmd.variables["PATH"] == rf"{root}\Scripts;{BEFORE['PATH']}"
        assert cmd.variables["PROMPT"] == f"({folder.replace('$', '$$')}) $P$G"
        assert step_out(cmd, root) == 0
    assert (cmd.variables, cmd.is_expanding) == (BEFORE, is_expanding)


@pytest.mark.parametrize("is_expanding", [False, True])
@pytest.mark.parametrize("prompt", [*HOSTILE, 'a"b', "x & y", "^", "%", "100%%", "(a) b"])
def test_hostile_prompts_are_shown_and_nothing_else(prompt, is_expanding):
    cmd = shell(r"C:\box", is_expanding=is_expanding)
    assert step_in(cmd, r"C:\box", prompt) == 0
    shown = re.sub(r"[^ -~]", "?", prompt).replace('"', "'")
    if not is_expanding or "!" not in prompt:
        assert cmd.variables["VIRTUAL_ENV_PROMPT"] == shown
        assert cmd.variables["PROMPT"] == f"({shown.replace('$', '$$')}) $P$G"
    step_out(cmd, r"C:\box")
    assert cmd.variables == BEFORE


@pytest.mark.parametrize("is_expanding", [False, True])
def test_twice_from_box_to_box_and_what_was_unset(is_expanding):
    before = {"PATH": "C:\\w;", "VIRTUAL_ENV": "C:\\outer", "PYTHONHOME": 'C:\\py & "x"'}
    cmd = Cmd(before, {r"C:\one\pyvenv.cfg", r"C:\two\pyvenv.cfg"}, is_expanding=is_expanding)
    step_in(cmd, r"C:\one")
    once = dict(cmd.variables)
    step_in(cmd, r"C:\one")
    assert cmd.variables == once
    assert "PYTHONHOME" not in once
    assert "PROMPT" not in once
    step_in(cmd, r"C:\two")
    assert cmd.variables["PATH"] == r"C:\two\Scripts;C:\w;"
    step_out(cmd, r"C:\two")
    assert cmd.variables == before
    step_out(cmd, r"C:\two")
    assert cmd.variables == before


def test_goes_together_with_the_scripts_of_pythons_own_venv():
    theirs = {"_OLD_VIRTUAL_PATH": "C:\\w", "_OLD_VIRTUAL_PROMPT": "$G", "PATH": r"C:\theirs\Scripts;C:\w"}
    cmd = shell(r"C:\box", theirs | {"PROMPT": "(theirs) $G", "VIRTUAL_ENV": r"C:\theirs"})
    step_in(cmd, r"C:\box")
    assert cmd.variables["PATH"] == r"C:\box\Scripts;C:\w"
    assert cmd.variables["PROMPT"] == "(box) $G"
    step_out(cmd, r"C:\box")
    assert cmd.variables == {"PATH": "C:\\w", "PROMPT": "$G"}


def test_the_prompt_can_be_left_alone():
    cmd = shell(r"C:\box", BEFORE | {"VIRTUAL_ENV_DISABLE_PROMPT": "1"})
    step_in(cmd, r"C:\box")
    assert cmd.variables["PROMPT"] == "$P$G"


def test_a_place_without_a_box_is_said_and_changes_nothing():
    cmd = Cmd(BEFORE, set())
    assert step_in(cmd, r"C:\box & calc") == 1
    assert cmd.said == ['capsa: there is no box around "C:\\box & calc\\Scripts\\"']
    assert cmd.variables == BEFORE


def test_nothing_that_is_put_into_quotes_can_leave_them():
    assert quote_cmd('a" & calc & "%PATH%\n') == "a' & calc & '%%PATH%%?"


def test_the_line_to_type():
    assert activation_line("cmd", r"C:\a b\.venv", "win32") == r'"C:\a b\.venv\Scripts\activate.bat"'
    assert activation_line("cmd", r"C:\p\.venv", "win32", folder="C:\\p") == r".venv\Scripts\activate.bat"
