import os
import shlex
import shutil
import subprocess

import pytest

from capsa.errors import UsageError
from capsa.shell import fish, sh
from capsa.shell.scripts import SHELLS, activation_line, scripts

WORDS = [
    "plain",
    "/a/b.c-d_e",
    "",
    "a b",
    "it's",
    "''",
    "'",
    "$(touch hit)",
    "`touch hit`",
    "${HOME}",
    "a;touch hit",
    "a&b|c>d<e",
    "!!",
    "!$",
    "%s%n",
    "a\\b",
    "a\\",
    "\\'",
    '"',
    "*",
    "~",
    "#x",
    "tab\there",
    "ü漢字",
    "-n",
    "{a,b}",
    "(x)",
    "=ls",
    "^a^b",
]


def echoed(shell, quoted):
    command = [shell, "-c", f"printf '%s.' {quoted}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


@pytest.mark.parametrize("word", WORDS)
def test_a_quoted_word_is_that_word_by_the_rules_of_posix(word):
    assert shlex.split(sh.quote(word)) == [word]


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "ksh", "fish"])
def test_a_quoted_word_is_that_word_in_the_shell_itself(shell):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    quote = fish.quote if shell == "fish" else sh.quote
    for word in WORDS:
        assert echoed(program, quote(word)) == f"{word}.", word


def test_plain_words_are_left_readable():
    assert sh.quote("/srv/me/project/.venv") == "/srv/me/project/.venv"
    assert fish.quote("/srv/me/project/.venv") == "/srv/me/project/.venv"


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "source '/my box/bin/activate'"),
        ("zsh", "source '/my box/bin/activate'"),
        ("ksh", ". '/my box/bin/activate'"),
        ("dash", ". '/my box/bin/activate'"),
        ("sh", ". '/my box/bin/activate'"),
        ("fish", "source '/my box/bin/activate.fish'"),
    ],
)
def test_the_line_to_type(shell, line):
    assert activation_line(shell, "/my box") == line
    assert shell in SHELLS


def test_the_line_on_windows_names_the_folder_there():
    assert activation_line("bash", "/c/box", "win32") == "source /c/box/Scripts/activate"


def test_a_shell_without_activation_is_refused():
    with pytest.raises(UsageError, match="no activation for the shell tcsh") as caught:
        activation_line("tcsh", "/box")
    assert "bash" in caught.value.hints[0]


def test_scripts_for_the_folder():
    made = scripts("/box", "")
    assert sorted(made) == ["activate", "activate.fish"]
    assert b"$VIRTUAL_ENV/bin" in made["activate"]
    assert b"$VIRTUAL_ENV/Scripts" in scripts("/box", "", "win32")["activate"]
    assert all(b"|ROOT|" not in text and b"|PROMPT|" not in text for text in made.values())


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is():
    text = scripts("/|PROMPT|", "|ROOT|")["activate"].decode()
    assert "_capsa_root='/|PROMPT|'" in text
    assert "VIRTUAL_ENV_PROMPT='|ROOT|'" in text


def test_a_path_that_is_not_utf8_keeps_its_bytes():
    made = scripts(os.fsdecode(b"/b\xffx"), "")
    assert b"'/b\xffx'" in made["activate"]


def test_the_line_is_short_where_the_box_lies_below_the_current_folder():
    assert activation_line("bash", "/srv/app/.venv", folder="/srv/app") == "source .venv/bin/activate"
    assert activation_line("dash", "/srv/app/-x", folder="/srv/app") == ". ./-x/bin/activate"
    assert activation_line("fish", "/srv/other/.venv", folder="/srv/app") == "source /srv/other/.venv/bin/activate.fish"
    assert activation_line("bash", "/app/.venv", folder="/") == "source app/.venv/bin/activate"
