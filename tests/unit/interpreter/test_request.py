import pytest

from capsa.errors import InterpreterError
from capsa.interpreter.request import is_within, parse_request
from support.box import interpreter

CPYTHON = {
    release: interpreter(version=release, version_info=[int(part) for part in release.split(".")])
    for release in ("3.8.18", "3.9.18", "3.11.7", "3.12.1", "3.13.0")
}
PYPY = interpreter(implementation="pypy", version="3.9.16", version_info=[3, 9, 16], implementation_version="7.3.11")
FREE = interpreter(version="3.13.0", version_info=[3, 13, 0], is_free_threaded=True)
DEBUG = interpreter(version="3.13.0", version_info=[3, 13, 0], is_debug=True)
CANDIDATE = interpreter(version="3.14.0rc1", version_info=[3, 14, 0])


def met(text):
    return [release for release, python in CPYTHON.items() if parse_request(text).is_met_by(python)]


@pytest.mark.parametrize(
    ("text", "releases"),
    [
        ("3", list(CPYTHON)),
        ("3.12", ["3.12.1"]),
        ("3.12.1", ["3.12.1"]),
        ("3.12.2", []),
        (">=3.9,<3.12", ["3.9.18", "3.11.7"]),
        ("~=3.11", ["3.11.7", "3.12.1", "3.13.0"]),
        ("==3.8.*", ["3.8.18"]),
        ("!=3.8.18,<3.10", ["3.9.18"]),
        ("python3.11", ["3.11.7"]),
        ("Python3.11", ["3.11.7"]),
        ("python@3.11", ["3.11.7"]),
        ("python", list(CPYTHON)),
        ("cpython@3.12", ["3.12.1"]),
        ("cpython3.12", ["3.12.1"]),
        ("cpython@>=3.12", ["3.12.1", "3.13.0"]),
        ("cp311", ["3.11.7"]),
        ("cp39", ["3.9.18"]),
        (" 3.12 ", ["3.12.1"]),
        ("pypy", []),
        ("3.13t", []),
    ],
)
def test_says_which_versions_are_meant(text, releases):
    assert met(text) == releases


@pytest.mark.parametrize("text", ["pypy", "pypy3", "pypy3.9", "pypy@3.9", "pypy@>=3.8", "pp39", "pypy3.9-7.3.11"])
def test_pypy_is_meant(text):
    assert parse_request(text).is_met_by(PYPY)


@pytest.mark.parametrize("text", ["cpython@3.9", "cp39", "pypy3.10", "pypy3.9-7.3.12", "pypy@<3.9"])
def test_pypy_is_not_meant(text):
    assert not parse_request(text).is_met_by(PYPY)


def test_special_builds_are_told_apart():
    assert parse_request("3.13t").is_met_by(FREE)
    assert not parse_request("3.13t").is_met_by(CPYTHON["3.13.0"])
    assert not parse_request("3.13").is_met_by(FREE)
    assert not parse_request(">=3.12").is_met_by(FREE)
    assert parse_request("python").is_met_by(FREE)
    assert parse_request("3.13d").is_met_by(DEBUG)
    assert not parse_request("3.13").is_met_by(DEBUG)
    assert not parse_request("3.13td").is_met_by(FREE)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("3.13+freethreaded", "3.13t"),
        ("cpython@3.13.0+freethreaded", "cpython@3.13.0t"),
        ("3.13+debug", "3.13d"),
        ("3.13+freethreaded+debug", "3.13td"),
        ("3.13+gil", "3.13"),
        ("python3.13+debug", "3.13d"),
    ],
)
def test_builds_may_be_asked_for_by_word(text, same):
    word, letter = parse_request(text), parse_request(same)
    assert [word.is_met_by(python) for python in (FREE, DEBUG, CPYTHON["3.13.0"])] == [
        letter.is_met_by(python) for python in (FREE, DEBUG, CPYTHON["3.13.0"])
    ]
    assert word.names()[0] == letter.names()[0]


@pytest.mark.parametrize("text", ["3.13+", "3.13+fast", "3.13t+debug", "3.13+t", "+debug"])
def test_words_for_builds_that_mean_nothing_are_refused(text):
    with pytest.raises(InterpreterError, match="does not name a Python"):
        parse_request(text)


def test_a_release_candidate_counts():
    assert parse_request("3.14").is_met_by(CANDIDATE)
    assert parse_request("3.14.0rc1").is_met_by(CANDIDATE)
    assert not parse_request("3.14.0rc2").is_met_by(CANDIDATE)
    assert parse_request(">=3.13").is_met_by(CANDIDATE)
    assert is_within(interpreter(version="3.14.0a1+", version_info=[3, 14, 0]), ">=3.13")


@pytest.mark.parametrize("text", ["/usr/bin/python3", "./box", ".venv", "~/box", "..", "C:\\Python\\python.exe"])
def test_a_path_is_a_path(text):
    assert parse_request(text).path == text


@pytest.mark.parametrize("text", ["jython", "banana", "python3.11-dbg", "mypython", "pypy3.x"])
def test_another_word_is_a_program(text):
    assert parse_request(text).program == text


@pytest.mark.parametrize("text", ["", " ", "3.x", "3.12.1.1", ">=banana", "3..1", "x y", "$(echo 3)", "3.12-1"])
def test_what_can_not_be_read_is_refused_with_the_forms(text):
    with pytest.raises(InterpreterError) as caught:
        parse_request(text)
    assert "write a version (3.12)" in caught.value.hints[0]


@pytest.mark.parametrize(("text", "is_old"), [("2", True), ("2.7", True), ("3.7", True), ("3", False), ("3.8", False)])
def test_knows_what_is_too_old_for_a_box(text, is_old):
    assert parse_request(text).is_too_old is is_old


def test_names_the_programs_to_look_for():
    assert parse_request("3.12").names() == ["python3.12", "python3", "python"]
    assert parse_request("3.13t").names()[0] == "python3.13t"
    assert parse_request("pypy@3.9").names() == ["pypy3.9", "pypy3", "pypy"]
    assert parse_request(">=3.12").names() == ["python3", "python"]
