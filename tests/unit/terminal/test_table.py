"""Rows in columns."""

from capsa.terminal.size import size_text
from capsa.terminal.table import aligned, columns


def test_columns_are_as_wide_as_their_widest_cell():
    assert aligned([["a", "1"], ["long", "22"]]) == ["a     1", "long  22"]


def test_no_line_ends_in_space_and_no_rows_are_no_lines():
    assert aligned([["a", ""], ["b", "x"]]) == ["a", "b  x"]
    assert aligned([]) == []


def test_wide_characters_take_two_columns_and_combining_ones_none():
    assert columns("漢字") == 4
    assert columns("e\u0301") == 1
    assert aligned([["漢", "1"], ["abc", "2"]]) == ["漢   1", "abc  2"]


def test_the_last_column_is_folded_on_a_terminal():
    row = ["key", "one two three four five six seven"]
    assert aligned([row], 28) == ["key  one two three four five", "     six seven"]


def test_a_pipe_and_a_narrow_terminal_fold_nothing():
    row = ["key", "one two three four five six seven"]
    assert aligned([row]) == aligned([row], 12) == ["key  one two three four five six seven"]


def test_a_long_word_is_not_broken():
    assert aligned([["k", "a" * 40 + " b"]], 30) == ["k  " + "a" * 40, "   b"]


def test_sizes_are_read_in_steps_of_a_thousand():
    sizes = [0, 999, 1000, 1234, 999_949, 999_950, 620_000_000, 5_000_000_000_000_000]
    assert [size_text(size) for size in sizes] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "1.2 kB",
        "999.9 kB",
        "1.0 MB",
        "620.0 MB",
        "5000.0 TB",
    ]
