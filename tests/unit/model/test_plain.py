"""Texts that stay one line, whoever reads them."""

import pytest

from capsa.model.plain import as_line, is_line, is_plain


@pytest.mark.parametrize("text", ["a", "/srv/a b", "ünï 漢字", "it's $(a) `b` \\", "👩\u200d🚀", "\u202e"])
def test_what_can_be_written_is_plain(text):
    assert is_line(text)
    assert is_plain(text)
    assert as_line(text) == text


@pytest.mark.parametrize("sign", ["\0", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029"])
def test_what_ends_a_line_or_steers_a_terminal_is_not(sign):
    for text in (sign, f"a{sign}b", f"ü{sign}"):
        assert not is_line(text)
        assert not is_plain(text)
        assert as_line(text) == text.replace(sign, "?")


def test_a_byte_that_could_not_be_decoded_stays_in_a_line_and_is_not_plain():
    assert is_line("a\udcff")
    assert not is_plain("a\udcff")
    assert as_line("a\udcff") == "a?"


def test_nothing_is_a_line_and_not_plain():
    assert is_line("")
    assert not is_plain("")
    assert as_line("") == ""
