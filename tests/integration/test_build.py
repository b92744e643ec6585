"""From sources to boxes: sdists, folders, archives, commits, editable projects; each backend lies in its own tree."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.project import make_project, pack
from support.run import Capsa


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "files"
    folder.mkdir()
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    made = Capsa(tmp_path, index=index.url)
    made.done("create", "--no-pip")
    return made


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def entries(diary: Path) -> list[str]:
    """What backends were asked for, without where they ran."""
    return [line.rpartition(" ")[0] for line in diary.read_text().splitlines()] if diary.exists() else []


def direct_url(capsa: Capsa, name: str) -> dict[str, object]:
    (path,) = (capsa.folder / ".venv").glob(f"lib/python*/site-packages/{name}-*.dist-info/direct_url.json")
    return json.loads(path.read_text())


def answer(capsa: Capsa, code: str) -> str:
    python = capsa.folder / ".venv/bin/python"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=capsa.base)
    return done.stdout.strip()


def boxes(capsa: Capsa) -> list[Path]:
    return sorted((capsa.base / "cache/environment-v1").iterdir())


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_project_that_its_index_offers_as_source_only_is_built_once_for_all_boxes(
    capsa: Capsa, index: LoopbackIndex, diary: Path, tmp_path: Path
) -> None:
    pack(make_project(tmp_path / "lamp", "lamp", demands=["wick"], diary=diary), index.folder)
    make_wheel(str(index.folder), "wick", "1.5", files={"wick.py": "length = 3\n"})
    capsa.done("install", "lamp")
    assert answer(capsa, "import lamp, wick; print(lamp.light, wick.length)") == "1 3"
    assert entries(diary) == ["metadata lamp", "wheel lamp"]
    index.requests.clear()
    assert capsa.done("install", "lamp").output == "nothing to do: .venv already holds the package\n"
    capsa.done("create", "--no-pip", "other")
    capsa.done("install", "--env", "other", "lamp")
    assert entries(diary) == ["metadata lamp", "wheel lamp"]
    assert index.requests == []
    assert list((capsa.base / "cache/log-v1").iterdir()) == [], "the log of a build that went well is removed"


def test_a_folder_is_built_anew_each_time_and_says_where_it_came_from(capsa: Capsa, diary: Path) -> None:
    project = make_project(capsa.folder / "lamp", "lamp", diary=diary)
    assert "+ lamp 1.0" in capsa.done("install", "./lamp").output
    assert direct_url(capsa, "lamp") == {"url": f"file://{project}", "dir_info": {}}
    (project / "lamp.py").write_text("light = 2\n")
    assert "~ lamp 1.0" in capsa.done("install", "./lamp").output
    assert answer(capsa, "import lamp; print(lamp.light)") == "2"
    assert entries(diary).count("wheel lamp") == 2
    assert capsa.done("freeze").output == f"lamp @ file://{project}\n"


def test_an_edit_of_an_editable_project_counts_at_once_and_only_its_build_files_lead_to_another_build(
    capsa: Capsa, diary: Path
) -> None:
    project = make_project(capsa.folder / "lamp", "lamp", diary=diary)
    assert "+ lamp 1.0" in capsa.done("install", "-e", "./lamp").output
    assert direct_url(capsa, "lamp") == {"url": f"file://{project}", "dir_info": {"editable": True}}
    run = [capsa.folder / ".venv/bin/lamp"]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "light 1\n"
    (project / "lamp.py").write_text('def main():\n    print("brighter")\n')
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "brighter\n"
    assert capsa.done("install", "-e", "./lamp").output.startswith("nothing to do")
    assert entries(diary).count("editable lamp") == 1
    listed = json.loads(capsa.done("list", "--json").output)["packages"]
    assert [(row["name"], row["editable"]) for row in listed] == [("lamp", True)]
    assert capsa.done("freeze").output == f"-e file://{project}\n"
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text() + "# changed\n")
    assert "~ lamp 1.0" in capsa.done("install", "-e", "./lamp").output


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_commit_is_pinned_and_a_branch_that_moved_counts_only_when_that_is_asked_for(
    capsa: Capsa, tmp_path: Path, diary: Path
) -> None:
    project = make_project(tmp_path / "repository", "lamp", diary=diary)

    def git(*words: str) -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=project, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("tag", "v1")
    first = git("rev-parse", "HEAD")
    address = f"file://{project}"
    capsa.done("install", f"lamp @ git+{address}@v1")
    pinned = {"vcs": "git", "requested_revision": "v1", "commit_id": first}
    assert direct_url(capsa, "lamp") == {"url": address, "vcs_info": pinned}
    assert capsa.done("freeze").output == f"lamp @ git+{address}@{first}\n"
    assert capsa.done("install", f"git+{address}@main").output.startswith("nothing to do"), "the same commit"
    (project / "lamp.py").write_text("light = 3\n")
    git("commit", "-q", "-a", "-m", "two")
    assert "~ lamp 1.0" in capsa.done("install", f"git+{address}@main").output
    assert direct_url(capsa, "lamp")["vcs_info"]["commit_id"] == git("rev-parse", "HEAD")
    assert answer(capsa, "import lamp; print(lamp.light)") == "3"
    git("commit", "-q", "--allow-empty", "-m", "three")
    assert capsa.done("install", f"git+{address}@main").output.startswith("nothing to do")
    assert "~ lamp 1.0" in capsa.done("install", "-U", f"git+{address}@main").output


def test_an_archive_by_url_is_held_against_its_hash_which_direct_url_keeps(capsa: Capsa, tmp_path: Path) -> None:
    archive = pack(make_project(tmp_path / "lamp", "lamp"), tmp_path, name="anything.tar.gz")
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    wrong = capsa.run("install", f"file://{archive}#sha256={'0' * 64}")
    assert wrong.code == 1
    assert "anything.tar.gz has the sha256" in wrong.errors
    capsa.done("install", f"file://{archive}#sha256={sha256}")
    document = direct_url(capsa, "lamp")
    assert document["url"] == f"file://{archive}"
    assert document["archive_info"] == {"hash": f"sha256={sha256}", "hashes": {"sha256": sha256}}
    assert capsa.done("install", f"{archive}").output.startswith("nothing to do")
    assert capsa.done("freeze").output == f"lamp @ file://{archive}#sha256={sha256}\n"


def test_a_failed_build_leaves_the_box_byte_for_byte_and_names_its_log(
    capsa: Capsa, index: LoopbackIndex, tmp_path: Path
) -> None:
    make_wheel(str(index.folder), "wick", "1.5")
    capsa.done("install", "wick")
    before = snapshot(capsa.folder / ".venv")
    pack(make_project(tmp_path / "lamp", "lamp", fails=True), index.folder)
    finished = capsa.run("install", "lamp")
    assert finished.code == 1
    assert "lamp 1.0 can't be built" in finished.errors
    assert "the compiler said: no such header" in finished.errors
    (log,) = (capsa.base / "cache/log-v1").iterdir()
    assert log.name.startswith("lamp-1.0-")
    assert str(log) in finished.errors
    assert "the backend of lamp is at work" in log.read_text()
    assert snapshot(capsa.folder / ".venv") == before


def test_builds_of_equal_requirements_share_one_box_which_another_run_finds_again(
    capsa: Capsa, index: LoopbackIndex, diary: Path, tmp_path: Path
) -> None:
    make_wheel(str(index.folder), "tool", "1.0")
    for name in ("lamp", "oil"):
        pack(make_project(tmp_path / name, name, requires=["tool>=1"], diary=diary), index.folder)
    capsa.done("install", "lamp")
    (box,) = boxes(capsa)
    assert list(box.glob("lib/python*/site-packages/tool-1.0.dist-info"))
    facts = os.stat(box / "pyvenv.cfg")
    capsa.done("install", "oil")
    assert boxes(capsa) == [box]
    assert os.stat(box / "pyvenv.cfg").st_ino == facts.st_ino
    assert {line.rpartition(" ")[2] for line in diary.read_text().splitlines()} == {str(box)}


def test_no_build_refuses_sources_with_a_sentence_and_takes_the_users_own_folder(
    capsa: Capsa, index: LoopbackIndex, diary: Path, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "lamp", "lamp", diary=diary)
    archive = pack(project, index.folder)
    for asked in ("lamp", str(archive)):
        finished = capsa.run("install", "--no-build", asked)
        assert finished.code == 1
        assert "--no-build" in finished.errors
    assert entries(diary) == []
    capsa.done("install", "--no-build", "--no-binary", "lamp", "lamp")
    capsa.done("install", "--no-build", "-e", str(project))


def test_without_isolation_the_box_itself_builds_and_what_it_lacks_is_said(
    capsa: Capsa, index: LoopbackIndex, diary: Path, tmp_path: Path
) -> None:
    make_wheel(str(index.folder), "tool", "1.0")
    project = make_project(tmp_path / "lamp", "lamp", requires=["tool>=1"], diary=diary)
    told = capsa.done("install", "--no-build-isolation", str(project)).errors
    assert f"lacks what {project} needs to be built: tool>=1" in told
    assert {line.rpartition(" ")[2] for line in diary.read_text().splitlines()} == {str(capsa.folder / ".venv")}
    assert not (capsa.base / "cache/environment-v1").exists()


def test_config_settings_reach_the_backend_and_other_settings_give_another_wheel(
    capsa: Capsa, index: LoopbackIndex, tmp_path: Path
) -> None:
    pack(make_project(tmp_path / "lamp", "lamp"), index.folder)
    capsa.done("install", "lamp", "-C", "colour=red", "-C", "size=1", "-C", "size=2")
    assert answer(capsa, "import lamp; print(lamp.settings)") == "{'colour': 'red', 'size': ['1', '2']}"
    capsa.done("install", "lamp", "-C", "colour=blue", "--reinstall")
    assert answer(capsa, "import lamp; print(lamp.settings)") == "{'colour': 'blue'}"


def test_packages_that_need_each_other_to_be_built_are_a_sentence(
    capsa: Capsa, index: LoopbackIndex, tmp_path: Path
) -> None:
    pack(make_project(tmp_path / "egg", "egg", requires=["hen"]), index.folder)
    pack(make_project(tmp_path / "hen", "hen", requires=["egg"]), index.folder)
    finished = capsa.run("install", "egg")
    assert finished.code == 1
    assert "egg 1.0 can't be built: to be built it needs hen 1.0, which needs egg 1.0" in finished.errors


def test_a_name_that_the_source_does_not_have_is_refused(capsa: Capsa, tmp_path: Path) -> None:
    project = make_project(tmp_path / "lamp", "lamp")
    finished = capsa.run("install", f"candle @ file://{project}")
    assert finished.code == 1
    assert "asks for candle, but what lies there is lamp" in finished.errors


def test_requirements_come_from_standard_input_too(capsa: Capsa, tmp_path: Path) -> None:
    project = make_project(tmp_path / "lamp", "lamp")
    for verb, text in (("install", f"-e {project}\n"), ("uninstall", "lamp\n")):
        done = subprocess.run(
            capsa.command(verb, "-r", "-"),
            input=text, cwd=capsa.folder, env=capsa.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert capsa.done("freeze").output == ""


def test_the_store_counts_and_clears_what_builds_left(capsa: Capsa, index: LoopbackIndex, tmp_path: Path) -> None:
    pack(make_project(tmp_path / "lamp", "lamp"), index.folder)
    capsa.done("install", "lamp")
    told = json.loads(capsa.done("cache", "size", "--json").output)["buckets"]
    assert {"built-v1", "environment-v1", "source-v1"} <= {bucket["name"] for bucket in told}
    capsa.done("cache", "clear")
    assert not (capsa.base / "cache/environment-v1").exists()
    assert answer(capsa, "import lamp; print(lamp.light)") == "1"
