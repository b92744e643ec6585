r"""What a terminal would show: a small one that knows \r, \n, colours, and the erasing and moving of capsa (ECMA-48).

Other escapes are refused. It folds a line that reaches its edge, and scrolls.
"""

from __future__ import annotations

import re
from itertools import groupby

_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b|[\r\n\x08\x07]|[^\x1b\r\n\x08\x07]")
_COLORS = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}

Cell = tuple[str, str]  # a character and its colour


class Terminal:
    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.width, self.height = width, height
        self.rows: list[list[Cell]] = [[]]
        self.row = self.column = 0
        self._color = ""

    def feed(self, text: str) -> Terminal:
        for token in _TOKEN.finditer(text):
            if token[2]:
                self._control(token[1], token[2])
            elif token[0] == "\r":
                self.column = 0
            elif token[0] == "\n":
                self._down()
                self.column = 0
            else:
                assert token[0].isprintable(), f"the terminal was sent {token[0]!r}"
                self._put(token[0])
        return self

    def _control(self, number: str, letter: str) -> None:
        line = self.rows[self.row]
        if letter == "A":
            top = max(0, len(self.rows) - self.height)
            self.row = max(top, self.row - int(number or 1))
        elif letter == "K":
            del line[self.column :]
        elif letter == "J":
            del line[self.column :]
            del self.rows[self.row + 1 :]
        else:
            assert letter == "m", f"the terminal was sent \\x1b[{number}{letter}"
            self._color = "" if number in {"", "0"} else " ".join(_COLORS[part] for part in number.split(";"))

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])

    def _put(self, character: str) -> None:
        if self.column == self.width:
            self._down()
            self.column = 0
        line = self.rows[self.row]
        line += [(" ", "")] * (self.column - len(line))
        line[self.column : self.column + 1] = [(character, self._color)]
        self.column += 1

    @property
    def text(self) -> str:
        """Everything that stands there, above the window too, without space at the ends of lines."""
        lines = ("".join(character for character, _ in row).rstrip() for row in self.rows)
        return "\n".join(lines).rstrip("\n")

    @property
    def painted(self) -> str:
        """The same with its colours: ``{red:error:} ...``."""
        return "\n".join(_painted(row) for row in self.rows).rstrip("\n")


def _painted(row: list[Cell]) -> str:
    parts = []
    for color, cells in groupby(row, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in cells)
        parts.append(f"{{{color}:{text}}}" if color else text)
    return "".join(parts).rstrip()
