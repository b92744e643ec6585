"""From bytes to logical lines."""

import codecs

import pytest

from capsa.errors import RequirementError
from capsa.project.line import decode, logical_lines


def lines(text, **variables):
    return [(line.number, line.text) for line in logical_lines(text, variables)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n  \n\t\n", []),
        ("a\r\nb\rc\nd", [(1, "a"), (2, "b"), (3, "c"), (4, "d")]),
        ("  a  \n", [(1, "a")]),
        ("# all\n  # of it\na # b # c\na#b\n", [(3, "a"), (4, "a#b")]),
        ("a \\\n  b\\\nc\nd", [(1, "a   bc"), (4, "d")]),
        ("a \\\n# a comment ends the line \\\nb", [(1, "a"), (3, "b")]),
        ("# not joined \\\na", [(2, "a")]),
        ("a # cut after \\\njoining\nb", [(1, "a"), (3, "b")]),
        ("\n\\\na", [(2, "a")]),
        ("a\\", [(1, "a")]),
        ("\\", []),
        ("a \\\n\n b", [(1, "a"), (3, "b")]),
        ("https://x.example/a.whl#sha256=1", [(1, "https://x.example/a.whl#sha256=1")]),
    ],
)
def test_lines_are_joined_cut_and_numbered_by_their_first(text, expected):
    assert lines(text) == expected


def test_variables_are_filled_in_where_they_have_a_value():
    text = "${TOKEN}@h ${token} $TOKEN ${EMPTY} ${MISSING} %TOKEN% ${A_1}"
    assert lines(text, TOKEN="t", token="no", EMPTY="", A_1="x") == [
        (1, "t@h ${token} $TOKEN ${EMPTY} ${MISSING} %TOKEN% x")
    ]


def test_a_variable_can_not_bring_a_comment_a_line_or_another_variable():
    assert lines("a ${X}", X="# ${Y}\nb", Y="z") == [(1, "a # ${Y}\nb")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é\n".encode(), "é\n"),
        (codecs.BOM_UTF8 + "é".encode(), "é"),
        ("é".encode("utf-16"), "é"),
        (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "é"),
        ("é".encode("utf-32"), "é"),
        (codecs.BOM_UTF32_BE + "é".encode("utf-32-be"), "é"),
        (b"# -*- coding: latin-1 -*-\n\xe9", "# -*- coding: latin-1 -*-\né"),
        (b"#\n# vim: set fileencoding=cp1252 :\n\x80", "#\n# vim: set fileencoding=cp1252 :\n€"),
        ("#\n#\n# coding: latin-1\né".encode(), "#\n#\n# coding: latin-1\né"),
        ("a # coding: latin-1\né".encode(), "a # coding: latin-1\né"),
    ],
)
def test_the_encoding_is_that_of_the_mark_else_of_the_comment_else_utf8(content, text):
    assert decode(content, "r.txt") == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\nb\xff\n", "r.txt line 2: a byte that is not utf-8"),
        (b"#\n# coding: klingon\n", "r.txt line 2: `klingon` is not an encoding that Python knows"),
        (b"# coding: ascii\n\n\xe9", "r.txt line 3: a byte that is not ascii"),
        (b"# coding: hex\n", "r.txt line 1: a byte that is not hex"),
    ],
)
def test_bytes_that_are_no_text_are_told_with_their_line(content, message):
    with pytest.raises(RequirementError) as caught:
        decode(content, "r.txt")
    assert str(caught.value) == message
