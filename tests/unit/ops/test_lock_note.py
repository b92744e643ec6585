"""Notes about locks that are up to date, as the fast `lock` reads them."""

import os
import sys

import pytest

from capsa.environment.seal import content_word
from capsa.model.surroundings import Surroundings
from capsa.ops.lock_note import find_lock_note, is_from_path, lock_words, write_lock_note


@pytest.fixture
def place(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin/python3")
    return tmp_path


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def surroundings(place, **variables):
    return Surroundings(
        variables={"PATH": str(place / "bin"), **variables},
        folder=str(place / "project"),
        home=str(place),
        interpreter=sys.executable,
    )


def words(place, **variables):
    return lock_words(surroundings(place, **variables), str(place / "project"))


def test_a_noted_lock_is_found_while_its_files_say_the_same(place):
    store, path = str(place / "store"), str(place / "project/pylock.toml")
    (place / "project/pylock.toml").write_text("a")
    write_lock_note(store, path, [*words(place), content_word(path)], 3)
    assert find_lock_note(store, path, words(place)) == 3
    assert find_lock_note(store, f"{path}.other", words(place)) is None
    assert find_lock_note(store, path, words(place, CAPSA_PRERELEASE="allow")) is None
    (place / "project/pylock.toml").write_text("b")
    assert find_lock_note(store, path, words(place)) is None


def test_another_python_first_on_path_is_another_request(place):
    before = words(place)
    program(place / "bin/python")
    assert words(place) != before


def test_a_pin_is_another_request(place):
    before = words(place)
    (place / "project/.python-version").write_text("3.12\n")
    assert words(place) != before


def test_beside_a_box_only_its_own_python_counts(place):
    box = place / "project/.venv"
    (box / "bin").mkdir(parents=True)
    program(box / "bin/python")
    (box / "pyvenv.cfg").write_text("home = /usr/bin\n")
    before = words(place)
    program(place / "bin/python")
    assert words(place) == before
    os.utime(box / "bin/python", ns=(1, 1))
    assert words(place) != before


def test_a_python_that_path_does_not_name_is_not_from_there(place):
    assert is_from_path(surroundings(place), str(place / "bin/python3"))
    assert not is_from_path(surroundings(place), sys.executable)


def test_what_is_no_note_is_passed_over(place):
    (place / "store/lock-v1").mkdir(parents=True)
    store, path = str(place / "store"), "/srv/pylock.toml"
    write_lock_note(store, path, ["a"], 1)
    note = next((place / "store/lock-v1").iterdir())
    note.write_bytes(note.read_bytes()[:-1])
    assert find_lock_note(store, path, ["a"]) is None
