"""`capsa edit`: a package of which one box has its own files, to be patched; nobody else gets to see the patch."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.inside import InsideCapsa
from support.lamp import make_lamps
from support.loopback import LoopbackIndex, serve
from support.run import Capsa

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
BULB = f"{SITE}/lamp/bulb.py"


@pytest.fixture
def capsa(tmp_path: Path) -> Iterator[Capsa]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_lamps(folder, program="lamp.bulb:main", data={"scripts/glow": "#!/bin/sh\n"})
    with serve(LoopbackIndex(folder)) as index:
        yield InsideCapsa(tmp_path, index=index.url)


def make(capsa: Capsa, *names: str, demand: str = "lamp") -> list[Path]:
    for name in names:
        capsa.done("create", "--no-pip", name)
        capsa.done("install", "--env", name, demand)
    return [capsa.folder / name for name in names]


def findings(capsa: Capsa, name: str, *options: str) -> dict[str, str]:
    document = json.loads(capsa.run("verify", "--env", name, "--json", *options).output)
    return {row["path"].removeprefix(f"{SITE}/"): row["kind"] for row in document["findings"]}


def test_the_box_gets_files_of_its_own_that_can_be_written_and_says_so(capsa: Capsa) -> None:
    first, second = make(capsa, "first", "second")
    shared = (second / BULB).stat()
    told = capsa.done("edit", "--env", "first", "lamp").output
    assert told.startswith("lamp 2.0 is yours to edit, and no other box shares its ")
    assert told.endswith(f" files: first/{SITE}/lamp\n")
    own = (first / BULB).stat()
    assert (own.st_nlink, own.st_mode & 0o7777, own.st_mtime_ns) == (1, 0o644, shared.st_mtime_ns)
    assert (first / "bin/glow").stat().st_mode & 0o7777 == 0o755
    assert findings(capsa, "first", "--full") == {}
    (first / BULB).write_text("light = 100\n")
    (first / SITE / "lamp/__init__.py").unlink()
    assert (second / BULB).read_text() == "light = 1\n"
    assert findings(capsa, "first") == {"lamp/bulb.py": "edited", "lamp/__init__.py": "edited"}
    assert capsa.run("verify", "--env", "first").code == 0
    assert "(edited)" in capsa.done("list", "--env", "first").output
    (row,) = json.loads(capsa.done("list", "--env", "first", "--json").output)["packages"]
    assert row["edited"] is True
    assert findings(capsa, "second", "--full") == {}
    assert "already" in capsa.done("edit", "--env", "first", "lamp").output
    assert (first / BULB).read_text() == "light = 100\n"


def test_sync_leaves_it_alone_until_another_version_comes_and_says_that_the_edits_leave(capsa: Capsa) -> None:
    project = capsa.folder / "pyproject.toml"
    project.write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["lamp<2"]\n')
    capsa.done("sync")
    capsa.done("edit", "lamp")
    place = capsa.folder / ".venv" / BULB
    place.write_text("light = 100\n")
    assert capsa.run("sync", "--check").code == 0
    assert "nothing to do" in capsa.done("sync").output
    assert "nothing to mend" in capsa.done("repair", "--full").output
    assert place.read_text() == "light = 100\n"
    project.write_text(project.read_text().replace("lamp<2", "lamp>=2"))
    synced = capsa.done("sync")
    assert "warning: lamp 1.0 was edited in this box, and its edits left with it: `capsa undo`" in synced.errors
    assert place.read_text() == "light = 1\n"
    assert findings(capsa, ".venv", "--full") == {}
    capsa.done("undo")
    assert place.read_text() == "light = 100\n"
    assert "(edited)" in capsa.done("list").output


def test_reinstall_gives_the_original_files_back(capsa: Capsa) -> None:
    first, second = make(capsa, "first", "second")
    capsa.done("edit", "--env", "first", "lamp")
    (first / BULB).write_text("light = 100\n")
    capsa.done("install", "--env", "first", "--reinstall=lamp", "lamp")
    assert (first / BULB).stat().st_ino == (second / BULB).stat().st_ino
    assert "(edited)" not in capsa.done("list", "--env", "first").output


def test_undo_goes_back_to_the_shared_files(capsa: Capsa) -> None:
    first, second = make(capsa, "first", "second")
    capsa.done("edit", "--env", "first", "lamp")
    capsa.done("undo", "--env", "first")
    assert (first / BULB).stat().st_ino == (second / BULB).stat().st_ino
    assert "(edited)" not in capsa.done("list", "--env", "first").output


def test_a_damaged_package_is_not_copied(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    place = root / BULB
    place.chmod(0o644)
    place.write_text("light = 100\n")
    refused = capsa.run("edit", "--env", "box", "lamp")
    assert refused.code == 1
    assert f"lamp is not what was put in: {BULB} was changed" in refused.errors
    assert "`capsa repair --full lamp`" in refused.errors
    assert place.read_text() == "light = 100\n"


def test_what_capsa_did_not_put_in_or_lies_elsewhere_is_refused_with_the_next_step(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    (root / SITE / "lamp-2.0.dist-info/INSTALLER").unlink()
    (root / SITE / "lamp-2.0.dist-info/INSTALLER").write_text("pip\n")
    refused = capsa.run("edit", "--env", "box", "lamp")
    assert refused.code == 1
    assert "was put into" in refused.errors
    assert "by pip" in refused.errors
    assert "`capsa install --reinstall lamp`" in refused.errors


def test_an_edit_needs_neither_store_nor_network(capsa: Capsa) -> None:
    (root,) = make(capsa, "box")
    capsa.done("cache", "clear")
    capsa.done("edit", "--env", "box", "--offline", "lamp")
    assert (root / BULB).stat().st_nlink == 1
    (root / BULB).write_text("light = 100\n")
    assert findings(capsa, "box", "--full") == {"lamp/bulb.py": "edited"}
