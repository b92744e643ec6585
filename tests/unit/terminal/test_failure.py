"""Failures as text and as a document."""

from capsa.errors import ResolutionError, UsageError
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
