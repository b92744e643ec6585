"""What is asked for, out of words and files."""

import pytest

from capsa.errors import RequirementError
from capsa.model.surroundings import Surroundings
from capsa.ops.demands import Sources, read_demands, settings_with
from capsa.ops.session import Session
from capsa.project.option import Options
from capsa.settings.layer import load
from capsa.testing.reporter import RememberingReporter


def settings(folder="/w", **flags):
    here = Surroundings(variables={}, folder=str(folder), home="/home", interpreter="/py")
    return here, load(here, flags=flags, read=lambda _: None)


def read(folder, **sources):
    here, found = settings(folder)
    session = Session(surroundings=here, settings=found, reporter=RememberingReporter())
    return read_demands(session, Sources(**sources), str(folder))


def test_folders_are_demanded_editable_after_the_words(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    demands = read(tmp_path, arguments=("six",), editables=(".[x]",))
    assert [(item.name, item.is_editable) for item in demands.requirements] == [("six", False), ("", True)]
    assert demands.words == ()


def test_all_words_that_can_not_be_read_are_told_at_once(tmp_path):
    with pytest.raises(RequirementError) as caught:
        read(tmp_path, arguments=("a b", "six", "flask@1.0"), editables=("./no",))
    told = str(caught.value)
    assert told.startswith("3 things can't be used: the command line: `a b` is not a requirement: ")
    assert "`flask@1.0` has a version" in told
    assert "`./no` does not exist" in told
    assert "write `flask==1.0`" in caught.value.hints


def test_a_file_of_one_sign_is_standard_input(tmp_path):
    (tmp_path / "more.txt").write_text("attrs\n")
    demands = read(tmp_path, files=("-",), standard_input=b"six\n-r more.txt\n")
    assert [str(item.origin) for item in demands.requirements] == ["standard input line 1", "more.txt line 1"]
    assert demands.words == ()
    assert [item.name for item in read(tmp_path, constraint_files=("-",), standard_input=b"six<2").constraints] == [
        "six"
    ]


def test_a_file_may_say_what_is_built_and_the_later_file_wins(tmp_path):
    (tmp_path / "a.txt").write_text("--no-binary a,b\n--only-binary c\nsix\n")
    (tmp_path / "b.txt").write_text("--only-binary b\n")
    options = read(tmp_path, files=(f"{tmp_path}/a.txt", f"{tmp_path}/b.txt")).options
    assert (options.only_binary, options.no_binary) == (("c", "b"), ("a",))


def test_a_file_is_stronger_than_settings_and_weaker_than_flags():
    options = Options(only_binary=("a",), no_binary=(":all:",))
    _, plain = settings()
    told = settings_with(plain, options)
    assert (told.only_binary, told.no_binary) == (("a",), (":all:",))
    _, flagged = settings(**{"no-binary": ["a"], "only-binary": ["b"]})
    told = settings_with(flagged, options)
    assert (set(told.only_binary), set(told.no_binary)) == ({"b"}, {":all:", "a"})
