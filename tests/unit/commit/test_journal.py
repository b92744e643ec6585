"""The journal's text, and how a damaged one is told from one that was cut off."""

import os

import pytest

from capsa.commit.journal import (
    Journal,
    add_state,
    format_journal,
    format_state,
    parse_journal,
    read_journal,
    remove_journal,
    write_journal,
)
from capsa.commit.moves import Move
from capsa.errors import EnvironmentDamagedError

MOVES = (
    Move(kind="folder", path="share"),
    Move(kind="place", path="share/ü \n\t\udcff", staged=".capsa/new/0/share/ü \n\t\udcff", identity=7),
    Move(kind="exchange", path="a", staged=".capsa/new/0/a", identity=2**63),
    Move(kind="remove", path="b", staged=".capsa/old/b", identity=9),
)


@pytest.fixture
def root(tmp_path):
    os.makedirs(tmp_path / ".capsa/new")
    return str(tmp_path)


def test_a_journal_comes_back_as_it_was_written(root):
    write_journal(root, MOVES)

    assert read_journal(root) == Journal(state="staged", moves=MOVES)
    assert os.listdir(f"{root}/.capsa") == ["new", "journal"] or os.listdir(f"{root}/.capsa") == ["journal", "new"]
    assert os.listdir(f"{root}/.capsa/new") == []


def test_the_last_state_counts(root):
    write_journal(root, MOVES)
    for state in ("swapping", "sealed", "swapping"):
        add_state(root, state)
        assert read_journal(root) == Journal(state=state, moves=MOVES)


def test_without_a_journal_there_is_none(root):
    assert read_journal(root) is None
    write_journal(root, MOVES)
    remove_journal(root)
    assert read_journal(root) is None


@pytest.mark.parametrize("length", range(len(format_state("sealed"))))
def test_a_state_that_was_cut_off_does_not_count(length):
    text = format_journal(MOVES) + "\n" + format_state("swapping") + "\n" + format_state("sealed")[:length]

    # The line end of a state is not needed: all that it says is there.
    expected = "sealed" if length == len(format_state("sealed")) - 1 else "swapping"
    assert parse_journal(text, "x").state == expected


def test_a_state_after_one_that_was_cut_off_counts():
    text = format_journal(MOVES) + '\n"sea' + "\n" + format_state("swapping")

    assert parse_journal(text, "x").state == "swapping"


@pytest.mark.parametrize("length", range(0, len(format_journal(MOVES)) - 2, 7))
def test_a_body_that_was_cut_off_is_damage(length):
    with pytest.raises(EnvironmentDamagedError):
        parse_journal(format_journal(MOVES)[:length], "x")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("garbage", "line 2 of x can't be read"),
        ('{"a": 1}', "line 2 of x is not a move"),
        ('["burn", "a", ".capsa/new/0/a", 1]', "line 2 of x is not a move"),
        ('["place", "a", ".capsa/new/0/a"]', "line 2 of x is not a move"),
        ('["place", "../a", ".capsa/new/0/a", 1]', "line 2 of x leads out of the box"),
        ('["place", "a", "/etc/a", 1]', "line 2 of x leads out of the box"),
        ('["place", "a", "bin/b", 1]', "line 2 of x leads out of the box"),
        ('["place", 5, ".capsa/new/0/a", 1]', "line 2 of x leads out of the box"),
        (r'["place", "\ud800x", ".capsa/new/0/a", 1]', "line 2 of x names a path that can't be"),
    ],
)
def test_a_line_that_is_no_move_is_named(line, text):
    with pytest.raises(EnvironmentDamagedError, match=text):
        parse_journal(f'{{"capsa": "journal", "version": 1}}\n{line}\n"staged"\n', "x")


def test_another_version_is_said_to_be_one():
    with pytest.raises(EnvironmentDamagedError, match="x was written by another version of capsa"):
        parse_journal('{"capsa": "journal", "version": 2}\n"staged"\n', "x")


def test_bytes_that_are_no_text_are_damage_with_a_hint(root):
    with open(f"{root}/.capsa/journal", "wb") as stream:
        stream.write(b"\xff\xfe")

    with pytest.raises(EnvironmentDamagedError, match="is not text") as caught:
        read_journal(root)
    assert caught.value.hints == (f"make the box again: `capsa create --clear {root}`",)
