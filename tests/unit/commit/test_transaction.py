"""A commit seen from outside: what lies in the box afterwards, what is said, what a refusal leaves."""

import os
import threading

import pytest

from capsa.commit.recovery import recover
from capsa.commit.transaction import commit, hold_turn
from capsa.disk.exchange import Exchanger
from capsa.disk.link import Linker, SourceChangedError
from capsa.disk.locking import FileLock
from capsa.disk.refusal import RefusedError
from capsa.errors import DiskError, EnvironmentMissingError, IntegrityError
from capsa.model.installation import Delivery, Departure
from capsa.model.layout import RECEIPT
from crash.world import SITE, Events, World, package

OLD = package("alpha", "1", "alpha/__init__.py", "alpha/gone.py", "bin/alpha", "share/alpha/x", "single.py")
NEW = package("alpha", "2", "alpha/__init__.py", "alpha/more/y.py", "bin/alpha", "share/alpha/x", "single.py")
BETA = package("beta", "1", "beta.py", "share/beta/y")
SWEEPS = 3
HISTORY_1 = ".capsa/history/1"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.parametrize("is_one_step", [True, False])
def test_install_upgrade_and_uninstall_leave_exactly_the_files_they_should(world, is_one_step):
    before = world.everything()
    ports = {"exchanger": Exchanger(is_one_step=is_one_step)}

    world.change([OLD, BETA], **ports)
    assert world.files() == {**_files(before), **OLD.contents(), **BETA.contents(), **_receipt("alpha 1", "beta 1")}
    world.change([NEW], [OLD], **ports)
    assert world.files() == {**_files(before), **NEW.contents(), **BETA.contents(), **_receipt("alpha 2")}
    world.change([], [NEW, BETA], **ports)
    assert world.everything() == {**before, **_receipt("nothing")}
    assert world.leftovers() == []


def test_linked_files_are_the_stores_own_and_stay_as_they_were(world):
    world.installation(OLD)
    world.installation(NEW)
    before = world.store_hash()

    world.change([OLD], linker=Linker("hardlink"))
    assert os.stat(f"{world.root}/{SITE}/single.py").st_nlink == 2
    assert os.stat(f"{world.root}/{SITE}/single.py").st_mode & 0o777 == 0o444
    assert os.stat(f"{world.root}/bin/alpha").st_mode & 0o777 == 0o755
    world.change([NEW], [OLD], linker=Linker("hardlink"))
    world.change([], [NEW])

    assert world.store_hash() == before
    assert {os.stat(f"{world.folder}/store/alpha-1/{name}").st_nlink for name in _store(world, OLD)} == {1}


def test_the_same_archive_again_is_fine(world):
    world.change([OLD], linker=Linker("hardlink"))
    before = world.everything()

    world.change([OLD], [OLD], linker=Linker("hardlink"))

    assert world.everything() == before


def test_foreign_and_overwritten_files_are_named(world):
    world.change([OLD])
    mine = world.put("alpha/mine.txt")
    taken = world.put("beta.py")

    committed = world.change([NEW, BETA], [OLD])

    assert committed.foreign == (mine,)
    assert committed.overwritten == (taken,)
    assert world.files()[mine] == "somebody's"
    assert world.files()[taken] == BETA.contents()[taken]


def test_each_step_is_reported_before_it_is_done(world):
    seen = []

    class Watcher:
        def event(self, event):
            seen.append((event.kind, event.text, len(os.listdir(f"{world.root}/{SITE}")), world.leftovers()))

    world.change([BETA], reporter=Watcher())

    assert [(kind, text.removeprefix(f"{SITE}/")) for kind, text, _, _ in seen] == [
        ("stage", "beta"), ("journal", "staged"), ("journal", "swapping"), ("move", "beta.py"), ("move", "share"),
        ("move", "beta-1.dist-info"), ("move", ".capsa/receipt"), ("seal", "sealed"), ("sweep", ".capsa/new"),
        ("sweep", ".capsa/old"), ("sweep", ".capsa/journal"),
    ]  # fmt: skip
    assert [count for _, _, count, _ in seen] == [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2]
    assert [left for _, _, _, left in seen] == [
        [], ["new", "old"], *[["journal", "new", "old"]] * 7, ["journal", "old"], ["journal"],
    ]  # fmt: skip


def test_a_stale_seal_is_gone_before_the_first_move(world):
    world.put(".capsa/seal", "old facts")
    seal = f"{world.root}/.capsa/seal"
    seen = []

    class Watcher:
        def event(self, event):
            seen.append((event.kind, os.path.exists(seal)))

    world.change([BETA], reporter=Watcher())

    assert ("journal", True) in seen
    assert ("move", False) in seen
    assert ("move", True) not in seen


def test_the_caller_of_the_function_gets_the_same(world):
    installation = world.installation(BETA)

    brought = Delivery(installations=(installation,), papers={RECEIPT: b"text\n"})
    taken = Delivery(
        departures=(Departure(name="beta", paths=installation.paths),), papers={RECEIPT: b"text 2\n", HISTORY_1: b"1"}
    )

    commit(world.root, brought, linker=Linker(), reporter=Events())
    assert world.files()[f"{SITE}/beta.py"] == BETA.contents()[f"{SITE}/beta.py"]
    commit(world.root, taken, linker=Linker(), reporter=Events())
    assert f"{SITE}/beta.py" not in world.files()
    assert world.files()[".capsa/receipt"] == "text 2\n"
    assert world.files()[HISTORY_1] == "1"


PAPERS = {HISTORY_1: None, ".capsa/history/2": b"second", ".capsa/damaged": None, ".capsa/deep/er/paper": b"deep"}


def test_papers_come_are_exchanged_and_go_with_the_packages(world):
    world.put(HISTORY_1, "first")
    world.put(".capsa/damaged", "alpha")
    before = world.everything()

    world.change([BETA], papers={".capsa/history/1": b"another"})
    assert world.files() == {**_files(before), **BETA.contents(), **_receipt("beta 1"), HISTORY_1: "another"}
    world.change([], [BETA], papers=PAPERS)

    assert {path: text for path, text in world.files().items() if path.startswith(".capsa/h")} == {
        ".capsa/history/2": "second"
    }
    assert not os.path.exists(f"{world.root}/.capsa/damaged")
    with open(f"{world.root}/.capsa/deep/er/paper") as file:
        assert file.read() == "deep"


def test_papers_that_were_on_their_way_are_taken_back_too(world):
    world.put(HISTORY_1, "first")
    world.put(".capsa/damaged", "alpha")
    before = world.everything()
    events = Events()
    World(f"{world.folder}/other").change([BETA], papers=PAPERS, reporter=events)

    for number in range(len(events.seen) - SWEEPS):
        with pytest.raises(KeyboardInterrupt):
            world.change([BETA], papers=PAPERS, reporter=Events(number, _interrupt))
        assert world.everything() == before
        assert world.leftovers() == []


@pytest.mark.parametrize("path", ["bin/python", "pyvenv.cfg", "../outside", ".capsa/journal"])
def test_a_destination_that_no_package_may_have_changes_nothing(world, path):
    before = world.everything()

    with pytest.raises(IntegrityError, match=r"evil brings .*; the box is as it was"):
        world.change([BETA, _raw("evil", path)])

    assert world.everything() == before
    assert world.leftovers() == []


def test_a_destination_that_is_taken_changes_nothing(world):
    world.put("alpha", "a file in the way")
    before = world.everything()

    with pytest.raises(IntegrityError, match=r"alpha brings files below .*; the box is as it was"):
        world.change([OLD])

    assert world.everything() == before
    assert world.leftovers() == []


def test_a_file_that_the_store_lost_changes_nothing(world):
    installation = world.installation(OLD)
    os.unlink(f"{installation.source}/{installation.links[0][0]}")
    before = world.everything()

    with pytest.raises(SourceChangedError, match=r"in the store was changed or is gone; the box is as it was"):
        commit(world.root, Delivery(installations=(installation,)), linker=Linker(), reporter=Events())

    assert world.everything() == before
    assert world.leftovers() == []


def test_links_on_disk_are_neither_followed_nor_lost(world, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.py").write_text("theirs")
    os.symlink(elsewhere, f"{world.root}/{SITE}/linked")
    shared = package("alpha", "1", "linked/x.py")

    with pytest.raises(IntegrityError, match="a file or a link of somebody else's"):
        world.change([shared])
    world.change([], [shared])

    assert (elsewhere / "x.py").read_text() == "theirs"
    assert os.path.islink(f"{world.root}/{SITE}/linked")


def test_an_interrupt_in_the_middle_goes_back_and_is_passed_on(world):
    world.change([OLD])
    before = world.everything()
    count = len(_dry_run(world).seen)

    for number in range(count - SWEEPS):
        with pytest.raises(KeyboardInterrupt):
            world.change([NEW, BETA], [OLD], reporter=Events(number, _interrupt))
        assert world.everything() == before
        assert world.leftovers() == []


def test_an_interrupt_of_the_sweep_leaves_the_change_done(world):
    world.change([OLD])
    first = len(_dry_run(world).seen) - SWEEPS

    with pytest.raises(KeyboardInterrupt):
        world.change([NEW, BETA], [OLD], reporter=Events(first, _interrupt))

    assert world.leftovers() == ["journal", "new", "old"]
    assert world.files()[f"{SITE}/beta.py"] == BETA.contents()[f"{SITE}/beta.py"]
    assert recover(world.root, Events()) == f"a change of {world.root} was done but not tidied up; it is now"
    assert world.leftovers() == []


class Refusing(Exchanger):
    """Refuses one call, as a disk without space for a folder's entry does."""

    def __init__(self, number, *, is_lasting=False):
        super().__init__()
        self.left = number
        self.is_lasting = is_lasting

    def place(self, source, target):
        self._count(target)
        super().place(source, target)

    def exchange(self, first, second, spare):
        self._count(second)
        super().exchange(first, second, spare)

    def _count(self, path):
        self.left -= 1
        if self.left == -1 or (self.is_lasting and self.left < 0):
            raise RefusedError(f"can't move {path}: no space", number=28, path=path, hints=("free some space",))


@pytest.mark.parametrize("number", range(8))
def test_a_move_that_is_refused_takes_all_moves_back(world, number):
    world.change([OLD])
    world.put("alpha/mine.txt")
    before = world.everything()

    with pytest.raises(DiskError, match="no space; the box is as it was") as caught:
        world.change([NEW, BETA], [OLD], exchanger=Refusing(number))

    assert caught.value.hints == ("free some space",)
    assert world.everything() == before
    assert world.leftovers() == []


def test_when_going_back_is_refused_too_the_next_verb_does_it(world):
    world.change([OLD])
    before = world.everything()

    with pytest.raises(DiskError, match="going back failed too, the next capsa command tries again") as caught:
        world.change([NEW, BETA], [OLD], exchanger=Refusing(3, is_lasting=True))
    assert caught.value.hints == ("free some space",)
    assert "journal" in world.leftovers()

    events = Events()
    with pytest.raises(IntegrityError):
        world.change([_raw("evil", "bin/python")], reporter=events)
    assert events.texts("note") == [f"a change of {world.root} was interrupted; the box is again as it was before it"]
    assert world.everything() == before


def test_a_box_that_is_not_there_is_said_to_be_missing(world):
    with (
        pytest.raises(EnvironmentMissingError, match="there is no box at"),
        hold_turn(f"{world.root}/none", Events()),
    ):
        pytest.fail("nobody holds the turn of a box that is not there")


def test_a_second_writer_says_that_it_waits_and_then_goes_on(world):
    world.change([OLD])
    lock = FileLock(f"{world.root}/.capsa/lock")
    assert lock.acquire(wait=False)
    has_waited = threading.Event()

    class Waiting(Events):
        def event(self, event):
            super().event(event)
            if event.kind == "note":
                has_waited.set()

    events = Waiting()
    thread = threading.Thread(target=lambda: world.change([NEW], [OLD], reporter=events))
    thread.start()
    assert has_waited.wait(30)
    assert f"{SITE}/alpha/gone.py" in world.files()
    lock.release()
    thread.join(30)

    assert events.texts("note") == [f"waiting for another capsa that is changing {world.root}"]
    assert f"{SITE}/alpha/gone.py" not in world.files()


def _files(everything):
    return {path: text for path, text in everything.items() if not path.endswith("/")}


def _receipt(*lines):
    return {".capsa/receipt": "".join(f"{line}\n" for line in lines)}


def _store(world, package):
    return os.listdir(f"{world.folder}/store/{package.name}-{package.version}")


def _raw(name, path):
    made = package(name, "1")
    made.files[path] = "evil"
    return made


def _interrupt(_event):
    raise KeyboardInterrupt


def _dry_run(world):
    events = Events()
    other = World(f"{world.folder}/other")
    other.change([OLD])
    other.change([NEW, BETA], [OLD], reporter=events)
    return events
