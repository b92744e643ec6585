"""Where things stand in the text of a TOML file: keys, values, the items of a list. PURE.

tomllib tells no places. The text must be valid TOML, as tomllib has said before: nothing is checked here, and nothing
is worked out but places. Follows TOML 1.0; line breaks and a last comma in inline tables (TOML 1.1) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from capsa.value import value

Path = tuple[str, ...]
"""The keys that lead to a value: ("project", "dependencies")."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # up to two quotation marks may stand before the closing three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<sign>[\[\]{},=.])"
    r"|(?P<space>[ \t\r]+)"
    r"|(?P<end>\n)"
    r"""|[^\s"'#\[\]{},=.]+""",
    re.DOTALL,
)
_OPENING, _CLOSING = ("[", "{"), ("]", "}")


@value
class Span:
    """A part of a text: from offset ``start`` up to ``end``, in characters."""

    start: int
    end: int


@value
class Entry:
    """One ``key = value``: the whole path of the key, the place of the key as written there, and of the value.

    ``is_inline`` tells that it stands in an inline table.
    """

    path: Path
    key: Span
    value: Span
    is_inline: bool = False


@value
class Header:
    """One ``[table]`` or ``[[table]]``: the path, and the place of the line, without its end."""

    path: Path
    line: Span


@value
class Outline:
    """All headers and all entries of a file, in the order of the text."""

    headers: tuple[Header, ...]
    entries: tuple[Entry, ...]

    def entry(self, path: Path) -> Entry | None:
        """Return the first entry with this path, or None."""
        return next((entry for entry in self.entries if entry.path == path), None)

    def header(self, path: Path) -> Header | None:
        """Return the header with this path, or None."""
        return next((header for header in self.headers if header.path == path), None)


@value
class _Token:
    kind: str  # "comment", "sign", "space", "end", or "word" for keys and for all scalar values
    text: str
    start: int
    end: int


def outline(text: str) -> Outline:
    """Return where everything in a TOML file stands."""
    reader = _Reader(text)
    reader.read()
    return Outline(headers=tuple(reader.headers), entries=tuple(reader.entries))


def items(text: str, value: Span) -> tuple[Span, ...]:
    """Return the places of the items of the list that stands at ``value``."""
    found: list[Span] = []
    depth, start, last = 0, -1, -1
    for token in _tokens(text, value.start + 1, value.end - 1):
        if token.kind in {"comment", "space", "end"}:
            continue
        if depth == 0 and token.text == ",":
            found.append(Span(start=start, end=last))
            start = -1
            continue
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        start = token.start if start < 0 else start
        last = token.end
    return (*found, Span(start=start, end=last)) if start >= 0 else tuple(found)


def separator(text: str, start: int, end: int) -> int | None:
    """Return the offset of the first comma between an item's ``end`` and whatever follows it, or None."""
    for token in _tokens(text, start, end):
        if token.kind not in {"comment", "space", "end"}:
            return token.start if token.text == "," else None
    return None


def has_comment(text: str, start: int, end: int) -> bool:
    """Whether there is a comment in a part of a text that begins outside of any string."""
    return any(token.kind == "comment" for token in _tokens(text, start, end))


def line_of(text: str, offset: int) -> int:
    """Return the number of the line, counted from 1, in which an offset lies."""
    return text.count("\n", 0, offset) + 1


def _tokens(text: str, start: int, end: int) -> Iterator[_Token]:
    place = start
    while place < end:
        found = _TOKEN.match(text, place, end)
        if found is None:  # what valid TOML never holds: pass over it, as nothing is checked here
            place += 1
            continue
        yield _Token(kind=found.lastgroup or "word", text=found[0], start=place, end=found.end())
        place = found.end()


class _Reader:
    """Walks through a text once, statement by statement."""

    def __init__(self, text: str) -> None:
        self.headers: list[Header] = []
        self.entries: list[Entry] = []
        self._tokens = [token for token in _tokens(text, 0, len(text)) if token.kind not in {"space", "comment"}]
        self._next = 0
        self._table: Path = ()

    def read(self) -> None:
        """Fill ``headers`` and ``entries``."""
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == "end":
                self._next += 1
            elif token.text == "[":
                self._header(token)
            else:
                self._entry(self._table, is_inline=False)

    def _header(self, first: _Token) -> None:
        words: list[str] = []
        end = first.end
        while self._next < len(self._tokens) and (token := self._tokens[self._next]).kind != "end":
            if token.kind == "word":
                words.append(_key(token.text))
            end = token.end
            self._next += 1
        self._table = tuple(words)
        self.headers.append(Header(path=self._table, line=Span(start=first.start, end=end)))

    def _entry(self, table: Path, *, is_inline: bool) -> None:
        first = self._tokens[self._next]
        words: list[str] = []
        end = first.end
        while (token := self._take()).text != "=":
            if token.kind == "word":
                words.append(_key(token.text))
            end = token.end
        path, place = (*table, *words), len(self.entries)
        value = self._value(path)
        entry = Entry(path=path, key=Span(start=first.start, end=end), value=value, is_inline=is_inline)
        self.entries.insert(place, entry)  # before those inside of it

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _value(self, path: Path) -> Span:
        token = self._take()
        if token.text == "{":
            return self._inline_table(token, path)
        if token.text == "[":
            return self._list(token)
        end = token.end
        # A number or a time may be made of several words: 1.5, 07:32:00.999.
        while self._next < len(self._tokens) and self._tokens[self._next].text not in {"\n", ",", "}", "]"}:
            end = self._take().end
        return Span(start=token.start, end=end)

    def _inline_table(self, opening: _Token, path: Path) -> Span:
        while (token := self._tokens[self._next]).text != "}":
            if token.kind == "word":
                self._entry(path, is_inline=True)
            else:
                self._next += 1
        return Span(start=opening.start, end=self._take().end)

    def _list(self, opening: _Token) -> Span:
        depth, end = 1, opening.end
        while depth:
            token = self._take()
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            end = token.end
        return Span(start=opening.start, end=end)


def _key(text: str) -> str:
    if text[0] == "'":
        return text[1:-1]
    if text[0] != '"':
        return text
    import json  # noqa: PLC0415 - a quoted key is rare, and 5 ms

    # Keys in double quotes escape as JSON does, but for \U with eight digits and \e, which nobody writes there.
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
