"""What a file is known by: every trace of a change shows, and only plain files have facts."""

import os

import pytest

from capsa.disk.facts import facts_in, facts_of

TIME = 1_577_836_800 * 10**9 + 1


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "file"
    place.write_bytes(b"12345")
    place.chmod(0o444)
    os.utime(place, ns=(TIME, TIME))
    return str(place)


def test_a_plain_file_is_known_by_size_time_and_mode(path):
    assert facts_of(path) == (5, TIME, 0o444)
    assert facts_in(os.stat(path)) == facts_of(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: os.truncate(path, 4),
        lambda path: os.utime(path, ns=(TIME, TIME + 1)),
        lambda path: os.chmod(path, 0o644),
        lambda path: os.chmod(path, 0o4444),
    ],
)
def test_each_of_them_shows_a_change(path, change):
    change(path)
    assert facts_of(path) != (5, TIME, 0o444)


def test_links_folders_pipes_and_nothing_have_no_facts(path, tmp_path):
    os.symlink(path, tmp_path / "link")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "nothing", "file/below"):
        assert facts_of(str(tmp_path / name)) is None
