"""Whether an interrupted change waits in a box."""

import os

import pytest

from capsa.commit.pending import needs_recovery


@pytest.mark.parametrize("place", ["journal", "new", "old"])
def test_whatever_a_change_leaves_is_noticed(tmp_path, place):
    os.mkdir(tmp_path / ".capsa")
    assert not needs_recovery(str(tmp_path))

    os.mkdir(tmp_path / ".capsa" / place)

    assert needs_recovery(str(tmp_path))


def test_a_box_without_records_of_ours_has_nothing_to_recover(tmp_path):
    assert not needs_recovery(str(tmp_path))
    assert not needs_recovery(str(tmp_path / "none"))
