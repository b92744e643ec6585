"""Whole verbs with a fault at each call of the system: a kill, a full disk, a refusal, an error of the disk.

Not only the commit but everything around it: the store, the history, what is kept for undo, the register, the seal.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from capsa.commit.recovery import recover
from capsa.commit.transaction import hold_turn
from capsa.errors import Failure
from capsa.ops.demands import Sources, read_demands
from capsa.ops.history import history
from capsa.ops.install import Policy, install
from capsa.ops.undo import TravelManner, undo
from capsa.ops.uninstall import uninstall
from capsa.testing.wheel import make_wheel
from crash.child import Calls, kill, run_in_child
from crash.world import Events
from support.box import box
from support.session import make_supply, this_python
from support.soundness import box_faults, contents, store_faults

LONG = os.environ.get("CAPSA_TEST_LONG") == "1"
KILLED = -signal.SIGKILL
FULL = {"mkdir", "link", "write", "open"}


class Scene:
    """A box, a store and a change of the box, at one place again and again."""

    def __init__(self, base: Path, verb: str) -> None:
        self.base = base / "scene"
        self.box = self.base / "box"
        self._verb = verb
        self._kept = base / "kept"
        self._wheels = base / "wheels"
        self._lay_out()
        _copy(self.base, self._kept)
        self.before = contents(self.box)
        self.act()
        self.after = contents(self.box)
        assert self.before != self.after

    def restore(self) -> None:
        """Make everything as it was before the change."""
        _copy(self._kept, self.base)

    def act(self) -> None:
        """Do the change in this process."""
        supply = make_supply(self.base, find_links=(str(self._wheels),), compile_bytecode="never")
        environment = box(self.box, python=this_python())
        if self._verb == "uninstall":
            uninstall(supply.session, environment, ("alpha", "neighbour"))
        elif self._verb == "undo":
            undo(supply, environment, TravelManner())
        else:
            self.install(*(("beta==1",) if self._verb == "install" else ("alpha==2", "neighbour==2")))

    def install(self, *demands: str) -> None:
        """Install into the box."""
        supply = make_supply(self.base, find_links=(str(self._wheels),), compile_bytecode="never")
        asked = read_demands(supply.session, Sources(arguments=demands), str(self.base))
        install(supply, box(self.box, python=this_python()), asked, Policy())

    def check(self, *, is_new: bool | None = None) -> None:
        """Recover as the next verb does, and hold everything against what it may be."""
        recover(str(self.box), Events())
        found = contents(self.box)
        assert found in (self.before, self.after)
        if is_new is not None:
            assert found == (self.after if is_new else self.before)
        assert box_faults(self.box, is_settled=False) == []
        assert store_faults(self.base / "cache") == []
        supply = make_supply(self.base, find_links=(str(self._wheels),), compile_bytecode="never")
        history(supply.session, box(self.box, python=this_python()))

    def check_next(self) -> None:
        """The same again must work now, or find that it is done; then nothing is left of the kill."""
        if contents(self.box) == self.before:
            self.act()
        with hold_turn(str(self.box), Events()):
            pass
        assert contents(self.box) == self.after
        assert box_faults(self.box) == []

    def _lay_out(self) -> None:
        folder = str(self._wheels)
        for version in ("1", "2"):
            files = {"alpha/__init__.py": f"v = {version}\n", f"azure/alpha/v{version}.py": "", "alpha/x.py": "x = 1\n"}
            data = {f"data/share/jupyter/alpha{version}.json": "{}"}
            points = {"console_scripts": {"alpha": "alpha:main"}}
            make_wheel(folder, "alpha", version, files=files, data=data, entry_points=points)
            make_wheel(folder, "neighbour", version, files={"azure/neighbour.py": f"v = {version}\n"})
        make_wheel(folder, "beta", "1", files={"beta.py": "", "azure/beta/x.py": ""}, requires=["gamma"])
        make_wheel(folder, "gamma", "1", files={"gamma.py": ""})
        self.box.mkdir(parents=True)
        (self.box / ".capsa").mkdir()
        self.install("alpha==1", "neighbour==1")
        self._make_it_pips()
        if self._verb == "undo":
            self.install("alpha==2", "neighbour==2", "beta")

    def _make_it_pips(self) -> None:
        """Let the neighbour be what pip put in: files of its own, and another INSTALLER."""
        for path in [*self.box.rglob("neighbour*/*"), *self.box.rglob("neighbour.py")]:
            content = path.read_bytes()
            path.unlink()
            is_installer, is_record = path.name == "INSTALLER", path.name == "RECORD"
            if is_record:
                rows = [row for row in content.splitlines(keepends=True) if b"INSTALLER" not in row]
                content = b"".join((*rows, b"neighbour-1.dist-info/INSTALLER,,\n"))
            path.write_bytes(b"pip\n" if is_installer else content)


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)


@pytest.fixture(params=["install", "upgrade", "uninstall", "undo"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    return Scene(tmp_path, request.param)


def count(scene: Scene) -> int:
    scene.restore()
    with Calls().watching() as counted:
        scene.act()
    return counted.count


def failing(number: int, names: frozenset[str] = frozenset()) -> Callable[[str], None]:
    def act(name: str) -> None:
        if not names or name in names:
            raise OSError(number, os.strerror(number), name)

    return act


def attempt(scene: Scene, calls: Calls) -> Failure | None:
    """Do the change while calls fail; return the failure, None when it was done all the same."""
    try:
        with calls.watching():
            scene.act()
    except Failure as error:
        return error
    return None


def test_a_kill_between_any_two_calls_leaves_old_or_new(scene: Scene, rng) -> None:
    total = count(scene)
    for number in range(total) if LONG else sorted(rng.sample(range(total), 6)):
        scene.restore()

        def act(number: int = number) -> None:
            with Calls(number, kill).watching():
                scene.act()

        assert run_in_child(act) == KILLED
        scene.check()
        scene.check_next()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_call_that_is_refused_leaves_old_or_is_got_over(scene: Scene, rng, number: int) -> None:
    total = count(scene)
    for call in range(total) if LONG else sorted(rng.sample(range(total), 3)):
        scene.restore()

        error = attempt(scene, Calls(call, failing(number)))

        scene.check(is_new=error is None)
        scene.check_next()


def test_a_disk_that_stays_full_leaves_old_or_new(scene: Scene, rng) -> None:
    total = count(scene)
    for call in range(total) if LONG else sorted(rng.sample(range(total), 3)):
        scene.restore()

        error = attempt(scene, Calls(call, failing(errno.ENOSPC, frozenset(FULL)), is_lasting=True))

        if error:
            assert "no space is left on the disk" in str(error)
            assert "free some space, then run the same command again" in error.hints
        scene.check(is_new=error is None)
        scene.check_next()
