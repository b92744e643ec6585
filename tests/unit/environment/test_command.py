"""Which program a command means, and the variables it gets."""

import os

import pytest

from capsa.environment.command import Command, Inside, ProgramMissingError, command_of, find_program, is_stray


@pytest.fixture
def inside(tmp_path):
    scripts = tmp_path / "box" / "bin"
    scripts.mkdir(parents=True)
    program(scripts / "python")
    return Inside(python=f"{scripts}/python", scripts=[str(scripts)], root=str(tmp_path / "box"))


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def asked(inside, *words, kind="", path=""):
    command = command_of(list(words), kind, inside, os.pathsep.join([*inside.scripts, path]))
    return command.program, command.words


def test_a_word_is_looked_up_in_the_box_first(inside, tmp_path):
    (tmp_path / "usr").mkdir()
    program(tmp_path / "usr" / "tool")
    path = str(tmp_path / "usr")
    assert asked(inside, "tool", "-x", path=path) == (f"{path}/tool", ["tool", "-x"])
    own = program(tmp_path / "box" / "bin" / "tool")
    assert asked(inside, "tool", path=path) == (own, ["tool"])


def test_what_may_not_be_run_and_folders_are_passed_over(inside, tmp_path):
    (tmp_path / "usr").mkdir()
    (tmp_path / "box/bin/tool").write_text("text")
    (tmp_path / "box/bin/tool").chmod(0o644)
    (tmp_path / "box/bin/other").mkdir()
    found = program(tmp_path / "usr" / "tool")
    assert find_program("tool", f"{inside.scripts[0]}{os.pathsep}{tmp_path}/usr") == found
    assert find_program("other", inside.scripts[0]) is None


def test_a_module_runs_in_the_python_of_the_box(inside):
    assert asked(inside, "pytest", "-x", kind="module") == (inside.python, [inside.python, "-m", "pytest", "-x"])


def test_scripts_archives_and_folders_with_a_main_module_run_in_it_too(inside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app/__main__.py").touch()
    for name in ("tool.py", "TOOL.PYW", "app.pyz"):
        (tmp_path / name).touch()
    for name in ("tool.py", "./tool.py", "TOOL.PYW", "app.pyz", "app", str(tmp_path / "app")):
        assert asked(inside, name, "-x") == (inside.python, [inside.python, name, "-x"])


def test_a_dash_is_a_script_on_standard_input(inside):
    assert asked(inside, "-", "a") == (inside.python, [inside.python, "-", "a"])


def test_a_script_may_have_any_name_where_that_is_said(inside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tool").touch()
    assert asked(inside, "tool", kind="script") == (inside.python, [inside.python, "tool"])
    with pytest.raises(ProgramMissingError, match="there is no file gone"):
        asked(inside, "gone", kind="script")


def test_a_path_is_taken_as_it_is_written(inside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program(tmp_path / "tool")
    assert asked(inside, "./tool", "x") == ("./tool", ["./tool", "x"])
    with pytest.raises(ProgramMissingError, match=r"there is no program \./gone"):
        asked(inside, "./gone")


def test_a_program_on_path_may_be_named_like_a_script(inside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = program(tmp_path / "box/bin/tool.py")
    assert asked(inside, "tool.py") == (own, ["tool.py"])


def test_a_missing_program_is_told_with_two_ways_to_get_it(inside):
    with pytest.raises(ProgramMissingError) as caught:
        asked(inside, "pytest")
    assert str(caught.value) == "there is no program `pytest` in the box or on PATH"
    assert caught.value.hints == (
        "if a package brings it: `capsa add pytest`",
        "for this run only: `capsa run --with pytest pytest`",
    )
    with pytest.raises(ProgramMissingError, match=r"there is no file gone\.py here"):
        asked(inside, "gone.py")
    with pytest.raises(ProgramMissingError, match="the command is an empty word"):
        asked(inside, "")


def test_the_variables_are_those_of_a_box_that_was_stepped_into(inside):
    given = {"PATH": "/usr/bin:/bin", "PYTHONHOME": "/x", "PS1": "$ ", "OTHER": "1"}
    assert inside.variables(given) == {
        "PATH": f"{inside.scripts[0]}:/usr/bin:/bin",
        "VIRTUAL_ENV": inside.root,
        "PS1": "$ ",
        "OTHER": "1",
    }
    assert given["PYTHONHOME"] == "/x"


def test_another_box_that_was_active_is_left(inside):
    given = {"PATH": "/old/bin:/usr/bin", "VIRTUAL_ENV": "/old", "VIRTUAL_ENV_PROMPT": "old"}
    assert inside.variables(given) == {"PATH": f"{inside.scripts[0]}:/usr/bin", "VIRTUAL_ENV": inside.root}


def test_the_same_box_is_not_on_path_twice(inside):
    once = inside.variables({"PATH": "/usr/bin"}) | {"VIRTUAL_ENV_PROMPT": "box"}
    assert inside.variables(once) == once


def test_without_a_box_nothing_is_active():
    bare = Inside(python="/opt/bin/python3", scripts=["/opt/bin"], root="")
    assert bare.variables({"PATH": "/bin", "VIRTUAL_ENV": "/old"}) == {"PATH": "/opt/bin:/bin"}


def test_without_a_path_that_of_the_system_counts(inside):
    assert inside.variables({})["PATH"] == f"{inside.scripts[0]}:{os.defpath}"
    assert inside.variables({"PATH": ""})["PATH"] == f"{inside.scripts[0]}:"


@pytest.mark.parametrize(
    ("first", "is_said"),
    [("#!/usr/bin/python3", True), ("#!/usr/bin/env python", True), ("#!/bin/sh", False), ("import python", False)],
)
def test_a_python_program_of_another_place_sees_nothing_of_the_box(inside, tmp_path, first, is_said):
    (tmp_path / "usr").mkdir()
    tool = tmp_path / "usr/tool"
    tool.write_text(f"{first}\npython\n")
    assert is_stray(Command(str(tool), ["tool"]), inside) is is_said
    assert not is_stray(Command(str(tool), [str(tool)]), inside), "who gives a path knows what it is"
    own = tmp_path / "box/bin/tool"
    own.write_text(f"{first}\n")
    assert not is_stray(Command(str(own), ["tool"]), inside)
    bare = Inside(python="/opt/bin/python3", scripts=["/opt/bin"], root="")
    assert not is_stray(Command(str(tool), ["tool"]), bare), "without a box there is nothing to miss"
