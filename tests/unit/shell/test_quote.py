"""What the shells of the newer kind make of a quoted word; the older ones are asked in test_scripts.py."""

from __future__ import annotations

import ast
import os
import subprocess

import pytest

from capsa.shell.quote import quote_elvish, quote_nu, quote_nu_word, quote_python, quote_xonsh
from support.shells import HOSTILE, program_of

WORDS = [
    *HOSTILE,
    "",
    "plain",
    "/a/b.c-d_e",
    "a,b",
    "@x",
    "~",
    "a\tb\nc\rd",
    "\x1b[31m\x7f\x85",
    "\u3000\xa0\U0001f600",
]
END = "\u241e"


def told(*command: str) -> list[str]:
    output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return os.fsdecode(output).split(END)[:-1]


def test_nu_takes_a_quoted_word_as_it_is() -> None:
    lines = [f"print -n {quote_nu(word)} {quote_nu(END)}" for word in WORDS]
    assert told(program_of("nu"), "-n", "-c", "\n".join(lines)) == WORDS


def test_elvish_takes_a_quoted_word_as_it_is_also_bytes() -> None:
    words = [*WORDS, os.fsdecode(b"/b\xffx\xc3")]
    lines = [f"print {quote_elvish(word)}; print {quote_elvish(END)}" for word in words]
    assert told(program_of("elvish"), "-norc", "-c", "\n".join(lines)) == words


def test_xonsh_takes_a_quoted_word_as_it_is() -> None:
    words = [*WORDS, os.fsdecode(b"/b\xffx")]
    lines = [f"/usr/bin/printf %s{END} {quote_xonsh(word)}" for word in words]
    assert told(program_of("xonsh"), "--no-rc", "-c", "\n".join(lines)) == words


@pytest.mark.parametrize("word", [*WORDS, "\udcff"])
def test_python_takes_a_quoted_word_as_it_is(word: str) -> None:
    assert ast.literal_eval(quote_python(word)) == word


def test_a_byte_that_nu_cannot_hold_becomes_the_sign_for_that() -> None:
    assert quote_nu("a\udcff") == '"a\\u{fffd}"'


def test_plain_words_are_left_readable() -> None:
    assert quote_elvish("/srv/me/.venv") == quote_xonsh("/srv/me/.venv") == quote_nu_word("/srv/me/.venv")
    assert quote_nu_word("/srv/me/.venv") == "/srv/me/.venv"
    assert quote_nu("plain") == '"plain"'
