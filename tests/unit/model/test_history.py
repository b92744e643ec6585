"""States of a box: what differs, what becomes of files on the way, and how they are written down."""

import json

import pytest

from capsa.errors import EnvironmentDamagedError
from capsa.model.history import (
    MOST,
    FileChange,
    History,
    State,
    StatePackage,
    differences,
    file_moves,
    format_state,
    parse_state,
)
from capsa.model.outcome import ChangeRow
from capsa.model.receipt import ReceiptEntry
from capsa.value import replace

WHEN = "2025-03-01T12:00:00Z"


def entry(name, version="1.0", **more):
    return ReceiptEntry(
        name=name, version=version, filename=f"{name}.whl", sha256="ab" * 32, url="", info=f"{name}.dist-info", **more
    )


def ours(name, version="1.0", kept="", **more):
    return StatePackage(
        name=name, version=version, info=f"{name}.dist-info", entry=entry(name, version, **more), kept=kept
    )


def foreign(name, version="1.0", **more):
    return StatePackage(name=name, version=version, info=f"{name}.dist-info", installer="pip", **more)


def state(number=0, *packages, **more):
    return State(number=number, when=WHEN, packages=packages, **more)


def test_a_state_is_json_with_a_line_a_package_and_comes_back_whole():
    whole = state(
        3,
        ours("a", direct_url={"url": "file:///a", "dir_info": {}}, is_requested=True),
        foreign("b", mark="12:34", kept="ab12", lost=""),
        foreign("c", lost="it holds a link"),
        why="capsa install ü",
        changes=(ChangeRow(action="replace", name="a", from_version="0.9", to_version="1.0"),),
        files=(FileChange(path="/p/pylock.toml", before=None, after=b"\xff\r\n\xc3\xbc"),),
    )
    text = format_state(whole)
    assert parse_state(text, "state") == whole
    assert json.loads(text)["version"] == 1
    assert [json.loads(line.rstrip(",")).get("name") for line in text.splitlines()[1:-1]] == [None, "b", "c"]


def test_what_was_is_not_repeated_for_packages_of_ours():
    (row,) = json.loads(format_state(state(1, ours("a"))))["packages"]
    assert set(row) == {"entry"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"version": 2}',
        format_state(state(1)).replace('"command"', '"magic"'),
        format_state(state(1, foreign("a", kept="ab"))).replace('"ab"', '"../ab"'),
        format_state(state(1, changes=(ChangeRow(action="remove", name="a"),))).replace('"remove"', '"eat"'),
        format_state(state(1, foreign("a"))).replace('"installer"', '"stranger"'),
        "[" * 100_000,
    ],
)
def test_a_state_that_can_not_be_read_is_named(text):
    with pytest.raises(EnvironmentDamagedError, match=r"^/box/\.capsa/history/3 is damaged: "):
        parse_state(text, "/box/.capsa/history/3")


def test_only_the_last_states_stay():
    history = History()
    for number in range(1, MOST + 6):
        history = history.followed_by(state(why=str(number)))
    assert [found.number for found in history.states] == [*range(6, MOST + 6)]
    assert history.present.why == str(MOST + 5)


def test_a_new_change_drops_what_was_undone():
    history = History(states=(state(1), state(2), state(3)), current=1).followed_by(state(why="new"))
    assert [(found.number, found.why) for found in history.states] == [(1, ""), (2, "new")]
    assert history.current == 2


def test_what_came_went_and_gave_way_is_told_by_name():
    before = (ours("a"), ours("b"), foreign("c", mark="1"), ours("d"))
    after = (ours("b", "2.0"), foreign("c", mark="2"), ours("d"), foreign("e"))
    assert [(row.action, row.name, row.from_version, row.to_version) for row in differences(before, after)] == [
        ("remove", "a", "1.0", None),
        ("replace", "b", "1.0", "2.0"),
        ("replace", "c", "1.0", "1.0"),
        ("install", "e", None, "1.0"),
    ]


def test_where_it_is_kept_makes_no_other_package_unless_it_was_patched():
    assert ours("a").is_same(ours("a", kept="ab"))
    assert foreign("a").is_same(foreign("a", kept="ab"))
    assert not ours("a", is_edited=True).is_same(ours("a", is_edited=True, kept="ab"))
    assert not ours("a", is_edited=True).is_same(ours("a"))
    assert not ours("a").is_same(foreign("a"))


def change(before, after, path="/p/f"):
    return FileChange(path=path, before=before, after=after)


def test_a_file_goes_through_several_states_in_one_step():
    states = (state(2, files=(change(None, b"a"),)), state(3), state(4, files=(change(b"a", b"b"),)))
    assert file_moves(states, is_back=True) == (change(b"b", None),)
    assert file_moves(states, is_back=False) == (change(None, b"b"),)


def test_a_file_that_was_edited_between_two_states_can_not_be_as_both_left_it():
    states = (state(2, files=(change(b"a", b"b"),)), state(3, files=(change(b"edited", b"c"),)))
    steps = file_moves(states, is_back=True)
    assert steps == (change(b"c", b"edited"), change(b"b", b"a"))
    assert not any(all(content in {step.before, step.after} for step in steps) for content in (b"c", b"edited", b"b"))


def test_packages_of_earlier_states_can_be_told_more_of():
    history = History(states=(state(1, foreign("a")), state(2)), current=2)
    kept = foreign("a", kept="ab")
    assert history.with_packages({1: (kept,)}).states == (replace(state(1), packages=(kept,)), state(2))
