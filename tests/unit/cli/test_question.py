"""Who is asked, and what counts as yes; a real terminal asks in tests/integration/test_caution.py."""

import io
from contextlib import nullcontext

import pytest

from capsa.cli import question
from capsa.cli.question import asker
from capsa.model.surroundings import Surroundings


class Streams:
    """Stands in for `sys`: what is typed, and what is seen."""

    def __init__(self, typed: str) -> None:
        self.stdin, self.stderr = io.StringIO(typed), io.StringIO()


def surroundings(*, is_terminal=True, is_input_terminal=True, **variables):
    return Surroundings(
        variables=variables,
        folder="/work",
        home="/me",
        interpreter="/usr/bin/python3",
        is_terminal=is_terminal,
        is_input_terminal=is_input_terminal,
    )


def asked(monkeypatch, typed, values=()):
    streams = Streams(typed)
    monkeypatch.setattr(question, "sys", streams)
    ask = asker(dict.fromkeys(values, True), surroundings(), nullcontext)
    assert ask is not None
    return ask("go \x1b[2J on?"), streams.stderr.getvalue()


@pytest.mark.parametrize("typed", ["y\n", "Yes\n", " YES \n"])
def test_yes(monkeypatch, typed):
    assert asked(monkeypatch, typed) == (True, "go \\x1b[2J on? [y/N] ")


@pytest.mark.parametrize("typed", ["\n", "n\n", "yeah\n", "ja\n"])
def test_anything_else_is_no(monkeypatch, typed):
    assert asked(monkeypatch, typed) == (False, "go \\x1b[2J on? [y/N] ")


def test_the_end_of_input_is_no_and_ends_the_line(monkeypatch):
    assert asked(monkeypatch, "") == (False, "go \\x1b[2J on? [y/N] \n")


def test_the_flag_answers_for_everybody_and_is_seen_unless_it_is_quiet(monkeypatch):
    assert asked(monkeypatch, "n\n", ["yes"]) == (True, "go \\x1b[2J on? [y/N] y\n")
    assert asked(monkeypatch, "n\n", ["yes", "quiet"]) == (True, "")


@pytest.mark.parametrize(
    "place",
    [surroundings(is_terminal=False), surroundings(is_input_terminal=False), surroundings(CI="true")],
    ids=["no screen", "no keyboard", "nobody watches"],
)
def test_nobody_is_there_to_ask(place):
    assert asker({}, place, nullcontext) is None
