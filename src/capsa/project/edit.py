"""Dependencies written into a pyproject.toml and taken out of it; every other character of the file stays as it is.

Works on the text at the places that `span` finds, and compares what TOML reads before and after: an edit that would
change anything else is refused, not written. Writes no file. Follows PEP 508, PEP 621 and PEP 735.
"""

from __future__ import annotations

import copy
import re
from typing import Any, Literal

from capsa.errors import RequirementError
from capsa.model.name import normalize
from capsa.model.requirement import Requirement, parse_requirement
from capsa.project.find import kind_of, parse_document
from capsa.project.section import begin_list
from capsa.project.span import Entry, Path, items, outline
from capsa.project.splice import broken, delete, emptied, insert, line_width, manner_of, quote_of, quoted
from capsa.value import value

WIDEST = 88  # columns of a line that lists dependencies; a longer one is broken into an item a line

_MARK = "\ufeff"
_NAME = r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"


@value
class Place:
    """One list of dependencies: of the project, of an extra, of a group (by a normalized ``name``), of a script."""

    kind: Literal["project", "extra", "group", "script"] = "project"
    name: str = ""

    @property
    def title(self) -> str:
        """How messages call it: "dependency-groups.dev"."""
        return ".".join(self.path)

    @property
    def path(self) -> Path:
        """The keys that lead to it, where the file spells the name so."""
        if self.kind == "extra":
            return ("project", "optional-dependencies", self.name)
        if self.kind == "group":
            return ("dependency-groups", self.name)
        return ("dependencies",) if self.kind == "script" else ("project", "dependencies")

    @property
    def option(self) -> str:
        """The option of the command line that names it, "" where it needs none."""
        if self.kind == "extra":
            return f"--optional {self.name}"
        if self.kind == "group":
            return "--dev" if self.name == "dev" else f"--group {self.name}"
        return ""


class Document:
    """A pyproject.toml, or the block of a script, that is being edited; ``path`` is how messages name it.

    Raises RequirementError for what is no TOML.
    """

    def __init__(self, content: bytes, path: str) -> None:
        self._path = path
        self._parsed: dict[str, Any] = parse_document(content, path)
        text = content.decode("utf-8")
        self._mark = _MARK if text.startswith(_MARK) else ""
        self._text = text.removeprefix(_MARK)

    @property
    def content(self) -> bytes:
        """The file as it is now."""
        return (self._mark + self._text).encode("utf-8")

    def texts(self, place: Place) -> tuple[str, ...]:
        """Return the demands of a list as they are written; inclusions of groups are left out."""
        return tuple(item for item in self._list(self._spelled(place)) or () if isinstance(item, str))

    def names(self, place: Place) -> tuple[str, ...]:
        """Return the normalized names of the projects that a list demands."""
        return tuple(dict.fromkeys(_name(text) for text in self.texts(place)))

    def like(self, place: Place, requirement: Requirement) -> str | None:
        """Return the demand of a list that has the same name and marker, None where there is none."""
        listed = self._list(self._spelled(place)) or []
        index = _like(listed, requirement)
        return None if index is None else str(listed[index])

    def places_of(self, name: str) -> tuple[Place, ...]:
        """Return every list that demands a project, by its normalized name."""
        groups = _at(self._parsed, ("dependency-groups",))
        extras = _at(self._parsed, ("project", "optional-dependencies"))
        every = (
            Place(),
            *(Place(kind="group", name=normalize(key)) for key in groups or ()),
            *(Place(kind="extra", name=normalize(key)) for key in extras or ()),
        )
        return tuple(place for place in every if name in self.names(place))

    def add(self, place: Place, text: str) -> Literal["add", "change"] | None:
        """Write a demand into a list, which is made where it is missing, and return what that was.

        A demand with the same name and marker gives way and keeps its comment. None: it is there as it should be.
        """
        path = self._spelled(place)
        listed = self._list(path)
        if listed is None:
            self._begin(place, path)
            listed = []
        index = _like(listed, parse_requirement(text))
        if index is None:
            self._insert(path, _position(listed, text), text)
            return "add"
        if listed[index] == text:
            return None
        self._replace(path, index, text)
        return "change"

    def remove(self, place: Place, name: str) -> tuple[str, ...]:
        """Take every demand for a project (by its normalized name) out of a list; return what was written there."""
        path = self._spelled(place)
        listed = list(self._list(path) or [])
        removed = [index for index, item in enumerate(listed) if isinstance(item, str) and _name(item) == name]
        for index in reversed(removed):
            expected = copy.deepcopy(self._parsed)
            del _at(expected, path)[index]
            self._take(delete(self._text, self._entry(path).value, index), expected)
        if removed:
            self._take(emptied(self._text, self._entry(path).value), self._parsed)
        return tuple(str(listed[index]) for index in removed)

    def _spelled(self, place: Place) -> Path:
        """Return the keys of a list as the file spells them: names are compared in their normalized form."""
        *parent, name = place.path
        if place.kind in {"project", "script"}:
            return place.path
        table = _at(self._parsed, tuple(parent))
        spelled = [key for key in table if normalize(key) == name] if isinstance(table, dict) else []
        return (*parent, spelled[0] if spelled else name)

    def _list(self, path: Path) -> list[Any] | None:
        value = _at(self._parsed, path)
        if value is not None and not isinstance(value, list):
            raise RequirementError(f"{self._path}: the key {'.'.join(path)} must be a list, not {kind_of(value)}")
        return value

    def _entry(self, path: Path) -> Entry:
        entry = outline(self._text).entry(path)
        if entry is None:
            raise self._refusal()
        return entry

    def _begin(self, place: Place, path: Path) -> None:
        if place.kind in {"project", "extra"}:
            self._require_project(path[1])
        expected = copy.deepcopy(self._parsed)
        table: Any = expected
        for index, key in enumerate(path[:-1]):
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise RequirementError(
                    f"{self._path}: [{'.'.join(path[: index + 1])}] must be a table, not {kind_of(table)}"
                )
        table[path[-1]] = []
        begun = begin_list(self._text, path, manner_of(self._text))
        if begun is None:
            raise self._refusal()
        self._take(begun, expected)

    def _require_project(self, key: str) -> None:
        project = self._parsed.get("project")
        if not isinstance(project, dict):
            raise RequirementError(
                f"{self._path} has no [project] table, so it has no place for {key}",
                hints=(
                    'begin the table with a name and a version: `[project]`, `name = "..."`, `version = "0.1.0"`',
                    "write it into a group, which needs no project: `--dev` or `--group NAME`",
                ),
            )
        if key in project.get("dynamic", []):
            raise RequirementError(
                f"{self._path}: project.dynamic leaves {key} to the build backend",
                hints=(f"take `{key}` out of project.dynamic, or write it where the build backend reads it",),
            )

    def _insert(self, path: Path, index: int, text: str) -> None:
        expected = copy.deepcopy(self._parsed)
        _at(expected, path).insert(index, text)
        value = self._entry(path).value
        raw = quoted(text, quote_of(self._text, items(self._text, value)))
        manner = manner_of(self._text)
        self._take(insert(self._text, value, index, raw, manner), expected)
        entry = self._entry(path)
        is_line = "\n" not in self._text[entry.value.start : entry.value.end] and not entry.is_inline
        if is_line and line_width(self._text, entry.value.start) > WIDEST:
            self._take(broken(self._text, entry.value, manner), expected)

    def _replace(self, path: Path, index: int, text: str) -> None:
        expected = copy.deepcopy(self._parsed)
        _at(expected, path)[index] = text
        place = items(self._text, self._entry(path).value)[index]
        raw = quoted(text, quote_of(self._text, (place,)))
        self._take(self._text[: place.start] + raw + self._text[place.end :], expected)

    def _take(self, text: str, expected: dict[str, Any]) -> None:
        """Let the text be the new one, if it says what was meant and nothing else."""
        try:
            found = parse_document(text.encode("utf-8"), self._path)
        except RequirementError as error:
            raise self._refusal() from error
        if not _is_same(found, expected):
            raise self._refusal()
        self._text, self._parsed = text, found

    def _refusal(self) -> RequirementError:
        return RequirementError(
            f"{self._path} is laid out in a way that capsa can't edit without changing more than it should",
            hints=("edit the list by hand, and then: `capsa sync`",),
        )


def is_name(text: str) -> bool:
    """Whether a text can be the name of a project, an extra or a group (PEP 508, PEP 685, PEP 735)."""
    found = re.fullmatch(_NAME, text)
    return found is not None and found[1] == text


def _is_same(left: Any, right: Any) -> bool:
    """Whether two values of TOML are equal, also where a number in them is ``nan``."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_is_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_is_same, left, right))
    return bool(left == right) or repr(left) == repr(right) == "nan"


def _at(document: Any, path: Path) -> Any:
    """Return the value at a path, None where there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _name(text: str) -> str:
    found = re.match(_NAME, text)
    return normalize(found[1]) if found else ""


def _like(listed: list[Any], requirement: Requirement) -> int | None:
    """Return the index of the demand with the same name and marker, or None."""
    for index, item in enumerate(listed):
        if isinstance(item, str) and _name(item) == requirement.name:
            try:
                marker = parse_requirement(item).marker
            except RequirementError:
                continue  # what can't be read is not the same; whoever reads the file says what is wrong
            if str(marker) == str(requirement.marker):
                return index
    return None


def _position(listed: list[Any], text: str) -> int:
    """Return where a new demand goes: into the order of a list that has one, else behind the last demand."""
    written = [(index, item) for index, item in enumerate(listed) if isinstance(item, str)]
    if not written:
        return len(listed)
    for order in (_by_name, str.casefold, str):
        ranks = [order(item) for _, item in written]
        if ranks == sorted(ranks):
            rank: Any = order(text)
            return next((index for index, item in written if order(item) > rank), written[-1][0] + 1)
    return written[-1][0] + 1


def _by_name(text: str) -> tuple[str, str]:
    return _name(text), text.casefold()
