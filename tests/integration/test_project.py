"""The project loop: declare, lock, sync. capsa as a process, against a loopback index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.lamp import make_lamps
from support.loopback import LoopbackIndex, serve
from support.project import make_project
from support.run import Capsa

PROJECT = """\
[project]
name = "room"
version = "0.1.0"
requires-python = ">=3.8"
dependencies = ["lamp>=1"]  # light

[project.optional-dependencies]
cold = ["stove"]

[dependency-groups]
dev = ["broom"]
docs = [{include-group = "dev"}, "pen"]
"""
SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_lamps(folder, requires=("wick>=1",))
    for name in ("wick", "stove", "broom", "pen"):
        make_wheel(str(folder), name, "1.0", files={f"{name}.py": "here = True\n"})
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    made = Capsa(tmp_path, index=index.url)
    (made.folder / "pyproject.toml").write_text(PROJECT)
    return made


def packages(capsa: Capsa) -> dict[str, str]:
    document = json.loads(capsa.done("list", "--json", "--env", ".venv").output)
    return {row["name"]: row["version"] for row in document["packages"] if row["name"] != "pip"}


def changes(output: str) -> list[tuple[str, str]]:
    return [(row["action"], row["name"]) for row in json.loads(output)["changes"]]


def test_a_second_lock_writes_the_same_bytes_and_asks_nobody(capsa: Capsa, index: LoopbackIndex) -> None:
    first = json.loads(capsa.done("lock", "--json").output)
    lock = capsa.folder / "pylock.toml"
    assert first["lock"] == str(lock)
    assert first["packages"] == 5
    before, asked = lock.read_bytes(), len(index.requests)
    again = capsa.done("lock")
    assert lock.read_bytes() == before
    assert len(index.requests) == asked
    assert again.output == "pylock.toml is up to date: 5 packages\n"
    assert capsa.run("lock", "--check").code == 0
    lock.unlink()
    capsa.done("lock")
    assert lock.read_bytes() == before, "equal demands make equal bytes"


def test_what_is_locked_stays_until_an_upgrade_is_asked_for(capsa: Capsa) -> None:
    project = capsa.folder / "pyproject.toml"
    project.write_text(PROJECT.replace("lamp>=1", "lamp<2"))
    capsa.done("lock")
    project.write_text(PROJECT)
    stale = capsa.run("lock", "--check")
    assert stale.code == 1
    assert 'version = "1.0"' in (capsa.folder / "pylock.toml").read_text()
    assert json.loads(capsa.done("lock", "--json").output)["changes"] == []
    upgraded = json.loads(capsa.done("lock", "-P", "lamp", "--json").output)["changes"]
    assert upgraded == [{"action": "replace", "name": "lamp", "from": "1.0", "to": "2.0"}]


def test_a_lock_that_is_out_of_date_is_told_in_a_sentence(capsa: Capsa) -> None:
    missing = capsa.run("lock", "--check")
    assert (missing.code, "there is no pylock.toml" in missing.output + missing.errors) == (1, True)
    capsa.done("lock")
    (capsa.folder / "pyproject.toml").write_text(PROJECT.replace('"lamp>=1"', '"lamp>=1", "stove"'))
    assert "pyproject.toml has changed since pylock.toml was made" in capsa.run("lock", "--check").output
    (capsa.folder / "pyproject.toml").write_text(PROJECT.replace('"lamp>=1"', '"lamp>=1", "kettle"'))
    stale = capsa.run("lock", "--check")
    assert stale.code == 1
    assert "pyproject.toml asks for `kettle`, which pylock.toml does not have" in stale.output + stale.errors
    refused = capsa.run("sync", "--locked")
    assert refused.code == 1
    assert "kettle" in refused.errors
    assert not (capsa.folder / ".venv" / SITE / "lamp").exists()


def test_sync_makes_the_box_equal_to_the_lock_and_says_what_it_removes(capsa: Capsa) -> None:
    capsa.done("sync")
    assert packages(capsa) == {"lamp": "2.0", "wick": "1.0", "broom": "1.0"}
    capsa.done("install", "pen", "stove")
    told = capsa.done("sync", "--json")
    assert changes(told.output) == [("remove", "pen"), ("remove", "stove")]
    assert packages(capsa) == {"lamp": "2.0", "wick": "1.0", "broom": "1.0"}
    capsa.done("install", "pen")
    capsa.done("sync", "--inexact")
    assert "pen" in packages(capsa)
    assert "- pen 1.0" in capsa.done("sync").output
    assert (capsa.folder / ".venv/bin/pip").exists(), "the seeded pip is never surplus"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--no-dev"], {"lamp", "wick"}),
        (["--extra", "cold"], {"lamp", "wick", "broom", "stove"}),
        (["--group", "docs", "--no-group", "dev"], {"lamp", "wick", "broom", "pen"}),
        (["--all-extras", "--all-groups"], {"lamp", "wick", "broom", "pen", "stove"}),
    ],
)
def test_extras_and_groups_choose_what_is_in_the_box(capsa: Capsa, options: list[str], expected: set[str]) -> None:
    capsa.done("sync", *options)
    assert set(packages(capsa)) == expected
    assert "nothing to do" in capsa.done("sync", *options).output


def test_an_extra_that_is_not_there_is_refused_with_those_that_are(capsa: Capsa) -> None:
    refused = capsa.run("sync", "--extra", "warm")
    assert refused.code == 1
    assert "warm" in refused.errors
    assert "cold" in refused.errors


def test_a_deleted_module_and_an_edited_one_are_seen_and_mended(capsa: Capsa) -> None:
    capsa.done("sync")
    site = capsa.folder / ".venv" / SITE
    (site / "lamp/bulb.py").unlink()
    seen = capsa.run("sync", "--check")
    assert seen.code == 1
    assert "lamp" in seen.output
    assert "bulb.py is missing" in seen.errors
    assert not (site / "lamp/bulb.py").exists(), "a check changes nothing"
    (site / "wick.py").unlink()
    (site / "wick.py").write_text("here = 'edited'\n")
    capsa.done("sync")
    assert (site / "lamp/bulb.py").read_text() == "light = 1\n"
    assert (site / "wick.py").read_text() == "here = True\n"
    assert capsa.run("sync", "--check").code == 0


def test_a_dry_run_and_a_check_change_neither_lock_nor_box(capsa: Capsa) -> None:
    box, lock = capsa.folder / ".venv", capsa.folder / "pylock.toml"
    for verb in ("sync", "add", "install"):
        told = capsa.done(verb, "--dry-run", *(["pen"] if verb != "sync" else []))
        assert "would make .venv with CPython" in told.errors
        assert "+ pen 1.0" in told.output or "+ lamp 2.0" in told.output
        assert "would install" in told.output
    assert capsa.run("sync", "--check").code == 1, "there is no lock"
    assert not lock.exists()
    capsa.done("lock")
    checked = capsa.run("sync", "--check", "--json")
    assert checked.code == 1
    assert ("install", "lamp") in changes(checked.output)
    assert capsa.run("sync", "--lock", "pylock.toml", "--check").code == 1
    assert not box.exists()
    capsa.done("create", "-q")
    assert capsa.run("sync", "--check").code == 1
    assert packages(capsa) == {}


def test_a_check_misses_the_box_also_where_there_is_nothing_to_put_into_it(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text('[project]\nname = "room"\nversion = "1"\n')
    capsa.done("lock")
    checked = capsa.run("sync", "--check")
    assert (checked.code, checked.output) == (1, "there is no box at .venv yet, and nothing to put into it\n")
    (capsa.folder / ".venv").mkdir()
    (capsa.folder / ".venv/mine").write_text("")
    assert "is not a box, and not empty" in capsa.run("sync", "--check").errors


def test_a_run_that_must_not_sync_makes_no_box(capsa: Capsa) -> None:
    refused = capsa.run("run", "--no-sync", "python", "-V")
    assert refused.code == 1
    assert f"there is no box at {capsa.folder}/.venv, and --no-sync makes none" in refused.errors
    assert "hint: make it: `capsa sync`" in refused.errors
    assert not (capsa.folder / ".venv").exists()


def test_words_that_contradict_each_other_are_refused_by_both_paths(capsa: Capsa) -> None:
    capsa.done("sync")
    for words in (["--frozen", "--locked"], ["--env", "x", "--active"]):
        for verb in (["sync", *words], ["sync", "--lock", "pylock.toml", *words], ["run", *words, "python", "-V"]):
            refused = capsa.run(*verb)
            assert (refused.code, "contradict each other" in refused.errors) == (2, True), verb
    assert capsa.run("run", "--no-sync", "--frozen", "--locked", "python", "-V").code == 2


def test_a_frozen_lock_is_taken_as_it_is(capsa: Capsa) -> None:
    refused = capsa.run("sync", "--frozen")
    assert refused.code == 1
    assert "hint: make it: `capsa lock`" in refused.errors
    capsa.done("lock")
    (capsa.folder / "pyproject.toml").write_text(PROJECT.replace("lamp>=1", "lamp<2"))
    capsa.done("sync", "--frozen")
    assert packages(capsa)["lamp"] == "2.0"


def test_other_bytes_than_locked_never_enter_the_box(capsa: Capsa, index: LoopbackIndex) -> None:
    capsa.done("lock")
    index.faults["/files/wick-1.0-py3-none-any.whl"] = ["wrong"] * 9
    refused = capsa.run("sync")
    assert refused.code == 1
    assert "wick-1.0-py3-none-any.whl" in refused.errors
    assert "sha256" in refused.errors
    assert packages(capsa) == {}


def test_a_lock_without_a_project_is_made_of_requirements_and_fills_any_box(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").unlink()
    (capsa.folder / "requirements.in").write_text("lamp<2\n")
    capsa.done("lock", "-r", "requirements.in", "-o", "pylock.toml")
    assert "up to date" in capsa.done("lock", "-r", "requirements.in", "-o", "pylock.toml").output
    capsa.done("sync", "--lock", "pylock.toml")
    assert packages(capsa) == {"lamp": "1.0", "wick": "1.0"}
    wrong = capsa.run("lock", "-r", "requirements.in", "-o", "my.lock")
    assert wrong.code == 2
    assert "pylock" in wrong.errors


def test_no_project_is_told_with_the_way_to_begin_one(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").unlink()
    for verb in ("lock", "sync"):
        refused = capsa.run(verb)
        assert refused.code == 1
        assert "there is no pyproject.toml" in refused.errors
        assert "capsa init" in refused.errors


def test_a_box_whose_python_the_project_does_not_admit_is_refused_with_the_cure(capsa: Capsa) -> None:
    capsa.done("sync")
    (capsa.folder / "pyproject.toml").write_text(PROJECT.replace(">=3.8", ">=3.99"))
    refused = capsa.run("sync")
    assert refused.code == 1
    assert "asks for >=3.99" in refused.errors
    assert "capsa create --clear" in refused.errors


def test_the_project_itself_is_editable_in_its_box(capsa: Capsa) -> None:
    source = capsa.folder / "src/room"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("colour = 'red'\n")
    (capsa.folder / "backend.py").write_text(BACKEND)
    built = PROJECT + '\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (capsa.folder / "pyproject.toml").write_text(built)
    capsa.done("sync")
    assert packages(capsa)["room"] == "0.1.0"
    command = [capsa.folder / ".venv/bin/python", "-c", "import room; print(room.colour)"]
    (source / "__init__.py").write_text("colour = 'blue'\n")
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "blue\n"
    assert "nothing to do" in capsa.done("sync").output
    assert not list(capsa.folder.glob("*.egg-info"))
    capsa.done("sync", "--no-install-project")
    assert "room" in packages(capsa), "the project itself is never surplus"


def test_what_only_the_build_backend_knows_is_asked_of_it(capsa: Capsa) -> None:
    make_project(capsa.folder / "desk", "desk", demands=["lamp<2"])
    dynamic = '[project]\nname = "desk"\nversion = "1.0"\ndynamic = ["dependencies"]\n'
    with (capsa.folder / "desk/pyproject.toml").open("a") as stream:
        stream.write(dynamic)
    told = capsa.done("sync", "--json", "--project", "desk")
    assert changes(told.output) == [("install", "desk"), ("install", "lamp"), ("install", "wick")]
    assert "nothing to do" in capsa.done("sync", "--project", "desk").output
    facts = capsa.folder / "desk/facts.json"
    facts.write_text(facts.read_text().replace("lamp<2", "lamp>=2"))
    checked = capsa.run("sync", "--check", "--project", "desk")
    assert "asks for `lamp>=2`, and pylock.toml has 1.0" in checked.errors
    assert "~ lamp 1.0 -> 2.0" in capsa.done("sync", "--project", "desk").output


def test_a_project_without_a_table_is_what_its_build_backend_says(capsa: Capsa) -> None:
    make_project(capsa.folder / "desk", "desk", demands=["lamp<2"])
    told = capsa.done("sync", "--json", "--project", "desk")
    assert changes(told.output) == [("install", "desk"), ("install", "lamp"), ("install", "wick")]
    assert "nothing to do" in capsa.done("sync", "--project", "desk").output
    assert "up to date: 2 packages" in capsa.done("lock", "--project", "desk").output
    refused = capsa.run("add", "pen", "--project", "desk")
    assert "has no [project] table: the project keeps its dependencies where its build backend" in refused.errors
    assert "pen" in capsa.done("add", "--dev", "pen", "--project", "desk").output


def test_a_file_that_declares_nothing_is_refused_before_anything_is_made(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text("[tool.ruff]\n")
    for words in (["lock"], ["sync"], ["add", "lamp"]):
        assert "pyproject.toml: there is no [project] table" in capsa.run(*words).errors
    assert [path.name for path in capsa.folder.iterdir()] == ["pyproject.toml"]


def test_a_package_whose_place_only_another_tool_knows_is_not_taken_from_the_index(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text(PROJECT + "\n[tool.uv.sources]\nlamp = {path = 'lamp'}\n")
    for words in (["lock"], ["sync"], ["run", "python"], ["add", "pen"]):
        assert "line 15: tool.uv.sources says where `lamp` comes from" in capsa.run(*words).errors
    assert [path.name for path in capsa.folder.iterdir()] == ["pyproject.toml"]


def test_another_active_box_is_left_alone_and_that_is_said(capsa: Capsa, tmp_path: Path) -> None:
    other = tmp_path / "other"
    capsa.done("create", "-q", "--no-pip", str(other))
    sentence = f"using .venv of the project, not the active box {other}\n"
    assert sentence in capsa.done("sync", VIRTUAL_ENV=str(other)).errors
    assert (capsa.folder / ".venv" / SITE / "lamp").exists()
    assert sentence in capsa.done("sync", VIRTUAL_ENV=str(other)).errors, "also where nothing is to be done"
    assert sentence not in capsa.done("sync", VIRTUAL_ENV=str(capsa.folder / ".venv")).errors
    assert sentence not in capsa.done("sync", "--active", VIRTUAL_ENV=str(other)).errors
    assert (other / SITE / "lamp").exists()


def test_a_lock_is_installed_with_its_default_groups_and_nothing_else_goes(capsa: Capsa) -> None:
    capsa.done("lock")
    (capsa.folder / "pyproject.toml").unlink()
    capsa.done("create", "-q")
    capsa.done("install", "-q", "pen")
    told = capsa.done("install", "-r", "pylock.toml", "--json")
    assert changes(told.output) == [("install", "broom"), ("install", "lamp"), ("install", "wick")]
    assert set(packages(capsa)) == {"broom", "lamp", "wick", "pen"}
    for more in (["stove"], ["-c", "c.txt"], ["-e", "."], ["-r", "pylock.toml"]):
        refused = capsa.run("install", "-r", "pylock.toml", *more)
        assert refused.code == 2, more
        assert "pylock.toml is a lock: exact files, to which nothing can be added" in refused.errors


def test_requirements_are_locked_as_they_come_in(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").unlink()

    def lock(text: str, *options: str) -> tuple[int, str]:
        command = capsa.command("lock", "-r", "-", *options)
        finished = subprocess.run(
            command, input=text, cwd=capsa.folder, env=capsa.variables, capture_output=True, text=True, check=False
        )
        return finished.returncode, finished.stdout

    assert lock("lamp<2\n")[0] == 0
    assert 'version = "1.0"' in (capsa.folder / "pylock.toml").read_text()
    assert lock("lamp<2\n", "--check") == (0, "pylock.toml is up to date: 2 packages\n")
    stale = "not up to date: standard input asks for `lamp>=2`, and pylock.toml has 1.0\n"
    assert lock("lamp>=2\n", "--check") == (1, stale)


def test_what_a_file_names_is_taken_out_and_a_line_without_a_name_is_refused(capsa: Capsa) -> None:
    capsa.done("sync")
    listed = capsa.folder / "gone.txt"
    listed.write_text("broom>=1\nhttps://example.org/a.zip\n")
    refused = capsa.run("uninstall", "-r", "gone.txt")
    assert refused.code == 1
    assert "gone.txt line 2: `https://example.org/a.zip` does not tell the name of its project" in refused.errors
    assert "broom" in packages(capsa), "all or nothing"
    listed.write_text("broom>=1\n")
    told = capsa.done("uninstall", "-r", "gone.txt", "wick", "--json")
    assert changes(told.output) == [("remove", "broom"), ("remove", "wick")]


def test_a_wheel_that_was_rebuilt_under_its_version_is_exchanged(capsa: Capsa, index: LoopbackIndex) -> None:
    capsa.done("sync")
    make_wheel(str(index.folder), "wick", "1.0", files={"wick.py": "here = 'again'\n"})
    assert capsa.done("lock", "-U").output
    told = capsa.done("sync")
    assert "~ wick 1.0" in told.output
    assert (capsa.folder / ".venv" / SITE / "wick.py").read_text() == "here = 'again'\n"


def test_what_a_folder_demands_is_in_the_lock_when_it_changes(capsa: Capsa, tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    (lib / "src").mkdir(parents=True)
    (lib / "backend.py").write_text(BACKEND)
    system = '\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    declared = '[project]\nname = "room"\nversion = "0.1.0"\ndependencies = ["wick"]\n'
    (lib / "pyproject.toml").write_text(declared + system)
    own = f'[project]\nname = "house"\nversion = "1"\ndependencies = ["room @ {lib.as_uri()}"]\n'
    (capsa.folder / "pyproject.toml").write_text(own)
    capsa.done("sync")
    assert set(packages(capsa)) == {"room", "wick"}
    assert "nothing to do" in capsa.done("sync").output
    (lib / "pyproject.toml").write_text(declared.replace('["wick"]', '["wick", "pen"]') + system)
    stale = capsa.run("lock", "--check")
    assert stale.code == 1
    assert "a folder that it names, has changed" in stale.output
    capsa.done("sync")
    assert set(packages(capsa)) == {"room", "wick", "pen"}


def test_a_flag_of_one_command_does_not_make_the_lock_stale(capsa: Capsa) -> None:
    capsa.done("lock", "--no-build", "--pre")
    assert capsa.run("lock", "--check").code == 0


def test_the_lock_tells_no_place_of_this_machine_as_an_index(capsa: Capsa, index: LoopbackIndex) -> None:
    capsa.done("lock", "-f", str(index.folder))
    lock = (capsa.folder / "pylock.toml").read_text()
    assert f'"{index.folder}' not in lock
    assert ", http" not in lock


def test_a_python_that_the_project_does_not_admit_makes_neither_box_nor_lock(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text(PROJECT.replace(">=3.8", ">=3.99"))
    for verb in ("sync", "lock", "run"):
        refused = capsa.run(verb, "-p", sys.executable, *(["true"] if verb == "run" else []))
        assert refused.code == 1
        assert "pyproject.toml admits >=3.99" in refused.errors
    assert sorted(path.name for path in capsa.folder.iterdir()) == ["pyproject.toml"]


def test_requirements_files_never_take_the_place_of_the_projects_lock(capsa: Capsa) -> None:
    (capsa.folder / "requirements.in").write_text("pen\n")
    capsa.done("lock")
    before = (capsa.folder / "pylock.toml").read_bytes()
    refused = capsa.run("lock", "-r", "requirements.in")
    assert refused.code == 2
    assert "-o pylock.NAME.toml" in refused.errors
    assert (capsa.folder / "pylock.toml").read_bytes() == before


BACKEND = """
import base64, hashlib, os, zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(folder, config_settings=None, metadata_directory=None):
    files = {
        "room.pth": os.path.abspath("src") + "\\n",
        "room-0.1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: room\\nVersion: 0.1.0\\n",
        "room-0.1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    rows = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(text.encode())}")
    files["room-0.1.0.dist-info/RECORD"] = "\\n".join([*rows, "room-0.1.0.dist-info/RECORD,,"]) + "\\n"
    name = "room-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return name

build_wheel = build_editable
"""
