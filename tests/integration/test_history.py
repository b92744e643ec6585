"""`history`, `undo`, `redo` and `diff` as a user types them: the box, the project's files, and what pip did inside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from capsa.testing.wheel import make_wheel
from crash.child import kill, run_in_child
from support.inside import InsideCapsa
from support.loopback import LoopbackIndex, serve

PROJECT = b"""\
# mine
[project]
name = "house"
version = "1"
requires-python = ">=3.8"
dependencies = []
"""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for version in ("1.0", "2.0"):
        make_wheel(
            str(folder),
            "lamp",
            version,
            files={"lamp.py": f"light = {version}\n", "room/lamp.py": ""},
            requires=["wick"],
            entry_points={"console_scripts": {"lamp": "lamp:main"}},
            data={"data/share/lamp.txt": "x", "scripts/old": "#!python\n"},
        )
    make_wheel(str(folder), "wick", "1.5", files={"wick.py": "", "room/wick.py": ""})
    make_wheel(
        str(folder), "oil", "3.0", files={"oil/__init__.py": ""}, entry_points={"console_scripts": {"oil": "oil:main"}}
    )
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> InsideCapsa:
    return InsideCapsa(tmp_path, index=index.url)


@pytest.fixture
def project(capsa: InsideCapsa) -> Path:
    (capsa.folder / "pyproject.toml").write_bytes(PROJECT)
    return capsa.folder


def everything(folder: Path) -> dict[str, bytes | str]:
    """Return every file of a folder but what capsa itself keeps in a box."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if ".capsa/" in f"{name}/":
            continue
        found[name] = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else "folder"
    return found


def pip(capsa: InsideCapsa, *words: str, box: str = ".venv") -> None:
    """Run the pip inside the box, as somebody does who has stepped into it."""
    python = capsa.folder / box / "bin" / "python"
    quiet = ["--disable-pip-version-check", "--no-input", "-q"]
    subprocess.run(
        [python, "-IB", "-m", "pip", *words[:1], *quiet, *words[1:]],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(capsa.home), "PIP_ROOT_USER_ACTION": "ignore"},
    )


def pip_install(capsa: InsideCapsa, *words: str) -> None:
    pip(capsa, "install", "--no-index", "--find-links", str(capsa.base / "wheels"), *words)


def states(capsa: InsideCapsa) -> list[dict[str, Any]]:
    document: dict[str, Any] = json.loads(capsa.done("history", "--json").output)
    return list(document["states"])


def told(state: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change["action"], change["name"]) for change in state["changes"]]


def test_adding_and_going_back_leaves_everything_as_before(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("create")
    before = everything(project)
    capsa.done("add", "lamp<2")
    after = everything(project)
    outcome = capsa.done("undo")
    assert "- lamp 1.0" in outcome.output
    assert "pyproject.toml: put back\npylock.toml: removed\n" in outcome.output
    assert everything(project) == before
    capsa.done("redo")
    assert everything(project) == after
    assert "there is nothing to redo" in capsa.run("redo").errors


def test_history_tells_when_why_and_what(capsa: InsideCapsa, project: Path, index: LoopbackIndex) -> None:
    capsa.done("add", "lamp<2")
    capsa.done("install", "oil", "-i", index.url.replace("http://", "http://me:hunter2@"))
    shown = capsa.done("history").output
    assert "hunter2" not in shown
    assert "capsa add 'lamp<2'" in shown
    assert "+ lamp 1.0, + wick 1.5" in shown
    newest, added, first = states(capsa)
    assert (newest["number"], newest["current"], newest["restorable"], newest["files"]) == (3, True, True, [])
    assert newest["when"].endswith("Z")
    assert (added["kind"], added["why"]) == ("command", "capsa add 'lamp<2'")
    assert added["files"] == [str(project / "pylock.toml"), str(project / "pyproject.toml")]
    assert (first["kind"], first["why"], first["changes"]) == ("first", "", [])


def test_an_upgrade_is_undone_with_the_index_gone(capsa: InsideCapsa, index: LoopbackIndex) -> None:
    capsa.done("create", "--no-pip")
    capsa.done("install", "lamp<2")
    before = everything(capsa.folder)
    capsa.done("install", "-U", "lamp")
    count = len(index.requests)
    would = capsa.done("undo", "--dry-run").output
    assert "~ lamp 2.0 -> 1.0\nwould replace 1 package" in would
    assert "~ lamp 2.0 -> 1.0" in capsa.done("undo", "--offline").output
    assert everything(capsa.folder) == before
    assert len(index.requests) == count


def test_what_the_store_has_lost_is_kept_or_fetched(capsa: InsideCapsa) -> None:
    capsa.done("create", "--no-pip")
    capsa.done("install", "lamp<2")
    capsa.done("install", "-U", "lamp")
    before = everything(capsa.folder)
    capsa.done("cache", "clear")
    failed = capsa.run("undo", "--offline")
    assert failed.code == 1
    assert "the store has lost lamp 1.0, and capsa is told to do without the network" in failed.errors
    assert everything(capsa.folder) == before
    capsa.done("undo")
    assert capsa.done("freeze").output.splitlines() == ["lamp==1.0", "wick==1.5"]
    # Version 2 left when the store had it no more: its last files were kept.
    shutil.rmtree(capsa.base / "cache" / "archive-v1")
    capsa.done("redo", "--offline")
    assert everything(capsa.folder) == before


def test_what_pip_did_is_a_state_of_its_own_and_comes_back_exactly(capsa: InsideCapsa) -> None:
    capsa.done("create")
    capsa.done("install", "lamp<2")
    pip_install(capsa, "oil", "lamp>1")
    pips = everything(capsa.folder)
    assert "- oil 3.0" in capsa.done("uninstall", "oil").output
    assert [(state["kind"], told(state)) for state in states(capsa)[:2]] == [
        ("command", [("remove", "oil")]),
        ("others", [("replace", "lamp"), ("install", "oil")]),
    ]
    capsa.done("install", "lamp<2")
    capsa.done("undo", "@3")
    assert everything(capsa.folder) == pips
    capsa.done("undo")
    assert "lamp==1.0" in capsa.done("freeze").output
    capsa.done("undo", "@3")
    assert everything(capsa.folder) == pips


def test_what_pip_did_since_can_be_undone_but_ends_what_can_be_redone(capsa: InsideCapsa) -> None:
    capsa.done("create")
    capsa.done("install", "wick")
    capsa.done("install", "oil")
    capsa.done("undo")
    before = everything(capsa.folder)
    pip_install(capsa, "oil")
    assert "other programs changed the box since @2" in capsa.done("history").errors
    failed = capsa.run("redo")
    assert (failed.code, "there is nothing to redo: other programs" in failed.errors) == (1, True)
    capsa.done("undo")
    assert everything(capsa.folder) == before


def test_pip_can_not_spoil_what_is_kept_nor_the_store(capsa: InsideCapsa) -> None:
    capsa.done("create")
    pip_install(capsa, "oil")
    capsa.done("install", "lamp<2")
    pips = everything(capsa.folder)
    pip_install(capsa, "--force-reinstall", "oil", "lamp")
    capsa.done("undo")
    assert everything(capsa.folder) == pips


def test_an_edited_file_is_never_overwritten(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("add", "lamp<2")
    path = project / "pyproject.toml"
    path.write_bytes(path.read_bytes() + b"# edited\n")
    before = everything(project)
    failed = capsa.run("undo")
    assert failed.code == 1
    assert f"{path} is not as capsa left it, so nothing was changed" in failed.errors
    assert "`capsa undo @1 --box-only`" in failed.errors
    assert everything(project) == before
    capsa.done("undo", "@1", "--box-only")
    assert path.read_bytes() == before["pyproject.toml"]
    assert "lamp" not in capsa.done("freeze").output
    path.write_bytes(before["pyproject.toml"].replace(b"# edited\n", b""))  # type: ignore[union-attr, arg-type] # bytes
    capsa.done("redo")
    assert "lamp==1.0" in capsa.done("freeze").output


def point_elsewhere(capsa: InsideCapsa, old: Path, new: Path) -> None:
    """Let every state of the box speak of another file."""
    for state in (capsa.folder / ".venv/.capsa/history").glob("[0-9]*"):
        text = state.read_text().replace(json.dumps(str(old)), json.dumps(str(new)))
        state.unlink()
        state.write_text(text)


def test_a_history_from_somebody_else_writes_no_file_but_the_projects(
    capsa: InsideCapsa, project: Path, tmp_path: Path
) -> None:
    capsa.done("add", "lamp")
    own = project / "pyproject.toml"
    (tmp_path / "elsewhere").mkdir()
    for mine in (project / "profile", tmp_path / "elsewhere/pyproject.toml"):
        point_elsewhere(capsa, own, mine)
        mine.write_bytes(own.read_bytes())

        refused = capsa.run("undo")

        assert refused.code == 1
        assert f"{mine} is no file of the project around" in refused.errors
        assert mine.read_bytes() == own.read_bytes()
        point_elsewhere(capsa, mine, own)
    assert capsa.run("undo").code == 0
    assert own.read_bytes() == PROJECT


def test_files_alone_are_a_state_too(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("add", "lamp<2")
    before = everything(project)
    capsa.done("add", "--no-sync", "oil")
    assert (states(capsa)[0]["changes"], len(states(capsa)[0]["files"])) == ([], 2)
    capsa.done("undo")
    assert everything(project) == before
    capsa.done("add", "--frozen", "oil")
    capsa.done("undo")
    assert everything(project) == before
    path = project / "pyproject.toml"
    path.write_bytes(path.read_bytes().replace(b"lamp<2", b"lamp"))
    capsa.done("lock", "-U")
    assert states(capsa)[0]["files"] == [str(project / "pylock.toml")]
    capsa.done("undo")
    assert (project / "pylock.toml").read_bytes() == before["pylock.toml"]


def test_syncing_remembers_the_lock_that_it_renewed(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("sync")
    lock = (project / "pylock.toml").read_bytes()
    path = project / "pyproject.toml"
    path.write_bytes(PROJECT.replace(b"[]", b'["oil"]'))
    capsa.done("run", "python", "-c", "import oil")
    assert states(capsa)[0]["why"] == "capsa run python ..."
    capsa.done("undo")
    assert (project / "pylock.toml").read_bytes() == lock
    assert "oil" not in capsa.done("freeze").output


def test_when_going_back_fails_the_files_are_as_they_were(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("add", "lamp<2")
    capsa.done("add", "lamp>=2")
    before = everything(project)
    shutil.rmtree(capsa.base / "cache" / "archive-v1")
    assert capsa.run("undo", "--offline").code == 1
    assert everything(project) == before


def test_only_the_last_twenty_states_are_kept(capsa: InsideCapsa) -> None:
    capsa.done("create", "--no-pip")
    for _ in range(11):
        capsa.done("install", "wick")
        capsa.done("uninstall", "wick")
    numbers = [state["number"] for state in states(capsa)]
    assert numbers == [*range(23, 3, -1)]
    failed = capsa.run("undo", "@2")
    assert (failed.code, "has no state @2 to go to" in failed.errors) == (1, True)
    capsa.done("undo", "@4")
    assert capsa.done("freeze").output == "wick==1.5\n"


def test_a_state_that_was_not_kept_is_marked_and_refused(capsa: InsideCapsa) -> None:
    capsa.done("create", "--no-pip")
    shutil.copytree(capsa.base / "wheels", capsa.base / "more")
    capsa.done("install", "wick", "oil")
    site = next((capsa.folder / ".venv" / "lib").glob("python*/site-packages"))
    (site / "oil-3.0.dist-info" / "INSTALLER").unlink()
    (site / "oil-3.0.dist-info" / "INSTALLER").write_text("other\n")
    (site / "oil-3.0.dist-info" / "RECORD").rename(site / "record")
    capsa.done("uninstall", "wick")
    (site / "record").rename(site / "oil-3.0.dist-info" / "RECORD")
    capsa.done("uninstall", "oil")
    shown = capsa.done("history").output
    assert "can't be brought back: oil 3.0: oil has no RECORD" in shown
    failed = capsa.run("undo", "@3")
    assert (failed.code, "@3 can't be brought back: oil 3.0: oil has no RECORD" in failed.errors) == (1, True)
    assert not capsa.done("freeze").output
    capsa.done("undo", "@2")
    assert capsa.done("freeze").output == "oil==3.0\nwick==1.5\n"


def test_a_damaged_history_is_a_sentence_and_stops_no_change(capsa: InsideCapsa) -> None:
    capsa.done("create", "--no-pip")
    capsa.done("install", "wick")
    history = capsa.folder / ".venv/.capsa/history"
    (history / "1").write_text("{")
    shown = capsa.done("history")
    assert "the history of the box is shorter" in shown.errors
    assert "+ wick 1.5" in shown.output
    (history / "2").write_text("{")
    for verb in ("history", "undo"):
        failed = capsa.run(verb)
        assert (failed.code, ".capsa/history/2 is damaged" in failed.errors) == (1, True)
    assert "the history of the box begins anew" in capsa.done("install", "oil").errors
    assert [state["number"] for state in states(capsa)] == [2, 1]


def test_boxes_without_changes_have_no_history(capsa: InsideCapsa) -> None:
    capsa.done("create")
    assert not (capsa.folder / ".venv/.capsa/history").exists()
    assert capsa.done("history").output == "capsa has not changed .venv yet\n"
    assert "there is nothing to undo" in capsa.run("undo").errors
    assert not (capsa.folder / ".venv/.capsa/history").exists()


def test_differences_between_states_boxes_and_locks(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("add", "lamp<2")
    capsa.done("create", "--no-pip", "other")
    capsa.done("install", "--env", "other", "oil")
    capsa.done("install", "-U", "lamp")
    assert capsa.done("diff", "@2", "@3").output == "~ lamp 1.0 -> 2.0\n1 difference from .venv@2 to .venv@3\n"
    assert "~ lamp 1.0 -> 2.0" in capsa.done("diff", "pylock.toml").output
    document = json.loads(capsa.done("diff", "--json", "pylock.toml", "other").output)
    assert document == {
        "version": 1,
        "from": str(project / "pylock.toml"),
        "to": str(project / "other"),
        "changes": [
            {"action": "remove", "name": "lamp", "from": "1.0", "to": None},
            {"action": "install", "name": "oil", "from": None, "to": "3.0"},
            {"action": "remove", "name": "wick", "from": "1.5", "to": None},
        ],
    }
    assert "no difference between" in capsa.done("diff", "@3").output
    assert "is neither a box nor a lock" in capsa.run("diff", "nowhere").errors
    assert "has no state @9" in capsa.run("diff", "@9").errors


def test_the_json_of_a_way_back(capsa: InsideCapsa, project: Path) -> None:
    capsa.done("add", "wick")
    document = json.loads(capsa.done("undo", "--json").output)
    assert document["environment"] == str(project / ".venv")
    assert (document["from"], document["to"]) == (2, 1)
    assert (document["files"], document["gone"]) == ([str(project / "pyproject.toml")], [str(project / "pylock.toml")])
    assert document["changes"] == [{"action": "remove", "name": "wick", "from": "1.5", "to": None}]


def test_an_add_that_was_killed_and_is_given_again_is_undone_as_a_whole(
    capsa: InsideCapsa, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capsa.done("create")
    before = everything(project)
    with monkeypatch.context() as patch:
        # Both files are written, and the box is about to be changed.
        patch.setattr("capsa.ops.amend.sync_lock", kill)
        assert run_in_child(lambda: capsa.run("add", "lamp<2")) == -signal.SIGKILL
    assert (project / "pylock.toml").exists()
    capsa.done("add", "lamp<2")
    assert len(states(capsa)[0]["files"]) == 2
    capsa.done("undo")
    assert everything(project) == before
