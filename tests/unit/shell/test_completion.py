from __future__ import annotations

import shutil
import subprocess

import pytest

from capsa.errors import UsageError
from capsa.shell.completion import READERS, SHELLS, Line, Offer, completion_text
from support.shells import HOSTILE

LINES = [
    Line(name="make", help="it's $(one)", takes=Offer(kind="folder"), most=1, options=(Offer(names=("--all", "-a")),)),
    Line(name="store size", help="`size`", most=None, options=(Offer(names=("--unit",), kind="choice k m"),)),
    Line(name="store clear", help="empty"),
]
EVERYWHERE = [Offer(names=("--quiet", "-q"), help='say "less"')]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_verb_and_option_is_in_the_text_and_no_place_is_left_open(shell: str) -> None:
    text = completion_text(shell, LINES, EVERYWHERE, "/data/named")
    for word in ("make", "store size", "store clear", "--all -a", "--unit", "choice k m", "--quiet -q", "/data/named"):
        assert word in text
    assert not [name for name in ("VERBS", "SECONDS", "CASES", "ALL", "NAMED") if f"|{name}|" in text]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_text_is_one_that_the_shell_can_read_whatever_is_in_it(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    lines = [Line(name=f"verb{number}", help=name) for number, name in enumerate(HOSTILE)]
    for number, name in enumerate(HOSTILE):
        text = completion_text(shell, lines[number : number + 1], EVERYWHERE, f"/{name}")
        done = subprocess.run([program, "-n"], input=text, capture_output=True, text=True, check=False, timeout=30)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_verb_of_two_words_is_offered_by_its_first_with_those_that_follow() -> None:
    text = completion_text("bash", LINES, EVERYWHERE, "/named")
    assert "'store\tsize, clear'" in text


def test_a_shell_without_completions_is_refused() -> None:
    with pytest.raises(UsageError, match="no completions for the shell dash") as caught:
        completion_text("dash", LINES, EVERYWHERE, "/named")
    assert "fish" in caught.value.hints[0]


def test_every_shell_has_a_line_for_its_start_file() -> None:
    assert tuple(READERS) == SHELLS
    assert all(f"capsa completions {shell}" in line for shell, (_, line) in READERS.items())
