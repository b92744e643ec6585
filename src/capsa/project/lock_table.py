"""Checked reading of a TOML document: what is not as it should be is noted with its dotted place, and nothing raised.

Knows nothing of what the keys mean; whoever reads raises all the notes at once.
"""

from __future__ import annotations

import re

from capsa.model.name import normalize

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Table:
    """One table: its methods return what a key holds, or nothing after a note that says what is expected there.

    ``place`` is the dotted place of the table, "" for the whole document; ``notes`` is shared by all its tables.
    """

    __slots__ = ("_content", "_place", "notes")

    def __init__(self, content: dict[str, object], notes: list[str], place: str = "") -> None:
        self._content = content
        self._place = place
        self.notes = notes

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def note(self, key: str, expected: str) -> None:
        """Note that what is at a key ("" for the table itself) is not as expected: "must be a text"."""
        place = ".".join(part for part in (self._place, key) if part)
        self.notes.append(f"{place} {expected}")

    def text(self, key: str, *, is_needed: bool = False) -> str | None:
        """Return the text at a key, None where there is none."""
        value = self._content.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            self.note(key, "must be a text")
        elif is_needed:
            self.note(key, "is missing")
        return None

    def name(self, key: str) -> str:
        """Return the normalized name that must be at a key, "" after a note."""
        value = self.text(key, is_needed=True)
        return "" if value is None else self._name(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts in the array at a key, none where there is no such key."""
        values = self._array(key, "texts")
        for number, value in enumerate(values):
            if not isinstance(value, str):
                self.note(f"{key}[{number}]", "must be a text")
        return tuple(value for value in values if isinstance(value, str))

    def names(self, key: str) -> tuple[str, ...]:
        """Return the normalized names in the array at a key."""
        return tuple(self._name(f"{key}[{number}]", text) for number, text in enumerate(self.texts(key)))

    def size(self, key: str) -> int | None:
        """Return the number of bytes at a key, None where there is none."""
        value = self._content.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        self.note(key, "must be a whole number, 0 or more")
        return None

    def flag(self, key: str) -> bool:
        """Return the boolean at a key, False where there is none."""
        value = self._content.get(key, False)
        if not isinstance(value, bool):
            self.note(key, "must be true or false")
        return value is True

    def value(self, key: str) -> object:
        """Return whatever is at a key, None where there is none."""
        return self._content.get(key)

    def content(self, key: str) -> dict[str, object]:
        """Return the table at a key as TOML gives it, an empty one where there is none."""
        value = self._content.get(key, {})
        if isinstance(value, dict):
            return value
        self.note(key, "must be a table")
        return {}

    def table(self, key: str) -> Table | None:
        """Return the table at a key, None where there is none."""
        if key not in self._content:
            return None
        return self._inner(key, self._content[key])

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the tables in the array at a key, none where there is no such key."""
        inner = (self._inner(f"{key}[{number}]", value) for number, value in enumerate(self._array(key, "tables")))
        return tuple(table for table in inner if table is not None)

    def _inner(self, key: str, value: object) -> Table | None:
        if isinstance(value, dict):
            return Table(value, self.notes, f"{self._place}.{key}" if self._place else key)
        self.note(key, "must be a table")
        return None

    def _array(self, key: str, of: str) -> list[object]:
        value = self._content.get(key, [])
        if isinstance(value, list):
            return value
        self.note(key, f"must be an array of {of}")
        return []

    def _name(self, key: str, text: str) -> str:
        name = normalize(text)
        if _NAME.fullmatch(name):
            return name
        self.note(key, f"must be a name of letters, digits and `-`, not `{text}`")
        return ""
