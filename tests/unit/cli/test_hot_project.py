"""The fast `lock`, `sync` and `run`: when they answer, and when they leave it to the slow path."""

import os
import sys

import pytest

from capsa.cli import hot_project
from capsa.cli.hot_project import answer_lock, answer_run, answer_sync
from capsa.environment.command import ProgramMissingError
from capsa.environment.request import sync_words
from capsa.environment.seal import content_word, state_of, write_seal
from capsa.model.surroundings import Surroundings
from capsa.ops.lock_note import lock_words, write_lock_note


class Project:
    """A sealed project; ``ran`` is what `run` became."""

    def __init__(self, root):
        self.root = root
        self.box = root / ".venv"
        self.ran = []
        (self.box / "lib/site-packages").mkdir(parents=True)
        (self.box / "bin").mkdir()
        (self.box / ".capsa").mkdir()
        (self.box / "pyvenv.cfg").write_text("home = /usr/bin\n")
        for name in ("python", "tool"):
            (self.box / "bin" / name).write_text("#!/bin/sh\n")
            (self.box / "bin" / name).chmod(0o755)
        (root / "pyproject.toml").write_text("[project]\n")
        (root / "pylock.toml").write_text("")

    def seal(self, values=None, *, is_exact=True):
        words = sync_words(values or {}, root=str(self.root), variables=self.variables(), is_exact=is_exact)
        files = [content_word(str(self.root / name)) for name in ("pyproject.toml", "pylock.toml")]
        state = state_of(str(self.box), str(self.box / "lib/site-packages"), str(self.box / "bin"))
        write_seal(str(self.box), [*words, *files], 3, state=state or "")

    def variables(self, **more):
        return {"PATH": "/usr/bin:/bin", "CAPSA_CACHE_DIR": str(self.root / "store"), **more}

    def surroundings(self, folder="", **more):
        return Surroundings(
            variables=self.variables(**more),
            folder=str(self.root / folder) if folder else str(self.root),
            home="/home/me",
            interpreter=sys.executable,
        )

    def run(self, *words, **more):
        values = {"command": list(words), **dict.fromkeys(more.pop("options", ()), True)}
        return answer_run(values, self.surroundings(**more))


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = Project(tmp_path)
    made.seal()

    def become(program, words, variables):
        made.ran.append((program, words, variables))
        return 0

    monkeypatch.setattr(hot_project, "replace", become)
    monkeypatch.chdir(tmp_path)
    return made


def test_a_sealed_box_needs_nothing(project):
    (project.root / "inner").mkdir()
    assert answer_sync({}, project.surroundings()) == "nothing to do: .venv already holds all 3 packages"
    assert answer_sync({"frozen": True}, project.surroundings()) is not None
    assert answer_sync({}, project.surroundings("inner")) is not None
    assert answer_sync({"group": ["docs"]}, project.surroundings()) is None
    assert answer_sync({"python": "3.12"}, project.surroundings()) is None


def test_a_command_is_run_in_it(project):
    assert project.run("tool", "-x") == 0
    program, words, variables = project.ran[0]
    assert (program, words) == (str(project.box / "bin/tool"), ["tool", "-x"])
    assert variables["VIRTUAL_ENV"] == str(project.box)
    assert project.run("json.tool", options=["module"]) == 0
    assert project.ran[1][1] == [str(project.box / "bin/python"), "-m", "json.tool"]


def test_a_box_that_only_lacks_nothing_is_good_enough_to_run_but_not_in_sync(project):
    (project.box / ".capsa/seal").unlink()
    project.seal(is_exact=False)
    assert project.run("tool") == 0
    assert project.run("tool", options=["exact"]) is None
    assert answer_sync({}, project.surroundings()) is None
    assert answer_sync({"inexact": True}, project.surroundings()) is not None


@pytest.mark.parametrize("name", ["pyproject.toml", "pylock.toml", ".venv/lib/site-packages/six.py"])
def test_whatever_has_changed_is_left_to_the_slow_path(project, name):
    (project.root / name).write_text("changed")
    assert project.run("tool") is None
    assert answer_sync({}, project.surroundings()) is None
    assert project.run("tool", options=["no-sync"]) == 0, "who wants no look gets none"


def test_a_change_that_was_cut_off_is_left_to_the_slow_path(project):
    (project.box / ".capsa/journal").write_text("")
    assert project.run("tool") is None
    assert project.run("tool", options=["no-sync"]) is None


def test_another_active_box_is_left_to_the_slow_path(project):
    assert project.run("tool", VIRTUAL_ENV="/elsewhere") is None
    assert project.run("tool", VIRTUAL_ENV="/elsewhere", options=["no-sync"]) is None
    assert project.run("tool", VIRTUAL_ENV=str(project.box)) == 0


def test_a_script_is_run_unless_it_states_dependencies(project):
    (project.root / "plain.py").write_text("print()\n")
    (project.root / "block.py").write_text("# /// script\n# ///\n")
    (project.root / "odd").write_text("# /// script\n# ///\n")
    assert project.run("plain.py") == 0
    assert project.run("-") == 0
    assert project.run("block.py") is None
    assert project.run("odd", options=["script"]) is None
    assert project.run("block.py", options=["module"]) == 0


def test_what_is_missing_or_from_elsewhere_is_left_to_the_slow_path(project):
    with pytest.raises(ProgramMissingError):
        project.run("gone")
    (project.root / "elsewhere").mkdir()
    stray = project.root / "elsewhere/stray"
    stray.write_text("#!/usr/bin/python3\n")
    stray.chmod(0o755)
    assert project.run("stray", PATH=str(project.root / "elsewhere")) is None
    os.remove(project.root / "pyproject.toml")
    assert project.run("tool") is None


def test_a_lock_that_was_noted_is_up_to_date(project):
    here = project.surroundings()
    assert answer_lock({}, here) is None
    path = str(project.root / "pylock.toml")
    words = [*lock_words(here, str(project.root)), content_word(path)]
    write_lock_note(str(project.root / "store"), path, words, 1)
    assert answer_lock({}, here) == "pylock.toml is up to date: 1 package"
    assert answer_lock({}, project.surroundings(VIRTUAL_ENV="/elsewhere")) is None
    (project.root / "pylock.toml").write_text("changed")
    assert answer_lock({}, here) is None
