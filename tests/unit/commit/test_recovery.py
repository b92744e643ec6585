"""What recovery makes of each state that a killed change can leave."""

import os
import signal
import threading

import pytest

from capsa.commit.journal import add_state, write_journal
from capsa.commit.moves import Move
from capsa.commit.pending import needs_recovery
from capsa.commit.recovery import recover, recover_if_idle
from capsa.disk.locking import FileLock
from capsa.errors import EnvironmentDamagedError
from crash.child import kill, run_in_child
from crash.world import Events, World, package

ALPHA = package("alpha", "1", "alpha/__init__.py")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.change([ALPHA])
    return world


def prepare(world, move, **places):
    """Leave a journal in the middle of one move; ``places`` say what lies at path, staged and spare."""
    os.makedirs(f"{world.root}/.capsa/new/0")
    names = {"path": "thing", "staged": ".capsa/new/0/thing", "spare": ".capsa/new/spare-0"}
    for place, content in places.items():
        _write(f"{world.root}/{names[place]}", content)
    new = next((names[place] for place, content in places.items() if content == "new"), "thing")
    identity = os.lstat(f"{world.root}/{new}").st_ino
    write_journal(world.root, (Move(kind=move, path="thing", staged=names["staged"], identity=identity),))
    add_state(world.root, "swapping")


@pytest.mark.parametrize(
    "places",
    [
        {"path": "old", "staged": "new"},
        {"spare": "old", "staged": "new"},
        {"path": "new", "spare": "old"},
        {"path": "new", "staged": "old"},
        {"spare": "new", "staged": "old"},
        {"path": "old", "spare": "new"},
    ],
)
def test_an_exchange_is_taken_back_from_between_any_two_renames(world, places):
    prepare(world, "exchange", **places)

    sentence = recover(world.root, Events())

    assert sentence == f"a change of {world.root} was interrupted; the box is again as it was before it"
    assert world.files()["thing"] == "old"
    assert world.leftovers() == []


@pytest.mark.parametrize("places", [{"path": "new"}, {"staged": "new"}])
def test_a_place_is_taken_back_or_was_not_made(world, places):
    prepare(world, "place", **places)

    recover(world.root, Events())

    assert "thing" not in world.files()
    assert world.leftovers() == []


@pytest.mark.parametrize("places", [{"path": "new"}, {"staged": "new"}])
def test_a_removed_file_comes_back(world, places):
    prepare(world, "remove", **places)

    recover(world.root, Events())

    assert world.files()["thing"] == "new"
    assert world.leftovers() == []


def test_a_made_folder_goes_unless_somebody_uses_it(world):
    os.makedirs(f"{world.root}/.capsa/new")
    os.makedirs(f"{world.root}/share/used")
    os.makedirs(f"{world.root}/share/empty")
    world.put("share/used/mine")
    world.put("share/file")
    names = ("share", "share/used", "share/empty", "share/file", "share/never")
    write_journal(world.root, tuple(Move(kind="folder", path=name) for name in names))
    add_state(world.root, "swapping")

    recover(world.root, Events())

    assert sorted(os.listdir(f"{world.root}/share")) == ["file", "used"]


@pytest.mark.parametrize(
    ("move", "places"),
    [("place", {"path": "pip's", "staged": "new"}), ("exchange", {"path": "pip's", "staged": "new"})],
)
def test_a_move_that_was_never_made_leaves_what_other_programs_did(world, move, places):
    prepare(world, move, **places)

    assert recover(world.root, Events()) == (
        f"a change of {world.root} was interrupted; the box is again as it was before it"
    )
    assert world.files()["thing"] == "pip's"


@pytest.mark.parametrize(("move", "kept"), [("place", None), ("exchange", "old"), ("remove", "new")])
def test_what_other_programs_put_in_the_place_meanwhile_stays_and_is_named(world, move, kept):
    prepare(world, move, **({"staged": "new"} if move == "remove" else {"path": "new"}))
    if move != "remove":
        os.rename(f"{world.root}/thing", f"{world.root}/kept-so-that-its-inode-is-not-free")
    if move == "exchange":
        _write(f"{world.root}/.capsa/new/0/thing", kept)
    _write(f"{world.root}/thing", "pip's")

    assert recover(world.root, Events()) == (
        f"a change of {world.root} was interrupted; the box is again as it was before it, "
        "but for thing, which other programs changed since"
    )
    assert world.files()["thing"] == "pip's"
    assert world.leftovers() == []


def test_what_was_staged_only_is_thrown_away(world):
    os.makedirs(f"{world.root}/.capsa/new/0/x")
    os.makedirs(f"{world.root}/.capsa/old")

    assert recover(world.root, Events()) == (
        f"a change of {world.root} was interrupted before it began; what it had prepared is thrown away"
    )
    assert world.leftovers() == []


def test_nothing_to_recover_is_said_by_nothing(world):
    assert not needs_recovery(world.root)
    assert recover(world.root, Events()) is None
    assert recover_if_idle(world.root, Events()) is None
    assert recover(f"{world.root}/none", Events()) is None


def test_once_the_moves_are_undone_the_journal_goes_before_the_staging(world):
    _stop_in_the_middle(world)

    class Watcher:
        def event(self, event):
            if event.kind == "sweep":
                seen.append((event.text, world.leftovers()))

    seen = []
    recover(world.root, Watcher())

    assert seen == [
        (".capsa/journal", ["journal", "new", "old"]),
        (".capsa/new", ["new", "old"]),
        (".capsa/old", ["old"]),
    ]


def test_a_reader_recovers_when_nobody_is_at_work(world):
    before = world.everything()
    _stop_in_the_middle(world)
    assert needs_recovery(world.root)

    assert recover_if_idle(world.root, Events()) == (
        f"a change of {world.root} was interrupted; the box is again as it was before it"
    )
    assert world.everything() == before


def test_a_reader_does_not_wait_for_a_writer(world):
    _stop_in_the_middle(world)
    lock = FileLock(f"{world.root}/.capsa/lock")
    assert lock.acquire(wait=False)

    assert recover_if_idle(world.root, Events()) is None
    assert "journal" in world.leftovers()
    lock.release()


def test_a_reader_who_may_not_lock_is_warned_and_goes_on(world):
    _stop_in_the_middle(world)
    os.unlink(f"{world.root}/.capsa/lock")
    os.mkdir(f"{world.root}/.capsa/lock")
    events = Events()

    assert recover_if_idle(world.root, events) is None
    assert len(events.texts("warning")) == 1
    assert f"an interrupted change of {world.root} waits to be taken back" in events.texts("warning")[0]


def test_a_writer_waits_before_it_recovers(world):
    _stop_in_the_middle(world)
    lock = FileLock(f"{world.root}/.capsa/lock")
    assert lock.acquire(wait=False)
    noted = threading.Event()
    done = []

    class Waiting(Events):
        def event(self, event):
            super().event(event)
            noted.set()

    thread = threading.Thread(target=lambda: done.append(recover(world.root, Waiting())))
    thread.start()
    assert noted.wait(30)
    assert "journal" in world.leftovers()
    lock.release()
    thread.join(30)

    assert world.leftovers() == []
    assert len(done) == 1


def test_a_journal_that_cannot_be_read_is_damage_and_touches_nothing(world):
    _write(f"{world.root}/.capsa/journal", "")
    os.makedirs(f"{world.root}/.capsa/old")
    _write(f"{world.root}/.capsa/old/thing", "precious")

    for recovering in (recover, recover_if_idle):
        with pytest.raises(EnvironmentDamagedError, match="can't be taken back"):
            recovering(world.root, Events())
    with pytest.raises(EnvironmentDamagedError):
        world.change([ALPHA], [ALPHA])
    assert os.path.exists(f"{world.root}/.capsa/old/thing")


def _stop_in_the_middle(world):
    """Leave a change as a kill leaves it: without the taking back that an error would bring."""
    newer = package("alpha", "2", "alpha/__init__.py")
    assert run_in_child(lambda: world.change([newer], [ALPHA], reporter=Events(5, kill))) == -signal.SIGKILL


def _write(path, content):
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(content)
