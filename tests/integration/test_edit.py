"""`init`, `add` and `remove` as a user types them: files, lock and box, and what is left after a failure."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.run import Capsa

PROJECT = """\
# My project
[project]
name = "house"  # not a boat
version = "1"
requires-python = ">=3.8"
dependencies = [
    # light
    'wick',  # for the lamp
]

[tool.other]
list = [1,2]
"""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_wheel(str(folder), "lamp", "1.0", files={"lamp.py": ""}, requires=["wick>=1", 'oil; extra == "Fuel"'])
    make_wheel(str(folder), "lamp", "2.0", files={"lamp.py": ""}, requires=["wick>=1", 'oil; extra == "Fuel"'])
    make_wheel(str(folder), "wick", "1.5", files={"wick.py": ""})
    make_wheel(str(folder), "oil", "3.0+local", files={"oil.py": ""})
    make_wheel(str(folder), "old", "1.0", files={"old.py": ""}, requires=["wick<1"])
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    return Capsa(tmp_path, index=index.url)


def files(capsa: Capsa) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for name in ("pyproject.toml", "pylock.toml")
        if (path := capsa.folder / name).exists()
    }


def locked(capsa: Capsa) -> dict[str, str]:
    packages = tomllib.loads((capsa.folder / "pylock.toml").read_text())["packages"]
    return {package["name"]: package["version"] for package in packages}


def installed(capsa: Capsa) -> set[str]:
    listed = json.loads(capsa.done("list", "--json").output)["packages"]
    return {package["name"] for package in listed} - {"pip"}


def write(capsa: Capsa, text: str = PROJECT) -> Path:
    path = capsa.folder / "pyproject.toml"
    path.write_text(text)
    return path


def test_from_nothing_to_a_program_that_runs(capsa: Capsa) -> None:
    assert "began work: wrote pyproject.toml, main.py" in capsa.done("init").output
    added = capsa.done("add", "lamp")
    assert "pyproject.toml: added `lamp>=2.0` to project.dependencies" in added.output
    assert "+ lamp 2.0" in added.output
    assert (locked(capsa), installed(capsa)) == ({"lamp": "2.0", "wick": "1.5"}, {"lamp", "wick"})
    assert capsa.done("run", "main.py").output == "Hello from work!\n"
    assert "nothing to do" in capsa.done("sync", "--check").output
    assert capsa.run("lock", "--check").code == 0


def test_the_file_keeps_its_form_and_the_box_follows(capsa: Capsa) -> None:
    path = write(capsa)
    capsa.done("add", "lamp[fuel]")
    capsa.done("add", "--dev", "oil")
    wanted = PROJECT.replace("    # light\n", "    'lamp[fuel]>=2.0',\n    # light\n")
    wanted = wanted.replace("[tool.other]", '[dependency-groups]\ndev = ["oil>=3.0"]\n\n[tool.other]')
    assert path.read_text() == wanted
    removed = capsa.done("remove", "lamp")
    assert "- lamp 2.0" in removed.output
    capsa.done("remove", "--dev", "oil")
    assert path.read_text() == PROJECT.replace("[tool.other]", "[dependency-groups]\ndev = []\n\n[tool.other]")
    assert (locked(capsa), installed(capsa)) == ({"wick": "1.5"}, {"wick"})


def test_what_is_there_is_said_and_the_box_is_brought_along(capsa: Capsa) -> None:
    write(capsa)
    before = files(capsa)
    outcome = capsa.done("add", "wick")
    assert "nothing to change in pyproject.toml" in outcome.output
    assert files(capsa)["pyproject.toml"] == before["pyproject.toml"]
    assert installed(capsa) == {"wick"}


@pytest.mark.parametrize("is_locked", [True, False])
def test_when_nothing_fits_nothing_is_changed(capsa: Capsa, is_locked: bool) -> None:  # noqa: FBT001 - a case
    write(capsa)
    if is_locked:
        capsa.done("lock")
    before = files(capsa)
    for words, said in (
        (("old", "wick>1"), "the command line"),
        (("misspelt",), "there is no project called misspelt"),
        (("lamp", "--marker", "nonsense"), "`nonsense` is not a marker"),
    ):
        failed = capsa.run("add", *words)
        assert failed.code == 1
        assert said in failed.errors
        assert files(capsa) == before
    assert not (capsa.folder / ".venv").exists()


def test_a_misspelt_package_gets_a_hint(capsa: Capsa) -> None:
    write(capsa)
    assert "hint: look the name up" in capsa.run("add", "misspelt").errors


def test_when_the_download_fails_both_files_are_as_they_were(capsa: Capsa, index: LoopbackIndex) -> None:
    write(capsa)
    capsa.done("sync")
    before = files(capsa)
    index.faults["/files/lamp-2.0-py3-none-any.whl"] = ["wrong"] * 9
    failed = capsa.run("add", "lamp")
    assert failed.code == 1
    assert files(capsa) == before
    assert installed(capsa) == {"wick"}


def test_when_the_box_can_not_be_changed_a_lock_that_was_not_there_is_gone(capsa: Capsa) -> None:
    write(capsa)
    before = files(capsa)
    (capsa.folder / ".venv").write_text("in the way")
    assert capsa.run("add", "lamp").code == 1
    assert files(capsa) == before


def test_places_bounds_markers_and_files(capsa: Capsa) -> None:
    path = write(capsa)
    (capsa.folder / "more.txt").write_text("oil\nwick<2\n")
    capsa.done("add", "--optional", "Night", "--raw", "lamp", "--no-sync")
    capsa.done("add", "--group", "docs", "-r", "more.txt", "--no-sync")
    capsa.done("add", "oil", "--marker", 'sys_platform == "no-such"', "--no-sync")
    document = tomllib.loads(path.read_text())
    assert document["project"]["optional-dependencies"] == {"night": ["lamp"]}
    assert document["dependency-groups"] == {"docs": ["oil>=3.0", "wick<2"]}
    assert document["project"]["dependencies"] == ["oil>=3.0; sys_platform == 'no-such'", "wick"]
    assert set(locked(capsa)) == {"lamp", "oil", "wick"}
    assert not (capsa.folder / ".venv").exists()
    failed = capsa.run("remove", "lamp")
    assert "hint: it is in project.optional-dependencies.night: `capsa remove --optional night lamp`" in failed.errors


def test_a_dry_run_shows_and_changes_nothing(capsa: Capsa) -> None:
    write(capsa)
    capsa.done("sync")
    before = files(capsa)
    shown = capsa.done("add", "--dry-run", "lamp").output
    assert "would add `lamp>=2.0` to project.dependencies" in shown
    assert "+ lamp 2.0" in shown
    assert files(capsa) == before
    assert installed(capsa) == {"wick"}


def test_frozen_writes_the_file_only_and_locked_is_refused(capsa: Capsa, index: LoopbackIndex) -> None:
    path = write(capsa)
    capsa.done("add", "--frozen", "lamp")
    assert "'lamp'" in path.read_text()
    assert list(files(capsa)) == ["pyproject.toml"]
    assert index.requests == []
    assert capsa.run("add", "--locked", "lamp").code == 2


def test_a_folder_is_written_as_a_whole_url(capsa: Capsa) -> None:
    path = write(capsa)
    wheel = make_wheel(str(capsa.folder), "lens", "1.0", files={"lens.py": ""})
    capsa.done("add", f"./{os.path.basename(wheel)}")
    text = tomllib.loads(path.read_text())["project"]["dependencies"][0]
    assert text == f"lens @ file://{capsa.folder}/lens-1.0-py3-none-any.whl"
    assert installed(capsa) == {"lens", "wick"}


def test_a_script_is_edited_and_its_lock_follows(capsa: Capsa) -> None:
    script = capsa.folder / "tool.py"
    capsa.done("init", "--script", "tool.py")
    capsa.done("add", "--script", "tool.py", "wick")
    assert '# dependencies = ["wick"]\n' in script.read_text()
    capsa.done("lock", "--script", "tool.py")
    capsa.done("add", "--script", "tool.py", "lamp")
    assert '# dependencies = ["lamp>=2.0", "wick"]\n' in script.read_text()
    assert "lamp" in (capsa.folder / "pylock.tool.toml").read_text()
    capsa.done("remove", "--script", "tool.py", "lamp")
    assert "lamp" not in (capsa.folder / "pylock.tool.toml").read_text()
    assert capsa.done("run", "tool.py").output == "Hello from tool.py!\n"


def test_without_a_project_the_way_to_one_is_told(capsa: Capsa) -> None:
    for words in (("add", "lamp"), ("remove", "lamp")):
        failed = capsa.run(*words)
        assert f"there is no pyproject.toml in {capsa.folder}" in failed.errors
        assert "capsa init" in failed.errors


def test_a_requirements_file_is_answered_with_the_way_to_add_it(capsa: Capsa) -> None:
    capsa.done("init")
    for words, way in ((["add"], "add"), (["add", "--dev"], "add --dev"), (["add", "--script", "x"], "add --script x")):
        assert (
            f"hint: add what it lists: `capsa {way} -r requirements.txt`"
            in capsa.run(*words, "requirements.txt").errors
        )


def test_init_takes_the_python_that_is_asked_for(capsa: Capsa) -> None:
    capsa.done("init", "new/app", "-p", sys.executable)
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f'requires-python = ">={minor}"' in (capsa.folder / "new/app/pyproject.toml").read_text()
