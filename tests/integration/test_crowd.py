"""Many capsa processes at once: into many boxes from one cold store, into one box, readers among them, one killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.run import Capsa
from support.soundness import box_faults, contents, store_faults

LONG = os.environ.get("CAPSA_TEST_LONG") == "1"
COUNT = 8
NAMES = tuple(f"part-{number}" for number in range(COUNT))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    for number, name in enumerate(NAMES):
        module = name.replace("-", "_")
        files = {f"{module}/{count}.py": f"x = {count}\n" * 40 for count in range(30)}
        files |= {f"shared/{module}/__init__.py": ""}
        data = {f"data/share/parts/{module}.txt": module}
        requires = ["wick"] if number % 2 else []
        for version in ("1.0", "2.0"):
            make_wheel(str(folder), name, version, files=files, data=data, requires=requires)
    make_wheel(str(folder), "wick", "1.0", files={"wick.py": "length = 3\n"})
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    return Capsa(tmp_path, index=index.url)


def start(capsa: Capsa, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        capsa.command(*arguments),
        cwd=capsa.folder,
        env=capsa.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(processes: list[subprocess.Popen[str]]) -> None:
    """Wait for all; each must have done what it was asked for."""
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, f"exit {process.returncode}\n{output}\n{errors}"


def wait_for(root: Path, name: str, process: subprocess.Popen[str]) -> None:
    """Wait until a change of a box has come to lay out, or to move, its files, or is over."""
    path = root / ".capsa" / name
    while not os.path.lexists(path) and process.poll() is None:
        time.sleep(0.0005)


def listed(capsa: Capsa, box: str) -> dict[str, str]:
    packages = json.loads(capsa.done("list", "--json", "--env", box).output)["packages"]
    return {package["name"]: package["version"] for package in packages}


def check_store(capsa: Capsa, archives: int, *, dead: int = 0) -> None:
    """Each archive is there once and whole; nothing is on its way any more, but for what a killed process had."""
    cache = capsa.base / "cache"
    assert store_faults(cache) == []
    assert len(list(cache.glob("archive-v1/*/*"))) == archives
    left = {path.name for path in cache.glob("temporary-v1/*")}
    assert {name for name in left if not name.startswith(f"{dead:x}-")} == set()


def boxes(capsa: Capsa) -> list[str]:
    names = [f"box{number}" for number in range(COUNT)]
    for name in names:
        capsa.done("create", name, "--no-pip")
    return names


def test_eight_processes_fill_eight_boxes_from_one_cold_store(capsa: Capsa) -> None:
    names = boxes(capsa)
    finish([start(capsa, "install", "--env", name, *NAMES) for name in names])
    expected = dict.fromkeys(NAMES, "2.0") | {"wick": "1.0"}
    first = contents(capsa.folder / names[0])
    for name in names:
        assert listed(capsa, name) == expected
        assert box_faults(capsa.folder / name) == []
        assert {path for path, _ in first.items() ^ contents(capsa.folder / name).items()} <= {
            f"bin/{script.name}" for script in (capsa.folder / name / "bin").iterdir()
        } | {"pyvenv.cfg"}
    check_store(capsa, archives=len(NAMES) + 1)


@pytest.mark.parametrize("moment", ["unpacking", "new", "journal"] if LONG else ["journal"])
def test_when_one_of_eight_is_killed_the_others_do_not_notice(capsa: Capsa, moment: str) -> None:
    names = boxes(capsa)
    empty = contents(capsa.folder / names[0])
    processes = [start(capsa, "install", "--env", name, *NAMES[:4]) for name in names]
    if moment == "unpacking":
        while not list(capsa.base.glob("cache/temporary-v1/*")):
            time.sleep(0.0005)
    else:
        wait_for(capsa.folder / names[0], moment, processes[0])
    processes[0].kill()
    processes[0].communicate()
    finish(processes[1:])
    for name in names[1:]:
        assert set(listed(capsa, name)) == {*NAMES[:4], "wick"}
        assert box_faults(capsa.folder / name) == []
    assert set(listed(capsa, names[0])) in ({*NAMES[:4], "wick"}, set())
    if not listed(capsa, names[0]):
        assert contents(capsa.folder / names[0]) == empty
    assert box_faults(capsa.folder / names[0]) == []
    check_store(capsa, archives=5, dead=processes[0].pid)
    capsa.done("install", "--env", names[0], "--offline", *NAMES[:4])
    assert box_faults(capsa.folder / names[0]) == []


def test_eight_processes_change_one_box_and_readers_never_fail(capsa: Capsa) -> None:
    """Five bring packages of their own, three the same one; who reads meanwhile neither waits nor fails."""
    capsa.done("create", "box", "--no-pip")
    capsa.done("install", "--env", "box", "part-7==1.0")
    verbs = [*((name,) for name in NAMES[:5]), ("part-7==2.0",), ("-U", "part-7"), ("--reinstall", "part-7")]
    writers = [start(capsa, "install", "--env", "box", *words) for words in verbs]
    while any(writer.poll() is None for writer in writers):
        assert "part-7" in capsa.done("list", "--env", "box").output
    finish(writers)
    assert listed(capsa, "box") == dict.fromkeys((*NAMES[:5], "part-7"), "2.0") | {"wick": "1.0"}
    assert box_faults(capsa.folder / "box") == []
    check_store(capsa, archives=8)


@pytest.mark.long
def test_eight_processes_change_one_package_of_one_box(capsa: Capsa) -> None:
    capsa.done("create", "box", "--no-pip")
    capsa.done("install", "--env", "box", "part-1==1.0")
    verbs = [
        *(("install", "part-1==2.0") for _ in range(3)),
        *(("install", "-U", "part-1") for _ in range(2)),
        *(("install", "--reinstall", "part-1") for _ in range(2)),
        ("install", "part-1>=2"),
    ]
    finish([start(capsa, verb, "--env", "box", *words) for verb, *words in verbs])
    assert listed(capsa, "box") == {"part-1": "2.0", "wick": "1.0"}
    assert box_faults(capsa.folder / "box") == []


@pytest.mark.parametrize("moment", ["new", "journal"] if LONG else ["journal"])
def test_when_one_writer_of_a_box_is_killed_the_next_ones_tidy_up_and_go_on(capsa: Capsa, moment: str) -> None:
    capsa.done("create", "box", "--no-pip")
    capsa.done("install", "--env", "box", *(f"{name}==1.0" for name in NAMES))
    first = start(capsa, "install", "--env", "box", "-U", *NAMES[:3])
    wait_for(capsa.folder / "box", moment, first)
    others = [start(capsa, "install", "--env", "box", f"{name}==2.0") for name in NAMES[3:]]
    first.kill()
    first.communicate()
    finish(others)
    versions = listed(capsa, "box")
    assert {versions[name] for name in NAMES[3:]} == {"2.0"}
    assert len({versions[name] for name in NAMES[:3]}) == 1, "all three, or none"
    assert box_faults(capsa.folder / "box") == []
    check_store(capsa, archives=2 * len(NAMES) + 1, dead=first.pid)


def stopped(capsa: Capsa, moment: str) -> subprocess.Popen[str]:
    """Return a writer that stands still in the middle of an upgrade; a busy machine may need several attempts."""
    for _ in range(20):
        capsa.done("install", "--env", "box", *(f"{name}==1.0" for name in NAMES))
        writer = start(capsa, "install", "--env", "box", "-U", *NAMES)
        wait_for(capsa.folder / "box", moment, writer)
        if writer.poll() is None:
            os.kill(writer.pid, signal.SIGSTOP)
            if os.path.lexists(capsa.folder / "box" / ".capsa" / moment):
                return writer
            os.kill(writer.pid, signal.SIGCONT)
        finish([writer])
    pytest.fail("no writer could be stopped in time")


@pytest.mark.parametrize("moment", ["new", "journal"] if LONG else ["journal"])
def test_a_reader_neither_waits_for_a_writer_nor_fails(capsa: Capsa, moment: str) -> None:
    capsa.done("create", "box", "--no-pip")
    writer = stopped(capsa, moment)
    try:
        told = [capsa.done(*verb, "--env", "box").output for verb in (["list"], ["freeze"])]
        assert capsa.run("check", "--env", "box").errors == ""
    finally:
        os.kill(writer.pid, signal.SIGCONT)
    finish([writer])
    assert all(told)
    assert set(listed(capsa, "box").values()) == {"2.0", "1.0"}
    assert box_faults(capsa.folder / "box") == []


@pytest.mark.long
def test_readers_in_a_crowd_of_writers_never_fail(capsa: Capsa) -> None:
    capsa.done("create", "box", "--no-pip")
    capsa.done("install", "--env", "box", *NAMES)
    writers = [start(capsa, "install", "--env", "box", f"{name}==1.0") for name in NAMES[:4]]
    while any(writer.poll() is None for writer in writers):
        assert capsa.done("list", "--env", "box").output
    finish(writers)
    assert {listed(capsa, "box")[name] for name in NAMES[:4]} == {"1.0"}
    assert box_faults(capsa.folder / "box") == []
