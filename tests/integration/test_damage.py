"""Damage of installed files: kept out of other boxes, named in every box that has it, mended without harm to others.

Real boxes over a loopback index. The tests may run as root, whom read-only files do not stop.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.inside import InsideCapsa
from support.lamp import make_lamps
from support.loopback import LoopbackIndex, serve
from support.run import Capsa, Finished

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
BULB = f"{SITE}/lamp/bulb.py"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_lamps(
        folder, program="lamp.bulb:main", more={"lamp/a.txt": "a"}, data={"data/share/lamp/manual.txt": "turn it on\n"}
    )
    make_wheel(str(folder), "wick", "1.5", files={"wick.py": "length = 3\n"})
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    return InsideCapsa(tmp_path, index=index.url)


def make(capsa: Capsa, *names: str, demands: tuple[str, ...] = ("lamp", "wick")) -> list[Path]:
    for name in names:
        capsa.done("create", "--no-pip", name)
        capsa.done("install", "--env", name, *demands)
    return [capsa.folder / name for name in names]


def rewrite(path: Path, text: str, *, is_hidden: bool = False) -> None:
    """Write through whatever links there are; ``is_hidden`` gives time and mode back."""
    before = path.stat()
    path.chmod(0o644)
    path.write_text(text)
    path.chmod(before.st_mode)
    if is_hidden:
        assert len(text) == before.st_size
        os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def verify(capsa: Capsa, name: str, *options: str) -> tuple[int, dict[str, str], list[str]]:
    """Return the exit code, the kind of finding by path below site-packages, and the boxes that share the damage."""
    done = capsa.run("verify", "--env", name, "--json", *options)
    document = json.loads(done.output)
    assert done.code == (0 if document["sound"] else 1)
    kinds = {row["path"].removeprefix(f"{SITE}/"): row["kind"] for row in document["findings"]}
    shared = sorted({Path(root).name for row in document["findings"] for root in row["shared_with"]})
    return done.code, kinds, shared


def repair(capsa: Capsa, name: str, *options: str) -> Finished:
    return capsa.run("repair", "--env", name, *options)


def test_an_edit_that_leaves_a_trace_enters_no_later_box_and_is_named_in_every_box_that_shares_it(
    capsa: Capsa,
) -> None:
    first, second = make(capsa, "first", "second")
    traces = {"lamp/bulb.py": "altered", "lamp/__init__.py": "altered", "wick.py": "altered"}
    rewrite(first / BULB, "light = 1000\n")  # size
    rewrite(first / SITE / "lamp/__init__.py", "version = '9.0'\n")  # time
    (first / SITE / "wick.py").chmod(0o666)  # mode
    (third,) = make(capsa, "third")
    assert (third / BULB).read_text() == "light = 1\n"
    assert (third / SITE / "lamp/__init__.py").read_text() == "version = '2.0'\n"
    assert (third / SITE / "wick.py").stat().st_mode & 0o7777 == 0o444
    assert verify(capsa, "third")[0] == 0
    assert verify(capsa, "first") == (1, traces, ["second"])
    assert "second has the same damage: `capsa repair --env second`" in repair(capsa, "first").output
    assert (first / BULB).read_text() == "light = 1\n"
    assert (second / BULB).read_text() == "light = 1000\n", "nothing is written through a link"
    assert verify(capsa, "first")[0] == 0
    assert verify(capsa, "second") == (1, traces, []), "the first has files of its own now"
    capsa.done("install", "--env", "second", "wick")  # no verb takes the mark away that mended nothing
    assert (second / ".capsa/damaged").read_text() == "lamp\nwick\n"
    assert repair(capsa, "second").code == 0
    assert verify(capsa, "second", "--full")[0] == 0
    assert not (second / ".capsa/damaged").exists()


def test_an_edit_that_restores_size_and_time_is_found_by_full_alone_and_leaves_the_store(capsa: Capsa) -> None:
    first, second = make(capsa, "first", "second")
    rewrite(first / BULB, "light = 9\n", is_hidden=True)
    assert verify(capsa, "first") == (0, {}, [])
    assert verify(capsa, "first", "--full") == (1, {"lamp/bulb.py": "altered"}, ["second"])
    assert not list((capsa.base / "cache").glob("archive-v1/*/*/tree/lamp/bulb.py")), "it is taken out of the store"
    (third,) = make(capsa, "third")
    assert (third / BULB).read_text() == "light = 1\n"
    assert verify(capsa, "second") == (1, {"lamp/bulb.py": "altered"}, ["first"]), "a marked package is read"
    for name, root in (("first", first), ("second", second)):
        assert repair(capsa, name).code == 0
        assert (root / BULB).read_text() == "light = 1\n"
        assert verify(capsa, name, "--full") == (0, {}, [])


def test_a_box_of_the_store_that_shares_the_damage_is_made_anew_when_it_is_next_used(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    shown = ("run", "--no-project", "--with", "lamp", "python", "-c", "import lamp.bulb; print(lamp.bulb.light)")
    assert capsa.done(*shown).output == "1\n"
    rewrite(root / BULB, "light = 1000\n")
    assert verify(capsa, "box") == (1, {"lamp/bulb.py": "altered"}, []), "it is nobody's box"
    assert capsa.done(*shown).output == "1\n"


def test_bytecode_of_a_hidden_edit_goes_with_it(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    rewrite(root / BULB, "light = 9\n", is_hidden=True)
    shown = [root / "bin/python", "-c", "import lamp.bulb; print(lamp.bulb.light)"]
    assert subprocess.run(shown, capture_output=True, text=True, check=True).stdout == "9\n"
    assert repair(capsa, "box", "--full").code == 0
    assert subprocess.run(shown, capture_output=True, text=True, check=True).stdout == "1\n"


def test_damaged_modules_are_named_by_sync_and_verify_and_mended_by_repair(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["lamp"]\n')
    capsa.done("sync")
    site = capsa.folder / ".venv" / SITE
    (site / "lamp/bulb.py").unlink()
    checked = capsa.run("sync", "--check")
    assert checked.code == 1
    assert f"lamp is not what was put in: {BULB} is missing" in checked.errors
    rewrite(site / "lamp/a.txt", "")
    rewrite(site / "lamp/__init__.py", "version = '9.0'\n")
    kinds = {"lamp/bulb.py": "missing", "lamp/a.txt": "altered", "lamp/__init__.py": "altered"}
    assert verify(capsa, ".venv")[1] == kinds
    assert repair(capsa, ".venv").code == 0
    assert [(site / path).read_text() for path in kinds] == ["light = 1\n", "a", "version = '2.0'\n"]
    assert capsa.run("sync", "--check").code == 0


def test_a_sync_mends_what_was_marked_also_what_it_can_not_see_and_what_its_lock_does_not_name(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["lamp"]\n')
    capsa.done("sync")
    capsa.done("install", "wick")
    root = capsa.folder / ".venv"
    rewrite(root / BULB, "light = 9\n", is_hidden=True)
    rewrite(root / SITE / "wick.py", "length = 9\n", is_hidden=True)
    assert "nothing to do" in capsa.done("sync", "--inexact").output
    assert verify(capsa, ".venv", "--full")[0] == 1
    assert (root / ".capsa/damaged").read_text() == "lamp\nwick\n"
    told = capsa.run("sync", "--inexact", "--check")
    assert (told.code, told.output) == (1, "~ lamp 2.0 (again)\n~ wick 1.5 (again)\nwould replace 2 packages\n")
    assert "lamp is not what was put in: it was found damaged" in told.errors
    mended = capsa.done("run", "python", "-c", "import lamp.bulb, wick; print(lamp.bulb.light, wick.length)")
    assert mended.output == "1 3\n"
    assert not (root / ".capsa/damaged").exists()
    assert "nothing to do" in capsa.done("sync", "--inexact").output
    assert verify(capsa, ".venv", "--full") == (0, {}, [])


def test_repair_replaces_the_inode_and_needs_no_network_where_the_store_is_sound(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    first, second = make(capsa, "first", "second")
    (first / BULB).unlink()
    (first / BULB).write_text("mine = 1\n")  # a file of its own, which no other box shares
    (first / SITE / "wick.py").unlink()
    (first / "bin/lamp").write_text("#!/bin/sh\n")
    record = first / SITE / "lamp-2.0.dist-info/RECORD"
    record.write_text(record.read_text().replace("bulb", "bulbs"))
    shared = (second / BULB).stat()
    asked = len(index.requests)
    code, kinds, boxes = verify(capsa, "first")
    assert (code, boxes) == (1, [])
    assert kinds == {
        "lamp/bulb.py": "altered",
        "wick.py": "missing",
        "bin/lamp": "altered",
        "lamp-2.0.dist-info/RECORD": "record",
    }
    assert repair(capsa, "first", "--offline").code == 0
    assert len(index.requests) == asked
    assert verify(capsa, "first", "--full") == (0, {}, [])
    assert (first / BULB).stat().st_ino == shared.st_ino, "linked from the store again"
    assert (second / BULB).stat().st_mtime_ns == shared.st_mtime_ns
    assert os.access(first / "bin/lamp", os.X_OK)


def test_chmod_over_a_whole_box_is_mended_without_the_network(capsa: Capsa, index: LoopbackIndex) -> None:
    first, _ = make(capsa, "first", "second")
    for path in (first / SITE).rglob("*.py"):
        path.chmod(0o644)
    asked = len(index.requests)
    assert repair(capsa, "first", "--offline").code == 0
    assert verify(capsa, "first", "--full") == (0, {}, [])
    assert verify(capsa, "second")[0] == 1
    (third,) = make(capsa, "third")
    assert (third / BULB).stat().st_mode & 0o7777 == 0o444
    assert [path for path in index.requests[asked:] if path.endswith(".whl")] == []


def test_what_can_not_be_had_offline_is_left_and_named_and_the_rest_mended(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    rewrite(root / BULB, "light = 1000\n")
    (root / SITE / "wick.py").unlink()
    done = repair(capsa, "box", "--offline")
    assert done.code == 1
    assert f"~ wick: {SITE}/wick.py is missing" in done.output
    assert f"! lamp: {BULB} was changed: it has 13 bytes, and 10 were put in; it can't be mended: " in done.output
    assert (root / SITE / "wick.py").exists()
    assert (root / ".capsa/damaged").read_text() == "lamp\n"
    assert repair(capsa, "box").code == 0
    assert not (root / ".capsa/damaged").exists()


def test_a_box_whose_store_was_emptied_is_held_against_its_lists_and_mended_from_the_index(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    capsa.done("cache", "clear")
    assert verify(capsa, "box", "--full") == (0, {}, [])
    rewrite(root / BULB, "light = 9\n")
    (root / SITE / "wick.py").unlink()
    assert verify(capsa, "box")[1] == {"wick.py": "missing"}, "a list tells no times"
    assert verify(capsa, "box", "--full")[1] == {"lamp/bulb.py": "altered", "wick.py": "missing"}
    assert repair(capsa, "box", "--full").code == 0
    assert verify(capsa, "box", "--full") == (0, {}, [])


def test_a_package_whose_metadata_is_gone_is_found_by_the_receipt_and_mended(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    shutil.rmtree(root / SITE / "wick-1.5.dist-info")
    code, kinds, _ = verify(capsa, "box", "wick")
    assert code == 1
    assert set(kinds.values()) == {"missing"}
    assert repair(capsa, "box", "--offline").code == 0
    assert verify(capsa, "box") == (0, {}, [])


def test_files_of_nobody_stay_and_are_no_damage(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    (root / SITE / "lamp/mine.py").write_text("mine = 1\n")
    (root / BULB).unlink()
    assert verify(capsa, "box")[1] == {"lamp/bulb.py": "missing", "lamp/mine.py": "extra"}
    done = repair(capsa, "box")
    assert done.code == 0
    assert f"! lamp: {SITE}/lamp/mine.py is in no package's list" in done.output
    assert verify(capsa, "box") == (0, {"lamp/mine.py": "extra"}, [])


def test_where_something_else_lies_in_the_place_of_a_file_the_rest_is_mended(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    (root / BULB).unlink()
    (root / BULB).mkdir()
    (root / BULB / "mine.txt").touch()
    (root / SITE / "wick.py").unlink()
    done = repair(capsa, "box")
    assert done.code == 1
    assert "it can't be mended: something else lies in its place, or above it" in done.output
    assert (root / SITE / "wick.py").exists()
    assert (root / BULB / "mine.txt").exists()


@pytest.mark.skipif(not importlib.util.find_spec("pip"), reason="the Python that runs the tests has no pip")
def test_what_pip_put_in_is_held_against_its_own_list_and_put_in_anew_by_a_named_command(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    (root,) = make(capsa, "box", demands=("wick",))
    wheel = index.folder / "lamp-1.0-py3-none-any.whl"
    pip = [sys.executable, "-m", "pip", "--python", root / "bin/python", "install", "-q", "--no-index", wheel]
    subprocess.run(pip, check=True, env={"PATH": os.environ["PATH"], "PIP_ROOT_USER_ACTION": "ignore"})
    assert verify(capsa, "box", "--full") == (0, {}, [])
    (root / BULB).write_text("light = 9\n")
    assert verify(capsa, "box") == (0, {}, [])
    assert verify(capsa, "box", "--full")[1] == {"lamp/bulb.py": "altered"}
    left = repair(capsa, "box", "--full")
    assert left.code == 1
    assert "it can't be mended: pip put it in, so the store has no copy" in left.output
    command = left.output.partition("hint: put lamp in anew: `capsa ")[2].partition("`")[0]
    assert command == f"install --reinstall {wheel}"
    capsa.done("--env", "box", *shlex.split(command))
    assert verify(capsa, "box", "--full") == (0, {}, [])
    assert not (root / ".capsa/damaged").exists()


def test_the_launchers_of_a_box_that_was_moved_are_named_and_written_anew(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    moved = capsa.folder / "moved"
    shutil.move(root, moved)
    (moved / "bin/mine").write_text(f"#!{root}/bin/python\n")
    code, kinds, _ = verify(capsa, "moved")
    assert (code, kinds["bin/lamp"], kinds["bin/mine"]) == (1, "launcher", "launcher")
    done = repair(capsa, "moved")
    assert done.code == 1, "a script of nobody stays"
    assert f"#!{moved}/bin/python" in (moved / "bin/lamp").read_text()
    (moved / "bin/mine").unlink()
    assert verify(capsa, "moved") == (0, {}, [])


def test_two_packages_with_one_file_collide_without_damage(capsa: Capsa, index: LoopbackIndex) -> None:
    for name in ("oil", "gas"):
        make_wheel(str(index.folder), name, "1.0", files={f"{name}.py": "", "tests/__init__.py": f"# {name}\n" * 2})
    (root,) = make(capsa, "box", demands=("oil",))
    capsa.done("install", "--env", "box", "-y", "gas")
    for options in ((), ("--full",)):
        assert verify(capsa, "box", *options) == (0, {"tests/__init__.py": "collision"}, [])
    (root / SITE / "tests/__init__.py").unlink()
    assert verify(capsa, "box")[0] == 1
    assert repair(capsa, "box").code == 0
    assert verify(capsa, "box", "--full") == (0, {"tests/__init__.py": "collision"}, [])


def test_a_box_that_may_not_be_written_is_looked_at_without_a_mark(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    (root / BULB).unlink()
    (root / ".capsa/lock").unlink(missing_ok=True)
    (root / ".capsa/lock").mkdir()  # what keeps root out, too
    code, kinds, _ = verify(capsa, "box")
    assert (code, kinds) == (1, {"lamp/bulb.py": "missing"})
    assert not (root / ".capsa/damaged").exists()


def test_a_package_that_is_not_there_is_named(capsa: Capsa) -> None:
    make(capsa, "box")
    for verb in ("verify", "repair", "edit"):
        refused = capsa.run(verb, "--env", "box", "shade", "lamp")
        assert refused.code == 1
        assert "`shade` is not installed in" in refused.errors
