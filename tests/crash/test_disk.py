"""Disks that fill up, refuse and fail at each call: the box is as it was, and the failure says so."""

import errno
import os
import subprocess

import pytest

from capsa.commit.recovery import recover
from capsa.disk.exchange import Exchanger
from capsa.disk.link import Linker
from capsa.disk.refusal import RefusedError
from capsa.errors import DiskError
from crash.child import Calls
from crash.scenario import CHANGES, Scenario
from crash.world import Events, World, package

LONG = os.environ.get("CAPSA_TEST_LONG") == "1"
NEEDS_SPACE = {"mkdir", "link", "write", "open"}


@pytest.fixture(params=sorted(CHANGES))
def scenario(request, tmp_path):
    return Scenario(tmp_path, request.param)


def failing(number):
    def act(name):
        raise OSError(number, os.strerror(number), name)

    return act


def attempt(scenario, world, calls):
    """Change a box while a call fails; return the failure, or None when the change was done all the same."""
    try:
        with calls.watching():
            scenario.change(world, exchanger=Exchanger(is_one_step=False))
    except DiskError as error:
        return error
    return None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_one_refused_call_leaves_old_or_is_got_over(scenario, rng, number):
    counted = Calls()
    attempt(scenario, scenario.copy("counted"), counted)
    for call in range(counted.count) if LONG else rng.sample(range(counted.count), 15):
        world = scenario.copy("refused")

        error = attempt(scenario, world, Calls(call, failing(number)))

        if error:
            assert world.leftovers() == []
            assert "the box is as it was" in str(error) or ".capsa/lock" in str(error)
        assert world.everything() == (scenario.before if error else scenario.after)
        recover(world.root, Events())
        assert world.leftovers() == []
        assert world.everything() == (scenario.before if error else scenario.after)
        assert world.store_hash() == scenario.store


def full(name):
    if name in NEEDS_SPACE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)


def test_a_disk_that_stays_full_leaves_the_box_as_it_was(scenario, rng):
    counted = Calls()
    attempt(scenario, scenario.copy("counted"), counted)
    for call in range(3, counted.count) if LONG else rng.sample(range(3, counted.count), 15):
        world = scenario.copy("full")

        error = attempt(scenario, world, Calls(call, full, is_lasting=True))

        assert world.leftovers() == []
        assert world.everything() == (scenario.before if error else scenario.after)


class RefusingLinker(Linker):
    def __init__(self, number):
        super().__init__("hardlink")
        self.left = number

    def link(self, source, target, facts):
        self.left -= 1
        if self.left < 0:
            raise RefusedError(f"can't link to {target}: full", number=errno.ENOSPC, path=target)
        super().link(source, target, facts)


@pytest.mark.parametrize("number", range(0, 12, 3))
def test_a_link_that_is_refused_leaves_the_box_as_it_was(tmp_path, number):
    scenario = Scenario(tmp_path, "upgrade")
    world = scenario.copy("refused")

    with pytest.raises(DiskError, match="full; the box is as it was"):
        scenario.change(world, linker=RefusingLinker(number))

    assert world.everything() == scenario.before
    assert world.leftovers() == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte in memory, with a way to mount it anew."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(*options):
        return subprocess.run(["mount", *options, str(place)], capture_output=True, check=False).returncode == 0

    if not mount("-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        pytest.skip("this user may not mount a tmpfs")
    yield place, mount
    subprocess.run(["umount", str(place)], check=True)


def boxed(tmp_path, place):
    """A world whose store lies on the large disk and whose box lies on the small one."""
    world = World(tmp_path / "world")
    os.rename(world.root, f"{tmp_path}/made")
    world.root = f"{place}/box"
    subprocess.run(["cp", "-a", f"{tmp_path}/made", world.root], check=True)
    return world


OLD = package("alpha", "1", "alpha/__init__.py", "alpha/x.py", "bin/alpha")
HUGE = package("alpha", "2", "alpha/__init__.py", "alpha/x.py", *(f"alpha/large/{number}.py" for number in range(40)))


def test_a_small_disk_that_fills_up_holds_what_it_held(tmp_path, small_disk):
    world = boxed(tmp_path, small_disk[0])
    world.change([OLD])
    for path in HUGE.files:
        HUGE.files[path] = path * 2000
    before = world.everything()

    with pytest.raises(DiskError, match="no space is left on the disk that holds it; the box is as it was"):
        world.change([HUGE], [OLD])

    assert world.everything() == before
    assert world.leftovers() == []


def test_a_disk_that_is_read_only_is_said_to_be(tmp_path, small_disk):
    place, mount = small_disk
    world = boxed(tmp_path, place)
    world.change([OLD])
    before = world.everything()
    assert mount("-o", "remount,ro")

    with pytest.raises(DiskError, match="the file system is read-only"):
        world.change([HUGE], [OLD])

    assert world.everything() == before
