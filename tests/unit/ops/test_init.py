"""A project begun: its name, its files, and that nothing is overwritten."""

import os
import sys

import pytest

from capsa.errors import Failure
from capsa.model.surroundings import Surroundings
from capsa.ops.init import InitOrder, init, init_script
from capsa.ops.session import Session
from capsa.project.declared import read_declared
from capsa.project.find import find_project
from capsa.project.script import read_script
from capsa.settings.layer import load
from capsa.testing.reporter import RememberingReporter

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def session(tmp_path):
    surroundings = Surroundings(
        variables={"CAPSA_CACHE_DIR": str(tmp_path / "cache"), "CAPSA_PYTHON": sys.executable},
        folder=str(tmp_path),
        home=str(tmp_path / "home"),
        interpreter=sys.executable,
    )
    return Session(surroundings=surroundings, settings=load(surroundings, flags={}), reporter=RememberingReporter())


@pytest.mark.parametrize(
    ("folder", "name"),
    [("app", "app"), ("My App_2", "my-app-2"), ("Über.Größe", "uber-groe"), ("-x-", "x"), ("a(b)", "a-b")],
)
def test_the_folder_gives_the_name(session, tmp_path, folder, name):
    outcome = init(session, InitOrder(folder=str(tmp_path / folder)))
    assert (outcome.name, outcome.path) == (name, str(tmp_path / folder / "pyproject.toml"))
    project = find_project(str(tmp_path / folder))
    assert (project.name, project.requires_python) == (name, f">={MINOR}")
    assert read_declared(project).requirements == ()
    assert [os.path.basename(path) for path in outcome.written] == ["pyproject.toml", "main.py"]


def test_a_package_has_a_build_system_and_a_module(session, tmp_path):
    outcome = init(session, InitOrder(folder=str(tmp_path), name="My.App", is_package=True))
    assert outcome.name == "My.App"
    assert (tmp_path / "src/my_app/__init__.py").exists()
    assert not (tmp_path / "main.py").exists()
    assert read_declared(find_project(str(tmp_path))).is_package


def test_no_program_is_put_beside_others(session, tmp_path):
    (tmp_path / "own.py").touch()
    outcome = init(session, InitOrder(folder=str(tmp_path)))
    assert outcome.written == (str(tmp_path / "pyproject.toml"),)


def test_a_project_that_is_there_is_left_alone(session, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(Failure, match=r"^pyproject\.toml is there already, so there is a project$"):
        init(session, InitOrder(folder=str(tmp_path)))
    assert (tmp_path / "pyproject.toml").read_text() == "[project]\n"
    assert not (tmp_path / "main.py").exists()


def test_a_file_that_only_holds_settings_of_tools_is_told_apart_from_a_project(session, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.x]\n")
    with pytest.raises(Failure, match=r"^pyproject\.toml is there already, without a \[project\] table$") as caught:
        init(session, InitOrder(folder=str(tmp_path)))
    assert "`[project]`" in caught.value.hints[0]
    (tmp_path / "pyproject.toml").write_text("[build-system]\n")
    with pytest.raises(Failure, match=r"so there is a project$") as caught:
        init(session, InitOrder(folder=str(tmp_path)))
    assert caught.value.hints == ()  # `capsa add` would be refused


def test_paths_in_hints_can_be_typed_as_they_stand(session, tmp_path):
    outcome = init(session, InitOrder(folder=str(tmp_path / "my proj")))
    assert outcome.hints[0] == "add what it needs: `cd 'my proj' && capsa add NAME`"
    outcome = init_script(session, str(tmp_path / "my tool.py"))
    assert outcome.hints[1] == "run it: `capsa run 'my tool.py'`"
    with pytest.raises(Failure) as caught:
        init_script(session, str(tmp_path / "my tool.py"))
    assert caught.value.hints == ("add one: `capsa add --script 'my tool.py' NAME`",)


@pytest.mark.parametrize(("folder", "name", "said"), [("日本", "", "gives no name"), ("x", "a b", "is not a name")])
def test_a_name_that_can_not_be_is_refused(session, tmp_path, folder, name, said):
    with pytest.raises(Failure, match=said):
        init(session, InitOrder(folder=str(tmp_path / folder), name=name))
    assert not (tmp_path / folder).exists()


def test_what_was_written_goes_when_the_rest_can_not_be(session, tmp_path, monkeypatch):
    def refuse(path, _):
        if path.endswith("pyproject.toml"):
            raise Failure("no space")

    monkeypatch.setattr("capsa.ops.init.write_new", refuse)
    with pytest.raises(Failure, match="no space"):
        init(session, InitOrder(folder=str(tmp_path / "new")))
    assert list((tmp_path / "new").iterdir()) == []


def test_a_script_is_begun(session, tmp_path):
    outcome = init_script(session, str(tmp_path / "tools/tool.py"))
    assert (outcome.name, outcome.written) == ("tool.py", (str(tmp_path / "tools/tool.py"),))
    assert read_script(outcome.path).requires_python == f">={MINOR}"
    compile((tmp_path / "tools/tool.py").read_text(), "tool.py", "exec")
    with pytest.raises(Failure, match="states its dependencies already"):
        init_script(session, outcome.path)


def test_a_script_that_is_there_gets_the_block_and_keeps_its_permissions(session, tmp_path):
    path = tmp_path / "tool.py"
    path.write_bytes(
        "#!/usr/bin/env python\n# Größe\nprint(1)\n".encode("latin-1").replace(b"# Gr", b"# coding: latin-1 Gr")
    )
    path.chmod(0o750)
    before = path.read_bytes()
    init_script(session, str(path))
    head, block, tail = path.read_bytes().partition(b"# /// script\n")
    assert block
    assert head + tail.partition(b"# ///\n\n")[2] == before
    assert path.stat().st_mode & 0o777 == 0o750
