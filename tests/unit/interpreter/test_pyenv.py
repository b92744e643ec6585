import pytest

from capsa.interpreter.pyenv import (
    find_pin,
    find_version,
    installed_versions,
    pyenv_root,
    read_pin,
    release_of,
    resolve_shim,
    shim_root,
)
from capsa.model.surroundings import Surroundings


def program(path, text="#!/bin/sh\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / ".pyenv"
    for version in ("3.9.18", "3.12.1", "3.12.10", "3.13.0t", "work"):
        program(root / "versions" / version / "bin" / "python3")
    program(root / "versions" / "3.12.1" / "bin" / "python3.12")
    program(root / "shims" / "python3")
    program(root / "shims" / "python3.12")
    return root


def resolve(root, tmp_path, name="python3", **variables):
    here = Surroundings(variables=variables, folder=str(tmp_path / "a" / "b"), home=str(tmp_path), interpreter="")
    (tmp_path / "a" / "b").mkdir(parents=True, exist_ok=True)
    found = resolve_shim(str(root / "shims" / name), str(root), here)
    return found and found.removeprefix(f"{root}/versions/")


def test_a_shim_is_known_by_its_place_and_its_first_bytes(root, tmp_path):
    assert shim_root(str(root / "shims" / "python3")) == str(root)
    assert shim_root(str(root / "versions" / "work" / "bin" / "python3")) is None
    assert shim_root(program(tmp_path / "other" / "shims" / "python3")) is None
    assert shim_root(program(root / "shims" / "real", "\x7fELF")) is None


def test_a_shim_follows_the_variable_then_the_folder_then_the_root(root, tmp_path):
    (root / "version").write_text("3.9.18\n")
    assert resolve(root, tmp_path) == "3.9.18/bin/python3"
    (tmp_path / "a").mkdir(exist_ok=True)
    (tmp_path / "a" / ".python-version").write_text("# ours\n\n3.12.1  # note\n")
    assert resolve(root, tmp_path) == "3.12.1/bin/python3"
    assert resolve(root, tmp_path, PYENV_VERSION="work") == "work/bin/python3"


def test_the_first_version_that_has_the_program_wins(root, tmp_path):
    (root / "version").write_text("3.9.18\n3.12.1\n")
    assert resolve(root, tmp_path, "python3.12") == "3.12.1/bin/python3.12"
    assert resolve(root, tmp_path, "python3.12", PYENV_VERSION="gone:3.12.1") == "3.12.1/bin/python3.12"


def test_system_means_the_next_on_path(root, tmp_path):
    assert resolve(root, tmp_path) is None
    assert resolve(root, tmp_path, PYENV_VERSION="system:3.9.18") is None


def test_a_version_that_is_not_there_means_nothing(root, tmp_path):
    assert resolve(root, tmp_path, PYENV_VERSION="3.10.1") is None
    assert resolve(root, tmp_path, "python3.12", PYENV_VERSION="3.9.18") is None


def test_a_beginning_means_the_newest_of_its_versions(root):
    assert find_version(str(root), "3.12") == str(root / "versions" / "3.12.10")
    assert find_version(str(root), "3.12.1") == str(root / "versions" / "3.12.1")
    assert find_version(str(root), "python-3.12.1") == str(root / "versions" / "3.12.1")
    assert find_version(str(root), "3.1") is None
    assert find_version(str(root), "../versions/work") is None


def test_versions_are_listed_newest_first(root, tmp_path):
    assert installed_versions(str(root)) == ["3.13.0t", "3.12.10", "3.12.1", "3.9.18", "work"]
    assert installed_versions(str(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    ("name", "release"),
    [("3.13.0t", (3, 13, 0)), ("3.12.1", (3, 12, 1)), ("3.14-dev", (3, 14)), ("pypy3.9-7.3.12", ()), ("work", ())],
)
def test_numbers_are_read_from_names(name, release):
    assert release_of(name) == release


def test_a_pin_is_looked_for_upward(tmp_path):
    (tmp_path / "x" / "y").mkdir(parents=True)
    (tmp_path / ".python-version").write_text("3.12\n")
    assert find_pin(str(tmp_path / "x" / "y")) == str(tmp_path / ".python-version")
    assert read_pin(str(tmp_path / ".python-version")) == ["3.12"]
    assert read_pin(str(tmp_path / "none")) == []


def test_the_root_is_the_variable_or_in_home(tmp_path):
    here = Surroundings(variables={}, folder="/", home=str(tmp_path), interpreter="")
    assert pyenv_root(here) == str(tmp_path / ".pyenv")
    here.variables["PYENV_ROOT"] = "/opt/pyenv"
    assert pyenv_root(here) == "/opt/pyenv"
