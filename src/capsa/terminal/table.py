"""Rows in columns. On a terminal the last column is folded under itself; in a pipe a row is a line.

Returns text and writes nothing. Widths are those of a terminal: wide characters take two columns (UAX 11).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_GAP = "  "
_LEAST = 20  # a last column narrower than this is not folded: the terminal does no worse


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def aligned(rows: Sequence[Sequence[str]], width: int | None = None) -> list[str]:
    """Return a line for each row, cells padded to the widest of their column, without space at the end of a line.

    ``width`` is that of the terminal: rows that are wider are folded in their last column, at spaces. None is a pipe.
    """
    if not rows:
        return []
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    room = None if width is None else width - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1)
    lines = []
    for row in rows:
        front = _GAP.join([cell + " " * (wide - columns(cell)) for cell, wide in zip(row[:-1], widths, strict=False)])
        front += _GAP if len(row) > 1 else ""
        for number, part in enumerate(_folded(row[-1], room)):
            lines.append(((front if number == 0 else " " * columns(front)) + part).rstrip())
    return lines


def _folded(text: str, room: int | None) -> list[str]:
    if room is None or room < _LEAST or columns(text) <= room:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if line and columns(joined) > room:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line]
