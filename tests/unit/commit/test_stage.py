"""Staging: what lies aside, and that the box is not touched by it."""

import os

import pytest

from capsa.commit.stage import stage
from capsa.disk.link import Linker
from capsa.errors import IntegrityError
from capsa.model.installation import Departure
from crash.world import SITE, Events, World, package

ALPHA = package("alpha", "1", "alpha/__init__.py", "bin/alpha")
BETA = package("beta", "1", "beta.py")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_each_package_lies_aside_as_it_will_lie_in_the_box(world):
    before = world.everything()
    incoming = (world.installation(BETA), world.installation(ALPHA))

    staged = stage(world.root, incoming, (), "text\n", Linker("hardlink"), Events())

    assert world.everything() == before
    assert sorted(os.listdir(f"{world.root}/.capsa/new")) == ["0", "1", "receipt"]
    assert os.path.exists(f"{world.root}/.capsa/new/0/{SITE}/alpha/__init__.py")
    assert os.stat(f"{world.root}/.capsa/new/0/bin/alpha").st_mode & 0o777 == 0o755
    assert os.stat(f"{world.root}/.capsa/new/1/{SITE}/beta.py").st_nlink == 2
    assert [move.path for move in staged.moves][-1] == ".capsa/receipt"


def test_a_copy_has_the_mode_and_time_of_its_source(world):
    installation = world.installation(BETA)
    source = f"{installation.source}/{installation.links[0][0]}"
    os.utime(source, ns=(1_000_000_007, 1_000_000_007))

    stage(world.root, (installation,), (), "", Linker("copy"), Events())

    copied = os.stat(f"{world.root}/.capsa/new/0/{SITE}/beta.py")
    assert (copied.st_nlink, copied.st_mode & 0o777, copied.st_mtime_ns) == (1, 0o444, 1_000_000_007)


def test_every_move_knows_the_inode_of_what_it_moves(world):
    world.change([ALPHA])
    departure = Departure(name="alpha", paths=tuple(ALPHA.contents()))

    staged = stage(world.root, (world.installation(BETA),), (departure,), "", Linker(), Events())

    for move in staged.moves:
        mover = move.path if move.kind == "remove" else move.staged
        assert move.identity == os.lstat(f"{world.root}/{mover}").st_ino
        if move.kind == "remove":
            assert os.path.isdir(os.path.dirname(f"{world.root}/{move.staged}"))
            assert not os.path.lexists(f"{world.root}/{move.staged}")


def test_a_destination_that_no_package_may_have_is_refused_before_anything_is_written(world):
    evil = package("evil", "1")
    evil.files["bin/python3"] = "evil"

    with pytest.raises(IntegrityError, match="evil brings bin/python3, which is a file of the box itself"):
        stage(world.root, (world.installation(ALPHA), world.installation(evil)), (), "", Linker(), Events())

    assert world.leftovers() == []


def test_each_package_is_reported_before_it_is_linked(world):
    events = Events()

    stage(world.root, (world.installation(ALPHA), world.installation(BETA)), (), "", Linker(), events)

    assert [(event.kind, event.text, event.done, event.total) for event in events.seen] == [
        ("stage", "alpha", 0, 2),
        ("stage", "beta", 1, 2),
    ]
