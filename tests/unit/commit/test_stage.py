"""Staging: what lies aside, and that the box is not touched by it."""

import os
import threading

import pytest

from capsa.commit.stage import stage
from capsa.disk.link import Linker, SourceChangedError
from capsa.errors import IntegrityError
from crash.world import MTIME, SITE, Events, World, package

ALPHA = package("alpha", "1", "alpha/__init__.py", "bin/alpha")
BETA = package("beta", "1", "beta.py")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_each_package_lies_aside_as_it_will_lie_in_the_box(world):
    before = world.everything()
    delivery = world.delivery([BETA, ALPHA])

    staged = stage(world.root, delivery, Linker("hardlink"), Events())

    assert world.everything() == before
    assert sorted(os.listdir(f"{world.root}/.capsa/new")) == ["0", "1", "papers"]
    assert os.path.exists(f"{world.root}/.capsa/new/0/{SITE}/alpha/__init__.py")
    assert os.stat(f"{world.root}/.capsa/new/0/bin/alpha").st_mode & 0o777 == 0o755
    assert os.stat(f"{world.root}/.capsa/new/1/{SITE}/beta.py").st_nlink == 2
    assert [move.path for move in staged.moves][-1] == ".capsa/receipt"


def test_a_copy_has_the_mode_and_time_of_its_source(world):
    stage(world.root, world.delivery([BETA]), Linker("copy"), Events())

    copied = os.stat(f"{world.root}/.capsa/new/0/{SITE}/beta.py")
    assert (copied.st_nlink, copied.st_mode & 0o777, copied.st_mtime_ns) == (1, 0o444, MTIME)


def test_every_move_knows_the_inode_of_what_it_moves(world):
    world.change([ALPHA])
    world.put(".capsa/history/1", "first")
    papers = {".capsa/history/1": None, ".capsa/history/2": b"second"}

    staged = stage(world.root, world.delivery([BETA], [ALPHA], papers), Linker(), Events())

    assert [move.kind for move in staged.moves][-3:] == ["exchange", "remove", "place"]
    for move in staged.moves:
        mover = move.path if move.kind == "remove" else move.staged
        assert move.identity == os.lstat(f"{world.root}/{mover}").st_ino
        if move.kind == "remove":
            assert os.path.isdir(os.path.dirname(f"{world.root}/{move.staged}"))
            assert not os.path.lexists(f"{world.root}/{move.staged}")


def test_papers_lie_aside_and_a_folder_for_them_is_made_with_them(world):
    world.put(".capsa/damaged", "alpha")
    papers = {".capsa/history/1": b"first", ".capsa/damaged": None, ".capsa/seal": None}

    staged = stage(world.root, world.delivery(papers=papers), Linker(), Events())

    assert [(move.kind, move.path) for move in staged.moves] == [
        ("folder", ".capsa/history"),
        ("place", ".capsa/receipt"),
        ("place", ".capsa/history/1"),
        ("remove", ".capsa/damaged"),
    ]
    assert not os.path.exists(f"{world.root}/.capsa/history")
    with open(f"{world.root}/{staged.moves[2].staged}") as file:
        assert file.read() == "first"


@pytest.mark.parametrize("mode", ["hardlink", "copy"])
def test_a_file_of_the_store_that_was_changed_is_not_staged(world, mode):
    delivery = world.delivery([ALPHA])
    source = f"{delivery.installations[0].source}/{delivery.installations[0].links[0][0]}"
    os.utime(source)

    with pytest.raises(SourceChangedError) as caught:
        stage(world.root, delivery, Linker(mode), Events())

    assert caught.value.path == source
    assert not os.path.exists(f"{world.root}/.capsa/new/0/{SITE}/alpha/__init__.py")


def test_a_destination_that_no_package_may_have_is_refused_before_anything_is_written(world):
    evil = package("evil", "1")
    evil.files["bin/python3"] = "evil"

    with pytest.raises(IntegrityError, match="evil brings bin/python3, which is a file of the box itself"):
        stage(world.root, world.delivery([ALPHA, evil]), Linker(), Events())

    assert world.leftovers() == []


def test_each_package_is_reported_before_it_is_linked(world):
    events = Events()

    stage(world.root, world.delivery([ALPHA, BETA]), Linker(), events)

    assert [(event.kind, event.text, event.done, event.total) for event in events.seen] == [
        ("stage", "alpha", 0, 2),
        ("stage", "beta", 1, 2),
    ]


def many(world):
    """Three packages of 700 modules each."""
    packages = [package(f"many{letter}", "1", *(f"{letter}/{n}.py" for n in range(700))) for letter in "abc"]
    return world.delivery(packages)


def test_many_files_are_put_aside_by_two_threads(world):
    threads = set()

    class Watched(Linker):
        def link(self, source, target, facts):
            threads.add(threading.get_ident())
            super().link(source, target, facts)

    events = Events()
    staged = stage(world.root, many(world), Watched("hardlink"), events)

    assert len(threads) == 2
    assert {move.path.rpartition("/")[2] for move in staged.moves if "site-packages/" in move.path} >= {"a", "b", "c"}
    for number, letter in enumerate("abc"):
        assert len(os.listdir(f"{world.root}/.capsa/new/{number}/{SITE}/{letter}")) == 700
    assert sorted(one.text for one in events.seen if one.kind == "stage") == ["manya", "manyb", "manyc"]


@pytest.mark.parametrize("letter", "abc")
def test_what_goes_wrong_in_either_thread_is_raised_when_both_have_ended(world, letter):
    class Failing(Linker):
        def link(self, source, target, facts):
            if target.endswith(f"/{letter}/600.py"):
                raise SourceChangedError(source)
            super().link(source, target, facts)

    with pytest.raises(SourceChangedError):
        stage(world.root, many(world), Failing("hardlink"), Events())

    assert not any(thread.name == "capsa-stage" for thread in threading.enumerate())
