"""Failures as text and as a document."""

from capsa.errors import BuildError, ResolutionError, UsageError
from capsa.terminal.failure import failure_document, failure_text
from capsa.terminal.style import Style

FAILURE = ResolutionError("a demands b\nand b is \x1b[1mnot there", hints=("try c", "or d"))


def test_a_failure_is_a_sentence_and_its_hints():
    assert failure_text(FAILURE, Style()) == (
        "error: a demands b\nand b is \\x1b[1mnot there\nhint: try c\nhint: or d\n"
    )


def test_only_the_label_is_colored():
    assert failure_text(UsageError("no"), Style(is_colored=True)) == "\x1b[31merror:\x1b[0m no\n"


def test_a_failure_as_a_document():
    assert failure_document(FAILURE) == {
        "version": 1,
        "error": {"kind": "resolution", "message": FAILURE.message, "hints": ["try c", "or d"]},
    }


BUILD = BuildError(
    "yaml 6.0 can't be built: setuptools failed in build_wheel with exit code 1",
    hints=("read all of it in /store/log",),
    lines=("first\x1b[2J", "", "  second"),
    log="/store/log",
)


def test_a_failed_build_shows_the_last_lines_of_its_output():
    assert failure_text(BUILD, Style()) == (
        "error: yaml 6.0 can't be built: setuptools failed in build_wheel with exit code 1\n"
        "  first\\x1b[2J\n"
        "\n"
        "    second\n"
        "hint: read all of it in /store/log\n"
    )


def test_no_more_than_twenty_lines_of_it_are_shown():
    long = BuildError("no", lines=tuple(str(number) for number in range(100)))
    assert failure_text(long, Style()).splitlines()[1:] == [f"  {number}" for number in range(80, 100)]


def test_a_failed_build_as_a_document_has_lines_and_log():
    assert failure_document(BUILD)["error"] == {
        "kind": "build",
        "message": BUILD.message,
        "hints": ["read all of it in /store/log"],
        "lines": ["first\x1b[2J", "", "  second"],
        "log": "/store/log",
    }
