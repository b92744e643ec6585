"""The history on disk: which states are read, and which papers make another history of it."""

import pytest

from capsa.commit.history import history_papers, read_history, read_present, state_numbers
from capsa.errors import EnvironmentDamagedError
from capsa.model.history import History, State, format_state
from capsa.value import replace


def state(number, why=""):
    return State(number=number, when="2025-03-01T12:00:00Z", why=why)


@pytest.fixture
def root(tmp_path):
    return tmp_path


def write(root, *states):
    folder = root / ".capsa" / "history"
    folder.mkdir(parents=True, exist_ok=True)
    for one in states:
        (folder / str(one.number)).write_text(format_state(one))
    return folder


def test_a_box_without_one_has_no_states(root):
    assert read_history(str(root), 0) == History()
    assert state_numbers(str(root)) == ()


def test_states_are_read_in_their_order(root):
    write(root, state(10), state(9), state(2))
    assert read_history(str(root), 9) == History(states=(state(2), state(9), state(10)), current=9)


def test_other_names_are_none(root):
    folder = write(root, state(1))
    for name in ("01", "kept", "-1", "1.bak", "²"):
        (folder / name).write_text("")
    assert state_numbers(str(root)) == (1,)


def test_where_the_receipt_names_none_nothing_is_read(root):
    write(root, state(1))
    assert read_history(str(root), 0) == History()


@pytest.mark.parametrize("text", [b"\xff", b"{}", format_state(state(2)).encode()])
def test_a_damaged_state_is_named(root, text):
    (write(root, state(3)) / "1").write_bytes(text)
    with pytest.raises(EnvironmentDamagedError, match=r"/\.capsa/history/1 is damaged: "):
        read_history(str(root), 1)


def test_one_that_is_not_the_current_one_takes_those_beyond_it_along(root):
    folder = write(root, *(state(number) for number in range(1, 10)))
    (folder / "3").write_text("{")
    (folder / "8").write_text("{")
    history = read_history(str(root), 5)
    assert [found.number for found in history.states] == [4, 5, 6, 7]
    assert "is damaged" in history.damage
    assert {path for path, content in history_papers(str(root), history, history).items() if content is None} == {
        f".capsa/history/{number}" for number in (1, 2, 3, 8, 9)
    }


def test_the_current_state_can_be_read_alone(root):
    write(root, state(1), state(2), state(3))
    history = read_present(str(root), 2)
    assert history == History(states=(state(2),), current=2, unread=(1, 3))
    after = history.followed_by(state(0, "new"))
    assert after == History(states=(state(2), state(3, "new")), current=3, unread=(1,))
    assert [*history_papers(str(root), history, after)] == [".capsa/history/3"]


def test_so_is_a_current_one_that_is_gone(root):
    write(root, state(1))
    with pytest.raises(EnvironmentDamagedError, match="has no state 2, which the receipt of the box names"):
        read_history(str(root), 2)


def test_papers_are_what_is_new_changed_and_gone(root):
    write(root, state(1), state(2), state(3), state(7))
    before = History(states=(state(1), state(2), state(3)), current=3)
    after = History(states=(state(2), replace(state(3), why="told"), state(4)), current=4)
    assert history_papers(str(root), before, after) == {
        ".capsa/history/3": format_state(state(3, "told")).encode(),
        ".capsa/history/4": format_state(state(4)).encode(),
        ".capsa/history/1": None,
        ".capsa/history/7": None,
    }
