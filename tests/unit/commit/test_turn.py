"""One writer a box at a time."""

import pytest

from capsa.commit.turn import take_turn, take_turn_if_idle
from capsa.errors import EnvironmentMissingError
from crash.world import Events


def test_a_turn_is_had_by_one_at_a_time(tmp_path):
    events = Events()

    lock = take_turn(str(tmp_path), events)
    assert take_turn_if_idle(str(tmp_path)) is None
    lock.release()

    second = take_turn_if_idle(str(tmp_path))
    assert second is not None
    second.release()
    assert events.seen == []


def test_where_there_is_no_folder_there_is_no_turn(tmp_path):
    with pytest.raises(EnvironmentMissingError, match=r"there is no box at .*/none") as caught:
        take_turn(f"{tmp_path}/none", Events())

    assert caught.value.hints == (f"make one: `capsa create {tmp_path}/none`",)
    assert list(tmp_path.iterdir()) == []
