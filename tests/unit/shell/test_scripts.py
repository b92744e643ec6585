import os
import shlex
import shutil
import subprocess

import pytest

from capsa.errors import UsageError
from capsa.shell.line import SHELLS, activation_line
from capsa.shell.quote import quote_fish, quote_sh
from capsa.shell.scripts import scripts

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
    assert shlex.split(quote_sh(word)) == [word]


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "ksh", "fish"])
def test_a_quoted_word_is_that_word_in_the_shell_itself(shell):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    quote = quote_fish if shell == "fish" else quote_sh
    for word in WORDS:
        assert echoed(program, quote(word)) == f"{word}.", word


def test_plain_words_are_left_readable():
    assert quote_sh("/srv/me/project/.venv") == "/srv/me/project/.venv"
    assert quote_fish("/srv/me/project/.venv") == "/srv/me/project/.venv"


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "source '/my box/bin/activate'"),
        ("zsh", "source '/my box/bin/activate'"),
        ("ksh", ". '/my box/bin/activate'"),
        ("dash", ". '/my box/bin/activate'"),
        ("sh", ". '/my box/bin/activate'"),
        ("fish", "source '/my box/bin/activate.fish'"),
        ("tcsh", "source '/my box/bin/activate.csh'"),
        ("csh", "source '/my box/bin/activate.csh'"),
        ("nu", 'overlay use "/my box/bin/activate.nu"'),
        ("elvish", "eval (slurp < '/my box/bin/activate.elv')"),
        ("xonsh", "source @('/my box/bin/activate.xsh')"),
    ],
)
def test_the_line_to_type(shell, line):
    assert activation_line(shell, "/my box") == line
    assert shell in SHELLS


def test_the_line_on_windows_names_the_folder_there():
    assert activation_line("bash", "/c/box", "win32") == "source /c/box/Scripts/activate"


def test_a_shell_without_activation_is_refused():
    with pytest.raises(UsageError, match="no activation for the shell rc") as caught:
        activation_line("rc", "/box")
    assert "bash" in caught.value.hints[0]


def test_scripts_for_the_folder():
    made = scripts("/box", "")
    assert {"activate", "activate.fish", "activate.csh", "activate.nu", "activate.elv", "activate.xsh"} <= set(made)
    assert b"$_capsa_root/bin" in made["activate"]
    assert b"$_capsa_root/Scripts" in scripts("/box", "", "win32")["activate"]
    assert all(b"|ROOT|" not in text and b"|PROMPT|" not in text for text in made.values())


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is():
    text = scripts("/|PROMPT|", "|ROOT|")["activate"].decode()
    assert "_capsa_root='/|PROMPT|'" in text
    assert "_capsa_prompt='|ROOT|'" in text


def test_a_path_that_is_not_utf8_keeps_its_bytes():
    made = scripts(os.fsdecode(b"/b\xffx"), "")
    assert b"'/b\xffx'" in made["activate"]


def test_the_line_is_short_where_the_box_lies_below_the_current_folder():
    assert activation_line("bash", "/srv/app/.venv", folder="/srv/app") == "source .venv/bin/activate"
    assert activation_line("dash", "/srv/app/-x", folder="/srv/app") == ". ./-x/bin/activate"
    assert activation_line("nu", "/srv/app/~x", folder="/srv/app") == 'overlay use "./~x/bin/activate.nu"'
    assert activation_line("nu", "/srv/app/.venv", folder="/srv/app") == "overlay use .venv/bin/activate.nu"
    assert activation_line("elvish", "/srv/app/.venv", folder="/srv/app") == "eval (slurp < .venv/bin/activate.elv)"
    assert activation_line("xonsh", "/srv/app/.venv", folder="/srv/app") == "source .venv/bin/activate.xsh"
    assert activation_line("fish", "/srv/other/.venv", folder="/srv/app") == "source /srv/other/.venv/bin/activate.fish"
    assert activation_line("bash", "/app/.venv", folder="/") == "source app/.venv/bin/activate"
