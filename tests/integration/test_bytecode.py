"""Bytecode of the store in real boxes: what gets it, who leaves it alone, and what becomes of it when it is changed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from capsa.cache.bytecode import Bytecode, kind_of
from capsa.cache.store import Store
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from support.interpreters import pythons
from support.run import SOURCE, Capsa
from support.session import this_python

PYTHONS = pythons()
# What compiles is tried with every Python in its unit test.
ENDS = [min(PYTHONS, key=lambda minor: int(minor[2:])), max(PYTHONS, key=lambda minor: int(minor[2:]))]
IMPORT = "import lamp, lamp.bulb, wick; print(lamp.light.__code__.co_filename)"


@pytest.fixture
def capsa(tmp_path: Path) -> Iterator[Capsa]:
    folder = tmp_path / "wheels"
    files = {
        "lamp/__init__.py": "def light(): return 1\n",
        "lamp/bulb.py": "def light(): return 2\n",
        "lamp/old.py": "print 'light'\n",
    }
    make_wheel(str(folder), "lamp", "1.0", files=files, requires=["wick"])
    make_wheel(str(folder), "lamp", "2.0", files={"lamp/__init__.py": "def light(): return 3\n", "lamp/bulb.py": ""})
    make_wheel(str(folder), "wick", "1.0", files={"wick.py": "length = 1\n"})
    made = Capsa(tmp_path)
    made.variables |= {"CAPSA_FIND_LINKS": str(folder), "CAPSA_NO_INDEX": "1", "CAPSA_COMPILE_BYTECODE": "now"}
    yield made
    waited(lambda: not list(made.base.glob("cache/bytecode-v1/*/unfinished")))


def waited(is_so: Callable[[], object]) -> None:
    """Wait until something is so: a detached process tells nobody."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def let_go(pipe: Path) -> None:
    """Let a process go that reads from a named pipe, if it came that far: an open that waits may wait for ever."""
    with contextlib.suppress(OSError):  # nobody reads
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))


def filled(capsa: Capsa, name: str, python: str = sys.executable, demand: str = "lamp<2", **variables: str) -> Path:
    capsa.done("create", name, "--no-pip", "-p", python)
    capsa.done("install", "--env", name, demand, **variables)
    return capsa.folder / name


@dataclass(frozen=True)
class File:
    """A file, but for when it was last read."""

    inode: int
    links: int
    size: int
    time: int


def compiled(box: Path) -> dict[str, File]:
    found = {path.name: path.stat() for path in sorted(box.glob("lib/*/site-packages/**/*.pyc"))}
    return {name: File(on.st_ino, on.st_nlink, on.st_size, on.st_mtime_ns) for name, on in found.items()}


def inodes(box: Path) -> set[int]:
    return {file.inode for file in compiled(box).values()}


def run(box: Path, text: str = IMPORT) -> str:
    return subprocess.run([box / "bin/python", "-c", text], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("python", [PYTHONS[minor] for minor in dict.fromkeys(ENDS)], ids=dict.fromkeys(ENDS))
def test_an_import_in_a_box_finds_its_bytecode_and_writes_none(capsa: Capsa, python: str) -> None:
    box = filled(capsa, "box", python)
    before = compiled(box)
    assert sorted(name.partition(".")[0] for name in before) == ["__init__", "bulb", "wick"]
    assert all(file.links == 2 for file in before.values()), "the store and the box"
    assert run(box) == str(next(box.glob("lib/*/site-packages/lamp/__init__.py")))
    assert compiled(box) == before
    second = filled(capsa, "second", python, CAPSA_COMPILE_BYTECODE="later")
    assert inodes(second) == inodes(box)


def test_a_box_of_another_python_gets_its_own(capsa: Capsa) -> None:
    if len(PYTHONS) < 2:
        pytest.skip("there is one Python here")
    first, second = list(PYTHONS.values())[:2]
    filled(capsa, "first", first)
    box = filled(capsa, "second", second, CAPSA_COMPILE_BYTECODE="never")
    assert compiled(box) == {}
    third = filled(capsa, "third", second)
    assert len(compiled(third)) == 3
    assert not inodes(third) & inodes(capsa.folder / "first")


def test_bytecode_is_no_part_of_record_and_leaves_with_its_package(capsa: Capsa) -> None:
    box = filled(capsa, "box")
    assert not [path for path in box.rglob("RECORD") if ".pyc" in path.read_text()]
    done = capsa.done("uninstall", "--env", "box", "lamp", "wick")
    assert "left" not in done.errors
    site = next(box.glob("lib/*/site-packages"))
    assert [path.name for path in site.iterdir()] == []
    assert Bytecode(Store(f"{capsa.base}/cache"), kind_of(this_python()), RememberingReporter()).has_any


def test_pip_takes_linked_bytecode_out_and_leaves_the_store_alone(capsa: Capsa) -> None:
    box = filled(capsa, "box")
    pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if pip.returncode:
        pytest.skip("the Python that runs the tests has no pip")
    command = [sys.executable, "-m", "pip", "--python", str(box / "bin/python"), "uninstall", "-y", "lamp", "wick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert compiled(box) == {}
    again = filled(capsa, "again", CAPSA_COMPILE_BYTECODE="later")
    assert len(compiled(again)) == 3


def test_another_version_in_its_place_warns_of_nothing_and_runs_its_own_code(capsa: Capsa) -> None:
    box = filled(capsa, "box")
    done = capsa.done("install", "--env", "box", "lamp==2.0", "--reinstall", "wick")
    assert "warning" not in done.errors
    assert run(box, "import lamp; print(lamp.light())") == "3"
    assert all(file.links == 2 for file in compiled(box).values())
    capsa.done("install", "--env", "box", "lamp==1.0", CAPSA_COMPILE_BYTECODE="never")
    assert run(box, "import lamp; print(lamp.light())") == "1"


def test_what_one_box_does_to_its_bytecode_does_not_reach_the_next(capsa: Capsa) -> None:
    box = filled(capsa, "box")
    path = next(box.glob("lib/*/site-packages/__pycache__/wick.*.pyc"))
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.seek(16)
        stream.write(b"\xff" * 8)
    capsa.done("create", "second", "--no-pip")
    done = capsa.done("install", "--env", "second", "lamp<2", CAPSA_COMPILE_BYTECODE="later")
    assert "stored bytecode was changed" in done.errors
    second = capsa.folder / "second"
    assert not [name for name in compiled(second) if name.startswith("wick")]
    assert run(second, "import wick; print(wick.length)") == "1"


def test_a_touched_source_costs_the_boxes_that_share_it_a_compilation_and_no_more(capsa: Capsa) -> None:
    box = filled(capsa, "box")
    os.utime(next(box.glob("lib/*/site-packages/wick.py")))
    run(box)
    third = filled(capsa, "third")
    assert run(third, "import wick; print(wick.length)") == "1"
    assert len(compiled(third)) == 3
    before = compiled(third)
    run(third)
    assert compiled(third) == before


def test_later_the_next_box_has_it(capsa: Capsa) -> None:
    first = filled(capsa, "first", CAPSA_COMPILE_BYTECODE="later")
    assert compiled(first) == {}
    waited(lambda: len(list(capsa.base.glob("cache/archive-v1/*/*/*-0/manifest"))) == 2)
    second = filled(capsa, "second", CAPSA_COMPILE_BYTECODE="later")
    assert len(compiled(second)) == 3


@pytest.mark.parametrize(
    "variable", [{"CI": "true"}, {"PYTHONDONTWRITEBYTECODE": "1"}, {"CAPSA_COMPILE_BYTECODE": "never"}]
)
def test_nothing_is_left_running_where_that_is_not_wanted(capsa: Capsa, variable: dict[str, str]) -> None:
    filled(capsa, "box", **{"CAPSA_COMPILE_BYTECODE": "later"} | variable)
    assert not (capsa.base / "cache/bytecode-v1").exists()


def test_a_flag_compiles_now(capsa: Capsa) -> None:
    capsa.done("create", "box", "--no-pip")
    capsa.done("install", "--env", "box", "wick", "--compile", CAPSA_COMPILE_BYTECODE="never")
    assert len(compiled(capsa.folder / "box")) == 1


def test_a_lock_that_is_synced_and_checked_brings_bytecode_too(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text('[project]\nname = "desk"\nversion = "1"\ndependencies = ["lamp<2"]\n')
    capsa.done("sync")
    assert len(compiled(capsa.folder / ".venv")) == 3
    assert capsa.run("sync", "--check").code == 0


def test_the_store_counts_bytecode_and_clears_it(capsa: Capsa) -> None:
    box = filled(capsa, "box")
    assert "bytecode-v1" in capsa.done("cache", "size").output
    capsa.done("cache", "clear")
    assert not list(capsa.base.glob("cache/**/*.pyc"))
    assert run(box)


def test_a_compiler_that_is_killed_halfway_leaves_nothing_and_the_next_one_finishes(capsa: Capsa) -> None:
    filled(capsa, "box", CAPSA_COMPILE_BYTECODE="never")
    store, kind = Store(f"{capsa.base}/cache"), kind_of(this_python())
    source = next(capsa.base.glob("cache/archive-v1/*/*/tree/lamp/bulb.py"))
    content, status = source.read_bytes(), source.stat()
    source.unlink()
    os.mkfifo(source)  # the compiler stands still here until somebody writes into it
    text = (
        "import sys; sys.path.insert(0, sys.argv[1]); from capsa.cache.backlog import Backlog, Wish\n"
        "from capsa.cache.store import Store; from capsa.ops.compile import work\n"
        "wish = Wish(python=sys.executable, variables={}, archives=tuple(sys.argv[4:]))\n"
        "Backlog(Store(sys.argv[2]), sys.argv[3]).add(wish); work(*sys.argv[2:4])\n"
    )
    hashes = sorted(path.parent.name for path in capsa.base.glob("cache/archive-v1/*/*/tree"))
    command = [sys.executable, "-c", text, str(SOURCE), store.root, kind, *hashes]
    child = subprocess.Popen(command)
    waited(lambda: list(capsa.base.glob("cache/bytecode-v1/*/unfinished/**/*.pyc")))
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not list(capsa.base.glob("cache/archive-v1/*/*/*-0"))
    let_go(source)
    source.unlink()
    source.write_bytes(content)
    source.chmod(status.st_mode & 0o777)
    os.utime(source, ns=(status.st_mtime_ns, status.st_mtime_ns))
    subprocess.run(command, check=True)
    assert len(list(capsa.base.glob("cache/archive-v1/*/*/*-0/manifest"))) == 2
    assert not list(capsa.base.glob("cache/bytecode-v1/*/unfinished"))
    assert len(compiled(filled(capsa, "second", CAPSA_COMPILE_BYTECODE="later"))) == 3
