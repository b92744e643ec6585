"""Whole verbs on real disks that fill up: the old box or the new one, a sentence that helps, and a sound store."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.run import Capsa, Finished
from support.soundness import box_faults, contents, store_faults

LONG = os.environ.get("CAPSA_TEST_LONG") == "1"
BLOCK = 4096
NAMES = ("lamp", "shade", "wick")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    for version in ("1.0", "2.0"):
        for name in NAMES:
            files = {f"{name}/{count}.py": f"{name} = {version!r}  #{'x' * 3000}\n" for count in range(20)}
            data = {f"data/share/{name}/manual.txt": version}
            points = {"console_scripts": {name: f"{name}:main"}}
            make_wheel(str(tmp_path / "wheels"), name, version, files=files, data=data, entry_points=points)
    with serve(LoopbackIndex(tmp_path / "wheels")) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    return Capsa(tmp_path, index=index.url)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """A function that mounts a disk in memory with these options, by the name that is given."""
    mounted: list[Path] = []

    def mount(*options: str) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("a tmpfs can't be mounted here")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, *, free: int) -> Path:
    """Leave so many bytes free on a disk; return the file that takes up the rest."""
    filler = disk / "filler"
    status = os.statvfs(disk)
    filler.write_bytes(bytes(max(0, status.f_bavail * status.f_bsize - free)))
    return filler


def use_up(disk: Path, *, free: int) -> Path:
    """Leave so many files free on a disk; return the folder of those that take up the rest."""
    folder = disk / "fillers"
    folder.mkdir()
    for number in range(os.statvfs(disk).f_favail - free):
        (folder / str(number)).touch()
    return folder


def check_refusal(finished: Finished) -> None:
    assert finished.code == 1
    assert finished.errors.startswith("error: "), finished.errors
    assert "no space is left on the disk that holds it" in finished.errors
    assert "hint: free some space, then run the same command again" in finished.errors
    assert finished.output == ""


def check_either(capsa: Capsa, finished: Finished, before: dict[str, str], box: Path) -> bool:
    """Hold a box against what it was, or what was asked for; tell whether it is the new one."""
    assert box_faults(box) == []
    assert store_faults(capsa.base / "cache") == []
    capsa.done("list", "--env", str(box))
    if finished.code:
        check_refusal(finished)
        assert contents(box) == before
        return False
    assert contents(box) != before
    return True


def boxed(capsa: Capsa, disk: Path) -> Path:
    """A box on a disk, with the older packages; the store has the newer ones too."""
    box = disk / "box"
    capsa.done("create", "--no-pip", "elsewhere")
    capsa.done("install", "--env", "elsewhere", *NAMES)
    capsa.done("create", "--no-pip", str(box))
    capsa.done("install", "--env", str(box), *(f"{name}==1.0" for name in NAMES))
    return box


VERBS = {
    "upgrade": ("install", "--offline", *(f"{name}==2.0" for name in NAMES)),
    "uninstall": ("uninstall", *NAMES),
}


def test_a_box_on_a_disk_without_space_is_the_old_one_or_the_new_one(
    capsa: Capsa, disk: Callable[..., Path], rng: Random
) -> None:
    """An upgrade needs 70 blocks or so; an uninstall the journal and its papers."""
    place = disk("size=4m")
    box = boxed(capsa, place)
    ends: set[tuple[str, bool]] = set()
    sizes = {"upgrade": range(100), "uninstall": range(14)}
    for verb, blocks in sizes.items():
        tried = blocks if LONG else (rng.choice(blocks[:60]),)
        for free in tried:
            before = contents(box)
            filler = fill(place, free=free * BLOCK)
            finished = capsa.run(*VERBS[verb], "--env", str(box))
            is_new = check_either(capsa, finished, before, box)
            ends.add((verb, is_new))
            filler.unlink()
            capsa.done(*VERBS[verb], "--env", str(box))
            assert box_faults(box) == []
            capsa.done("install", "--offline", "--env", str(box), *(f"{name}==1.0" for name in NAMES))
    assert ("upgrade", False) in ends


def test_a_box_on_a_disk_that_holds_no_more_files_is_the_old_one_or_the_new_one(
    capsa: Capsa, disk: Callable[..., Path], rng: Random
) -> None:
    place = disk("size=8m", "nr_inodes=500")
    box = boxed(capsa, place)
    for free in range(0, 110, 3) if LONG else (3, rng.randrange(5, 100)):
        before = contents(box)
        fillers = use_up(place, free=free)
        finished = capsa.run(*VERBS["upgrade"], "--env", str(box))
        check_either(capsa, finished, before, box)
        subprocess.run(["rm", "-r", str(fillers)], check=True)
        capsa.done(*VERBS["upgrade"], "--env", str(box))
        assert box_faults(box) == []
        capsa.done("install", "--offline", "--env", str(box), *(f"{name}==1.0" for name in NAMES))


def test_a_store_on_a_disk_without_space_stays_sound_and_the_box_is_as_it_was(
    capsa: Capsa, disk: Callable[..., Path], rng: Random
) -> None:
    place = disk("size=4m")
    capsa.done("create", "--no-pip", "box")
    box = capsa.folder / "box"
    capsa.variables["CAPSA_CACHE_DIR"] = str(place / "cache")
    (place / "cache").mkdir()
    (capsa.base / "cache").rename(capsa.base / "cache.first")
    (capsa.base / "cache").symlink_to(place / "cache")
    before = contents(box)
    for free in range(1, 130, 3) if LONG else sorted({20, rng.randrange(30, 120)}):
        filler = fill(place, free=free * BLOCK)
        finished = capsa.run("install", "--env", "box", *NAMES)
        is_new = check_either(capsa, finished, before, box)
        filler.unlink()
        # A thread that was fetching ahead may have died with its process; what it left is seen as left.
        capsa.done("cache", "prune")
        assert list((place / "cache").glob("temporary-v1/*")) == []
        capsa.done("install", "--env", "box", *NAMES)
        assert store_faults(place / "cache") == []
        capsa.done("uninstall", "--env", "box", *NAMES)
        capsa.done("cache", "clear", "-y")
        before = contents(box)
        assert is_new or finished.code == 1


@pytest.mark.long
def test_a_box_whose_folder_may_not_be_written_says_so_and_stays(capsa: Capsa, disk: Callable[..., Path]) -> None:
    place = disk("size=4m")
    box = boxed(capsa, place)
    before = contents(box)
    for verb in VERBS.values():
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        finished = capsa.run(*verb, "--env", str(box))
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
        assert finished.code == 1
        assert "the file system is read-only" in finished.errors
        assert contents(box) == before
        assert box_faults(box) == []
