"""What a verb was about to do to files is remembered when it is killed, for the same command only."""

import pytest

from capsa.model.history import FileChange
from capsa.ops.intent import PENDING, announced, with_announced
from support.session import make_supply


@pytest.fixture
def world(tmp_path):
    root = tmp_path / "box"
    root.mkdir()
    (root / "pyvenv.cfg").write_text("home = /opt/python/bin\n")
    return World(tmp_path, root)


class World:
    def __init__(self, folder, root):
        self.session = make_supply(folder).session
        self.session.command = "capsa add six"
        self.root = root
        self.path = folder / "pyproject.toml"
        self.path.write_bytes(b"before")
        self.change = FileChange(path=str(self.path), before=b"before", after=b"after")

    def kill(self):
        """Leave what a kill leaves after the file was written."""
        with announced(self.session, str(self.root), (self.change,)):
            content = (self.root / PENDING).read_bytes()
        (self.root / PENDING).write_bytes(content)
        self.path.write_bytes(b"after")

    def again(self, *files):
        return with_announced(self.session, str(self.root), files)


def test_the_same_command_finds_what_it_did(world):
    world.kill()
    assert world.again() == (world.change,)
    more = FileChange(path=str(world.path), before=b"after", after=b"more")
    assert world.again(more) == (FileChange(path=str(world.path), before=b"before", after=b"more"),)


def test_another_command_does_not(world):
    world.kill()
    world.session.command = "capsa install oil"
    assert world.again() == ()


def test_a_file_that_was_edited_since_is_not_counted(world):
    world.kill()
    world.path.write_bytes(b"edited")
    assert world.again() == ()


def test_what_was_never_written_is_not_counted(world):
    world.kill()
    world.path.write_bytes(b"before")
    assert world.again() == ()


@pytest.mark.parametrize("content", [b"\xff", b"{", b"[]"])
def test_a_damaged_note_says_nothing(world, content):
    world.kill()
    (world.root / PENDING).write_bytes(content)
    assert world.again(world.change) == (world.change,)


def test_when_all_went_well_or_failed_nothing_is_left(world):
    with pytest.raises(KeyboardInterrupt), announced(world.session, str(world.root), (world.change,)):
        raise KeyboardInterrupt
    assert not (world.root / PENDING).exists()


def test_where_there_is_no_box_nothing_is_written(world):
    (world.root / "pyvenv.cfg").unlink()
    with announced(world.session, str(world.root), (world.change,)):
        assert not (world.root / ".capsa").exists()
