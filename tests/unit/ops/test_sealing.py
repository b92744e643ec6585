"""What is noted of a project, by whom nothing has to be worked out again."""

import sys

import pytest

from capsa.environment.seal import content_word, find_sealed
from capsa.model.surroundings import Surroundings
from capsa.ops.lock_note import find_lock_note, lock_words
from capsa.ops.sealing import box_state, input_words, note_locked, note_synced
from capsa.ops.session import Session
from capsa.project.find import find_project
from capsa.settings.layer import load
from support.box import box, interpreter


class Listener:
    def __init__(self):
        self.events = []

    def event(self, event, /):
        self.events.append(event)


@pytest.fixture
def session(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").write_text("#!/bin/sh\n")
    (tmp_path / "bin/python3").chmod(0o755)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "desk"\n')
    (tmp_path / "pylock.toml").write_text("")
    surroundings = Surroundings(
        variables={
            "PATH": f"{tmp_path}/bin",
            "CAPSA_CACHE_DIR": f"{tmp_path}/store",
            "XDG_CONFIG_HOME": f"{tmp_path}/c",
        },
        folder=str(tmp_path),
        home=str(tmp_path / "home"),
        interpreter=sys.executable,
    )
    return Session(surroundings=surroundings, settings=load(surroundings, flags={}), reporter=Listener())


@pytest.fixture
def project(session):
    return find_project(session.surroundings.folder)


def test_every_file_with_a_say_has_a_word(session, project, tmp_path):
    words = input_words(session, project, folders=["/srv/other", str(tmp_path)])
    named = [word[1:].rpartition("=")[0] for word in words]
    assert words[0] == content_word(project.path)
    for path in ("pylock.toml", "capsa.toml", ".python-version", "setup.py", "c/capsa/capsa.toml", "c/pip/pip.conf"):
        assert f"{tmp_path}/{path}" in named
    assert "/srv/other/pyproject.toml" in named
    assert named.count(project.path) == 1


def test_the_project_counts_as_it_was_read(session, project, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert input_words(session, project)[0] == content_word(project.path, project.content)


def test_a_lock_that_is_up_to_date_is_noted(session, project, tmp_path):
    python = interpreter(base_executable=f"{tmp_path}/bin/python3")
    note_locked(session, project, python, count=4)
    words = lock_words(session.surroundings, str(tmp_path))
    assert find_lock_note(f"{tmp_path}/store", f"{tmp_path}/pylock.toml", words) == 4


def test_with_a_python_that_could_give_way_unseen_it_is_not(session, project, tmp_path):
    note_locked(session, project, interpreter(), count=4)
    assert (
        find_lock_note(f"{tmp_path}/store", f"{tmp_path}/pylock.toml", lock_words(session.surroundings, str(tmp_path)))
        is None
    )


def test_a_box_is_noted_and_a_disk_that_refuses_is_only_told(session, project, tmp_path):
    for folder in ("bin", ".capsa"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    (tmp_path / "box/bin/python").touch()
    environment = box(tmp_path / "box")
    words = ("exact", "current", *input_words(session, project))
    note_synced(session, environment, (), count=2, state=box_state(environment))
    note_synced(session, environment, words, count=2, state=None)
    assert find_sealed(environment.root, [["exact", "current"]]) is None
    note_synced(session, environment, words, count=2, state=box_state(environment))
    sealed = find_sealed(environment.root, [["exact", "current"]])
    assert sealed is not None
    assert sealed.count == 2
    (tmp_path / "box/.capsa/seal").unlink()
    (tmp_path / "box/.capsa").rmdir()
    note_synced(session, environment, words, count=2, state=box_state(environment))
    assert [event.kind for event in session.reporter.events] == ["detail"]
