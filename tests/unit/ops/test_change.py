"""Carrying out a plan when the store is not what it was: what was changed is had anew, said, and enters no box."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.cache.bytecode import Bytecode, kind_of
from capsa.cache.store import Store
from capsa.disk.link import SourceChangedError
from capsa.errors import CacheError, FetchError
from capsa.model.environment import Environment
from capsa.model.manifest import Manifest
from capsa.model.plan import unchanged
from capsa.ops.change import NOTHING, Stock, apply_plan, read_receipt
from capsa.ops.demands import Sources, read_demands
from capsa.ops.install import Policy, install
from capsa.ops.supply import Supply
from capsa.testing.wheel import make_wheel
from support.box import box
from support.loopback import LoopbackIndex, serve
from support.session import make_supply, this_python

FILES = {"lamp/__init__.py": "light = 1\n", "lamp/bulb.py": "watts = 40\n"}


class World:
    """Wheels on an index, a store that has them, and boxes that are filled from there."""

    def __init__(self, base: Path, index: str) -> None:
        self.base = base
        self.index = index
        self.wheels = base / "wheels"
        make_wheel(str(self.wheels), "lamp", "1.0", files=FILES, requires=["wick"])
        script = {"scripts/trim": "#!python\nprint('trim')\n"}
        make_wheel(str(self.wheels), "wick", "1.0", files={"wick.py": "length = 3\n"}, data=script)
        self.fill("first")
        (self.tree,) = (path.parent for path in base.glob("cache/archive-v1/*/*/tree/lamp"))

    def supply(self, **flags: object) -> Supply:
        return make_supply(self.base, index=self.index, **flags)

    def fill(self, name: str, **flags: object) -> tuple[Environment, Supply]:
        """Install into a new box; return it and the supply that did."""
        supply = self.supply(**flags)
        environment = self.box(name)
        folder = supply.session.surroundings.folder
        demands = read_demands(supply.session, Sources(arguments=("lamp",)), folder)
        install(supply, environment, demands, Policy())
        return environment, supply

    def box(self, name: str) -> Environment:
        (self.base / name).mkdir(exist_ok=True)
        return box(self.base / name, python=this_python())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "wheels").mkdir()
    with serve(LoopbackIndex(tmp_path / "wheels")) as index:
        yield World(tmp_path, index.url)


def edit(path: Path) -> None:
    """Write into a file, as root or its owner may."""
    path.chmod(0o644)
    with path.open("a") as stream:
        stream.write("# poison\n")


DAMAGES = {
    "edited": edit,
    "touched": os.utime,
    "of another mode": lambda path: path.chmod(0o777),
    "cut": lambda path: os.truncate(path, 0),
    "gone": Path.unlink,
    "gone with its folder": lambda path: shutil.rmtree(path.parent),
}
# Linked as it is, read for the box's own RECORD, read for a script of the box, linked below dist-info.
MEMBERS = {
    "lamp/bulb.py": "lamp",
    "lamp-1.0.dist-info/RECORD": "lamp",
    "wick-1.0.data/scripts/trim": "wick",
    "wick-1.0.dist-info/METADATA": "wick",
}


def in_box(environment: Environment) -> dict[str, bytes]:
    """Every file that packages brought."""
    root = Path(environment.root)
    files = (path for path in root.rglob("*") if path.is_file() and ".capsa" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def unshebanged(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without what names the box: its script, and that script's line in RECORD."""
    return {
        path: b"".join(line for line in content.splitlines(True) if b"#!/" not in line and b"bin/trim" not in line)
        for path, content in files.items()
    }


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("member", MEMBERS)
def test_a_file_that_was_changed_in_the_store_is_had_anew_and_said(world: World, damage: str, member: str) -> None:
    good = unshebanged(in_box(world.box("first")))
    (path,) = world.base.glob(f"cache/archive-v1/*/*/tree/{member}")
    DAMAGES[damage](path)
    broken = in_box(world.box("first"))

    environment, supply = world.fill("second")

    assert unshebanged(in_box(environment)) == good
    (note,) = supply.session.reporter.texts("note")
    assert note.startswith(f"{MEMBERS[member]}-1.0-py3-none-any.whl in the store was changed ({MEMBERS[member]}")
    assert note.endswith("), so it is had anew")
    assert in_box(world.box("first")) == broken, "what a box holds is not mended behind its back"
    third, supply = world.fill("third")
    assert supply.session.reporter.texts("note") == []
    assert unshebanged(in_box(third)) == good


def test_what_was_not_changed_stays_shared_with_older_boxes(world: World) -> None:
    edit(world.tree / "lamp/bulb.py")
    first = Path(world.box("first").layout.site)
    before = {name: (world.tree / name).stat().st_ino for name in FILES}

    second = Path(world.fill("second")[0].layout.site)

    assert (world.tree / "lamp/__init__.py").stat().st_ino == before["lamp/__init__.py"]
    assert (world.tree / "lamp/bulb.py").stat().st_ino != before["lamp/bulb.py"]
    assert (first / "lamp/bulb.py").stat().st_ino == before["lamp/bulb.py"]
    assert os.path.samefile(first / "lamp/__init__.py", second / "lamp/__init__.py")
    assert (second / "lamp/bulb.py").read_text() == "watts = 40\n"


def test_where_it_can_not_be_had_anew_the_box_is_as_it_was(world: World) -> None:
    edit(world.tree / "lamp/bulb.py")
    for path in world.wheels.iterdir():
        path.unlink()
    environment = world.box("second")
    manifests = dict.fromkeys(("lamp", "wick"))
    supply = world.supply()
    for name in manifests:
        (manifests[name],) = supply.archives.lookup(name)

    def refuse(_: object) -> Manifest:
        raise FetchError("there is no network")

    plan = _plan(world)
    with supply.session.sharing_store():
        with pytest.raises(FetchError, match="there is no network"):
            apply_plan(supply.session, environment, plan, Stock(manifests=manifests, renew=refuse))
        with pytest.raises(SourceChangedError, match=r"lamp/bulb\.py in the store was changed or is gone"):
            apply_plan(supply.session, environment, plan, Stock(manifests=manifests))
    assert in_box(environment) == {}
    assert read_receipt(environment).entries == ()


def _plan(world: World):
    """The plan that brings lamp and wick into an empty box, as a dry run makes it."""
    supply = world.supply()
    found = []

    def keep(_session, _environment, plan, _stock):
        found.append(plan)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("capsa.ops.install.apply_plan", keep)
        demands = read_demands(supply.session, Sources(arguments=("lamp",)), supply.session.surroundings.folder)
        patch.setattr("capsa.ops.install.obtain_archives", lambda *_: {})
        install(supply, world.box("planned"), demands, Policy())
    return found[0]


def test_bytecode_that_was_changed_in_the_store_enters_no_box(world: World) -> None:
    first, _ = world.fill("now", compile_bytecode="now")
    (compiled,) = (path for path in world.tree.parent.glob("*/tree/lamp/__pycache__/bulb.*.pyc"))
    good = compiled.read_bytes()
    compiled.chmod(0o644)
    compiled.write_bytes(good[:16] + b"poison" + good[22:])

    second, supply = world.fill("second", compile_bytecode="now")

    (note,) = supply.session.reporter.texts("note")
    assert note == f"stored bytecode was changed (lamp/__pycache__/{compiled.name}), so it is thrown away and made anew"
    assert (Path(second.layout.site) / "lamp/__pycache__" / compiled.name).read_bytes() == good
    assert b"poison" in (Path(first.layout.site) / "lamp/__pycache__" / compiled.name).read_bytes()


def test_bytecode_that_can_not_be_thrown_away_is_done_without(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.fill("now", compile_bytecode="now")
    (compiled,) = (path for path in world.tree.parent.glob("*/tree/lamp/__pycache__/bulb.*.pyc"))
    edit(compiled)

    def refuse(*_: object) -> None:
        raise CacheError("the store is read-only")

    monkeypatch.setattr("capsa.cache.bytecode.rename", refuse)
    for setting in ("now", "later"):
        monkeypatch.setattr("capsa.ops.bytecode.detach", lambda *_, **__: True)
        environment, supply = world.fill(f"without {setting}", compile_bytecode=setting)
        site = Path(environment.layout.site)
        assert (site / "lamp/bulb.py").exists()
        assert not (site / "lamp/__pycache__").exists()
        assert (site / "__pycache__").exists(), "what is sound is linked"
        assert len(supply.session.reporter.texts("note")) == 1
    assert not Bytecode(Store(f"{world.base}/cache"), kind_of(this_python()), supply.session.reporter).lacks(
        world.tree.parent.name
    )


def test_an_empty_plan_takes_no_stock(world: World) -> None:
    environment = world.box("first")
    before = in_box(environment)
    apply_plan(world.supply().session, environment, unchanged(()), NOTHING)
    assert in_box(environment) == before
