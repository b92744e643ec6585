"""The store under real commands: which boxes it knows, damage told and mended, pruning, and nobody half done in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.cache.archive import Archives
from capsa.cache.audit import audit
from capsa.cache.prune import Rule, carry_out, choose
from capsa.cache.store import Store
from capsa.machine.register import known_boxes
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from crash.child import Calls, kill, run_in_child
from support.loopback import LoopbackIndex, serve
from support.run import Capsa, Finished
from support.soundness import store_faults

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    for version in ("1.0", "2.0"):
        files = {"lamp/__init__.py": f"version = {version!r}\n", "lamp/light.py": "light = 1\n"}
        make_wheel(str(folder), "lamp", version, files=files)
    make_wheel(str(folder), "wick", "1.5", files={"wick.py": "length = 3\n"})
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    return Capsa(tmp_path, index=index.url)


def make(capsa: Capsa, name: str, *demands: str) -> Path:
    capsa.done("create", "--no-pip", name)
    capsa.done("install", "--env", name, *demands)
    return capsa.folder / name


def cache(capsa: Capsa) -> Path:
    return Path(capsa.variables["CAPSA_CACHE_DIR"])


def stored(capsa: Capsa, path: str) -> list[Path]:
    return sorted(cache(capsa).glob(f"archive-v1/*/*/tree/{path}"))


def asked(capsa: Capsa, *arguments: str) -> dict[str, object]:
    document = json.loads(capsa.run(*arguments, "--json").output)
    assert isinstance(document, dict)
    return document


def removed(document: dict[str, object], bucket: str = "archive-v1") -> list[str]:
    rows = document["removed"]
    assert isinstance(rows, list)
    return sorted(row["name"].partition("-py3")[0] for row in rows if row["bucket"] == bucket)


def rewrite(path: Path, text: str) -> None:
    """Write through whatever links there are, and give time and mode back."""
    before = path.stat()
    assert len(text) == before.st_size
    path.chmod(0o644)
    path.write_text(text)
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def test_boxes_are_known_once_they_are_made_or_changed_and_those_of_the_store_are_not(capsa: Capsa) -> None:
    data = f"{capsa.home}/.local/share/capsa"
    capsa.done("create", "--no-pip", "slow")
    capsa.done("create", "--no-pip", "fast")
    assert known_boxes(data) == (str(capsa.folder / "fast"), str(capsa.folder / "slow"))
    (capsa.folder / "slow").rename(capsa.folder / "moved")
    shutil.rmtree(capsa.folder / "fast")
    assert known_boxes(data) == ()
    capsa.done("install", "--env", "moved", "wick")
    capsa.done("run", "--no-project", "--with", "lamp", "python", "-c", "import lamp")
    assert known_boxes(data) == (str(capsa.folder / "moved"),)
    capsa.done("create", "--no-pip", "other", CAPSA_DATA_DIR="../data")
    assert known_boxes(str(capsa.base / "data")) == (str(capsa.folder / "other"),)


def test_a_data_folder_that_cannot_be_written_keeps_nobody_from_a_box(capsa: Capsa) -> None:
    (capsa.base / "file").touch()
    capsa.variables["CAPSA_DATA_DIR"] = str(capsa.base / "file")
    make(capsa, "box", "wick")
    again = capsa.done("create", "--no-pip", "fast")
    assert again.errors == ""


def test_hidden_damage_is_told_taken_out_and_mended(capsa: Capsa, index: LoopbackIndex) -> None:
    first, second = make(capsa, "first", "lamp==1.0"), make(capsa, "second", "lamp==1.0", "wick")
    other = make(capsa, "other", "lamp==2.0")
    rewrite(first / SITE / "lamp/light.py", "light = 2\n")
    verified = capsa.run("cache", "verify")
    assert verified.code == 1
    lines = verified.output.splitlines()
    assert lines[0].startswith("! lamp 1.0: ")
    assert lines[0].endswith("/tree/lamp/light.py was altered")
    assert lines[1:3] == ["  the same file is in first", "  the same file is in second"]
    assert "; what is damaged is had anew when it is needed: checked 3 archives, " in lines[3]
    assert lines[4:] == [f"hint: mend the box: `capsa repair --env {root}`" for root in (first, second)]
    assert (second / SITE / "lamp/light.py").read_text() == "light = 2\n", "nothing is written through"
    assert (second / ".capsa/damaged").read_text() == "lamp\n"
    assert not (other / ".capsa/damaged").exists()

    index.requests.clear()
    inode = stored(capsa, "lamp/__init__.py")[0].stat().st_ino
    third = make(capsa, "third", "lamp==1.0")
    assert (third / SITE / "lamp/light.py").read_text() == "light = 1\n"
    assert stored(capsa, "lamp/__init__.py")[0].stat().st_ino == inode, "the others stay shared"
    assert "/files/lamp-1.0-py3-none-any.whl" in index.requests
    for name in ("first", "second"):
        capsa.done("repair", "--env", name)
        assert (capsa.folder / name / SITE / "lamp/light.py").read_text() == "light = 1\n"
    sound = capsa.done("cache", "verify")
    assert sound.output.startswith("the store is sound: checked 3 archives, ")
    assert store_faults(cache(capsa)) == []


def test_damage_is_no_secret_without_a_network(capsa: Capsa) -> None:
    make(capsa, "first", "wick")
    rewrite(stored(capsa, "wick.py")[0], "length = 4\n")
    assert asked(capsa, "cache", "verify")["damaged"]
    capsa.done("create", "--no-pip", "second")
    refused = capsa.run("install", "--env", "second", "--offline", "wick")
    assert refused.code == 1
    assert refused.errors == (
        "error: wick-1.5-py3-none-any.whl in the store was changed, and capsa works offline\n"
        "hint: run it once without `--offline`\n"
    )


def test_what_boxes_need_to_be_or_to_go_back_stays(capsa: Capsa) -> None:
    box = make(capsa, "box", "lamp==1.0")
    capsa.done("install", "--env", "box", "lamp==2.0")
    gone = make(capsa, "gone", "wick")
    assert removed(asked(capsa, "cache", "prune", "--days", "0", "--dry-run")) == []
    shutil.rmtree(gone)
    assert removed(asked(capsa, "cache", "prune")) == [], "it was used lately"
    assert removed(asked(capsa, "cache", "prune", "--days", "0", "--dry-run")) == ["wick-1.5"]
    assert removed(asked(capsa, "cache", "prune", "--days", "0")) == ["wick-1.5"]
    assert stored(capsa, "wick.py") == []
    capsa.done("undo", "--env", "box", "--offline")
    assert (box / SITE / "lamp/__init__.py").read_text() == "version = '1.0'\n"
    assert store_faults(cache(capsa)) == []


def test_a_box_that_nobody_knows_keeps_its_files_and_the_bytes_are_exact(capsa: Capsa) -> None:
    box = make(capsa, "box", "wick")
    shutil.rmtree(capsa.home / ".local/share/capsa")
    shared = (box / SITE / "wick.py").stat()
    assert shared.st_nlink == 2
    before = asked(capsa, "cache", "size")
    pruned = asked(capsa, "cache", "prune", "--days", "0", "--max-size", "0")
    after = asked(capsa, "cache", "size")
    assert removed(pruned) == ["wick-1.5"]
    assert (pruned["freed_bytes"], pruned["held_bytes"]) == (before["own_bytes"], before["shared_bytes"])
    assert (after["bytes"], pruned["bytes"]) == (0, 0)
    assert (box / SITE / "wick.py").read_text() == "length = 3\n"
    assert (box / SITE / "wick.py").stat().st_ino == shared.st_ino
    capsa.done("install", "--env", "box", "--reinstall", "wick")


def test_a_store_that_boxes_need_stays_larger_than_it_may_be_and_says_so(capsa: Capsa) -> None:
    make(capsa, "box", "wick")
    pruned = capsa.done("cache", "prune", "--days", "0", "--max-size", "100")
    last = pruned.output.splitlines()[-1]
    assert last.startswith("the store still holds ")
    assert last.endswith(" of it, which stay")
    assert stored(capsa, "wick.py")


def test_nothing_is_pruned_while_somebody_adds_to_the_store(capsa: Capsa) -> None:
    make(capsa, "box", "wick")
    with Store(str(cache(capsa))).sharing():
        refused = capsa.run("cache", "prune")
        assert refused.code == 1
        assert "is not pruned: another capsa is using it" in refused.errors
        capsa.done("cache", "prune", "--dry-run")
        capsa.done("cache", "verify")


def test_whoever_is_killed_when_an_archive_is_in_the_store_whole_or_not_at_all(capsa: Capsa) -> None:
    wheel = str(next(capsa.base.glob("wheels/lamp-1.0-*")))
    counts: set[int] = set()

    def add(number: int, root: Path) -> int:
        def act() -> None:
            archives = Archives(Store(str(root)), RememberingReporter())
            with Calls(number, kill).watching():
                archives.add(wheel, filename=os.path.basename(wheel), sha256=None, size=None, origin="a test")

        return run_in_child(act)

    for number in range(200):
        root = capsa.base / f"store-{number}"
        code = add(number, root)
        store = Store(str(root))
        archives = Archives(store, RememberingReporter())
        assert all(archives.changed(manifest) == () for manifest in archives.lookup("lamp"))
        assert audit(store, lambda *_: None).damages == ()
        counts.add(len(archives.lookup("lamp")))
        if code == 0:
            break
        carry_out(store, choose(store, Rule(now=time.time(), days=30), frozenset(), lambda _: frozenset()))
        left = list(root.glob("temporary-v1/*"))
        assert left == [], f"killed at change {number}"
    assert code == 0
    assert counts == {0, 1}


@pytest.fixture
def locked(capsa: Capsa) -> Locked:
    return Locked(capsa)


class Locked:
    """Runs capsa where its store can't be written: mounted so, as permissions do not stop root."""

    def __init__(self, capsa: Capsa) -> None:
        self._capsa = capsa

    def run(self, *arguments: str) -> Finished:
        command = self._command([*self._capsa.command(*arguments)])
        done = subprocess.run(
            command,
            cwd=self._capsa.folder,
            env=self._capsa.variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def is_offered(self) -> bool:
        try:
            return subprocess.run(self._command(["true"]), capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False

    def _command(self, words: list[str]) -> list[str]:
        options = ["-m"] if os.getuid() == 0 else ["-rm"]
        return ["unshare", *options, "sh", "-c", READ_ONLY, "sh", str(cache(self._capsa)), *words]


def test_a_store_may_be_read_only(capsa: Capsa, locked: Locked) -> None:
    make(capsa, "first", "lamp==1.0", "wick")
    if not locked.is_offered():
        pytest.skip("a read-only mount needs `unshare`")
    assert locked.run("create", "--no-pip", "second").code == 0
    installed = locked.run("install", "--env", "second", "lamp==1.0", "wick")
    assert (installed.code, installed.errors) == (0, "")
    assert (capsa.folder / "second" / SITE / "wick.py").read_text() == "length = 3\n"
    assert locked.run("cache", "verify").code == 0
    assert locked.run("cache", "size").code == 0
    assert locked.run("cache", "prune", "--dry-run").code == 0
    for arguments in (("install", "--env", "second", "lamp==2.0"), ("cache", "prune"), ("cache", "clear")):
        refused = locked.run(*arguments)
        assert refused.code == 1
        assert "the file system is read-only" in refused.errors
    assert (capsa.folder / "second" / SITE / "lamp/__init__.py").read_text() == "version = '1.0'\n"

    rewrite(stored(capsa, "wick.py")[0], "length = 4\n")
    verified = locked.run("cache", "verify")
    assert verified.code == 1
    assert "found 1 damaged file" in verified.output
    assert "of which 1 can't be taken out" in verified.output
    assert "hint: run the same command again as somebody who may write to the store" in verified.output
    assert stored(capsa, "wick.py")
