"""The register of boxes: who is in it, who is forgotten, and who is only away."""

import os
import shutil

import pytest

from capsa.machine.register import known_boxes, note_box


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def make_box(path):
    path.mkdir(parents=True)
    (path / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return str(path)


def entries(data):
    return os.listdir(f"{data}/box-v1")


def move_disk(data, number):
    """Let all that is noted be noted of another file system."""
    for name in entries(data):
        path = f"{data}/box-v1/{name}"
        with open(path, "rb") as file:
            _, _, rest = file.read().partition(b" ")
        with open(path, "wb") as file:
            file.write(b"%d %b" % (number, rest))


def test_a_box_that_was_noted_is_known(data, tmp_path):
    roots = [make_box(tmp_path / name) for name in ("a", "b c", "\udcff\n")]
    for root in (*roots, roots[0]):
        note_box(data, root)
    assert known_boxes(data) == tuple(sorted(roots))
    assert len(entries(data)) == 3


def test_without_a_register_no_box_is_known(data):
    assert known_boxes(data) == ()
    assert not os.path.exists(data)


def test_a_box_that_is_known_costs_one_look(data, tmp_path, monkeypatch):
    root = make_box(tmp_path / "box")
    note_box(data, root)
    for name in ("open", "mkdir", "makedirs", "replace"):
        monkeypatch.setattr(os, name, None)
    note_box(data, root)


def test_a_box_that_is_gone_is_forgotten(data, tmp_path):
    gone, stays = make_box(tmp_path / "x/gone"), make_box(tmp_path / "stays")
    note_box(data, gone)
    note_box(data, stays)
    shutil.rmtree(tmp_path / "x")
    assert known_boxes(data) == (stays,)
    assert len(entries(data)) == 1


def test_a_folder_that_is_no_box_any_more_is_forgotten(data, tmp_path):
    root = make_box(tmp_path / "box")
    note_box(data, root)
    os.unlink(f"{root}/pyvenv.cfg")
    assert known_boxes(data) == ()
    assert entries(data) == []


def test_a_box_on_a_disk_that_is_away_is_not_forgotten(data, tmp_path):
    root = make_box(tmp_path / "disk/box")
    note_box(data, root)
    move_disk(data, os.stat(root).st_dev + 1)
    os.rename(tmp_path / "disk", tmp_path / "away")
    assert known_boxes(data) == ()
    (tmp_path / "disk").mkdir()
    assert known_boxes(data) == ()
    (tmp_path / "disk").rmdir()
    os.rename(tmp_path / "away", tmp_path / "disk")
    assert known_boxes(data) == (root,)


def test_a_box_that_moved_is_known_at_its_new_place_once_it_is_noted_there(data, tmp_path):
    root = make_box(tmp_path / "old")
    note_box(data, root)
    os.rename(root, tmp_path / "new")
    note_box(data, str(tmp_path / "new"))
    assert known_boxes(data) == (str(tmp_path / "new"),)
    assert len(entries(data)) == 1


def test_a_box_with_two_paths_is_one_box(data, tmp_path):
    root = make_box(tmp_path / "place")
    (tmp_path / "alias").symlink_to(root)
    note_box(data, root)
    note_box(data, str(tmp_path / "alias"))
    assert known_boxes(data) == (str(tmp_path / "alias"),)


def test_a_data_folder_that_cannot_be_used_is_no_failure(tmp_path):
    root = make_box(tmp_path / "box")
    (tmp_path / "file").write_text("")
    note_box(str(tmp_path / "file"), root)
    assert known_boxes(str(tmp_path / "file")) == ()


@pytest.mark.parametrize("content", [b"", b"/srv/box\n", b"x /srv/box\n", b"12 /srv/other\n"])
def test_what_is_no_entry_is_thrown_away(data, tmp_path, content):
    note_box(data, make_box(tmp_path / "box"))
    with open(f"{data}/box-v1/{entries(data)[0]}", "wb") as file:
        file.write(content)
    assert known_boxes(data) == ()
    assert entries(data) == []


def test_what_is_on_its_way_in_is_left_alone(data, tmp_path):
    note_box(data, make_box(tmp_path / "box"))
    with open(f"{data}/box-v1/.capsa-1-2", "wb"):
        assert len(known_boxes(data)) == 1
    assert len(entries(data)) == 2
