"""The lists of demands of a pyproject.toml as they are written: every text a requirement, with its line.

Follows PEP 508, PEP 621, PEP 685 and PEP 735. Fills nothing in: that is `expansion`'s work. Collects what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.markers import Marker

from capsa.errors import RequirementError
from capsa.model.metadata import Metadata
from capsa.model.name import normalize
from capsa.model.requirement import Origin, Requirement, parse_requirement
from capsa.project.find import Project, kind_of, table_of
from capsa.project.reference import require_address
from capsa.project.span import Outline, Path, items, line_of, outline
from capsa.value import field, replace, value

REQUIREMENTS: Path = ("project", "dependencies")
EXTRAS: Path = ("project", "optional-dependencies")
GROUPS: Path = ("dependency-groups",)

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_ADDRESS = r"file:/|(?!file:)[A-Za-z][A-Za-z0-9+.-]*:"
# The form in which nearly all build backends write the demands of an extra; and the part of it that names the extra.
_OF_EXTRA = r'(?:(?P<rest>.*\S) and )?extra == "(?P<extra>[^"]*)"'
_EXTRA = r'extra == "([^"]*)"'
_ALWAYS, _NEVER = 'python_version >= "0"', 'python_version < "0"'


@value
class Inclusion:
    """One ``{include-group = "name"}``: the normalized name, and where it stands."""

    group: str
    origin: Origin


Listed = Requirement | Inclusion


@value
class Lists:
    """The lists by their normalized names; ``places`` tells how messages name an extra or group: ("group", "dev")."""

    requirements: tuple[Requirement, ...] = ()
    extras: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[Listed, ...]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Origin] = field(default_factory=dict)


class Problems:
    """What is wrong with a file: collected, and raised once."""

    def __init__(self) -> None:
        self._found: list[RequirementError] = []

    def add(self, error: RequirementError) -> None:
        """Remember one thing; the same sentence counts once."""
        if all(str(error) != str(other) for other in self._found):
            self._found.append(error)

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            hints = dict.fromkeys(hint for error in self._found for hint in error.hints)
            text = "; ".join(error.message for error in self._found)
            raise RequirementError(f"{len(self._found)} things can't be used: {text}", hints=tuple(hints))


def read_lists(project: Project, place: str, problems: Problems) -> Lists:
    """Return the lists of a project; what is wrong goes to ``problems`` and is left out."""
    text = project.content.decode("utf-8-sig", "replace")
    reader = ListReader(text=text, place=place, problems=problems)
    optional = table_of(project.table, "optional-dependencies", place, prefix="project.")
    requirements = reader.demands(project.table.get("dependencies", []), REQUIREMENTS)
    extras = {name: reader.demands(optional[key], (*EXTRAS, key)) for name, key in reader.names(optional, EXTRAS)}
    groups = {
        name: reader.listed(project.groups[key], (*GROUPS, key)) for name, key in reader.names(project.groups, GROUPS)
    }
    return Lists(requirements=requirements, extras=extras, groups=groups, places=reader.places)


class ListReader:
    """Turns lists of TOML into demands; ``text`` is the file that they stand in, ``above`` the lines before it."""

    def __init__(self, *, text: str, place: str, problems: Problems, above: int = 0) -> None:
        self.places: dict[tuple[str, str], Origin] = {}
        self._text = text
        self._place = place
        self._problems = problems
        self._above = above
        self._outline: Outline = outline(text)

    def names(self, table: Mapping[str, object], path: Path) -> list[tuple[str, str]]:
        """Return (normalized name, key) of each list of a table; one that is no name, or twice there, is a problem."""
        found: dict[str, str] = {}
        what = "group" if path == GROUPS else "extra"
        for key in table:
            origin = self._origin((*path, key), "", None)
            if not re.fullmatch(_NAME, key):
                self._problems.add(
                    RequirementError(f"{origin}: `{key}` is not a name for a{'n' * (what == 'extra')} {what}")
                )
            elif (name := normalize(key)) in found:
                self._problems.add(
                    RequirementError(
                        f"{origin}: `{key}` and `{found[name]}` are the same {what}, as names are compared"
                    )
                )
            else:
                found[name] = key
                self.places[(what, name)] = origin
        return list(found.items())

    def demands(self, value: object, path: Path) -> tuple[Requirement, ...]:
        """Return a list that holds texts only."""
        return tuple(demand for demand in self._all(value, path, may_include=False) if isinstance(demand, Requirement))

    def listed(self, value: object, path: Path) -> tuple[Listed, ...]:
        """Return a list that holds texts and inclusions (PEP 735)."""
        return tuple(self._all(value, path, may_include=True))

    def _all(self, value: object, path: Path, *, may_include: bool) -> list[Listed]:
        key = ".".join(path)
        if not isinstance(value, list):
            origin = self._origin(path, "", None)
            self._problems.add(
                RequirementError(
                    f"{origin}: the key {key} must be a list of requirements, not {kind_of(value)}",
                    hints=(f'write it like {path[-1]} = ["requests>=2.31"]',),
                )
            )
            return []
        found: list[Listed] = []
        for index, item in enumerate(value):
            try:
                found.append(_listed(item, self._origin(path, str(item), index), key, may_include=may_include))
            except RequirementError as error:
                self._problems.add(error)
        return found

    def _origin(self, path: Path, item: str, index: int | None) -> Origin:
        """Return the line of a list, or of its item number ``index``."""
        entry = self._outline.entry(path)
        if entry is None:
            return Origin(place=self._place)
        offset = entry.key.start
        if index is not None:
            places = items(self._text, entry.value)
            if index < len(places):
                offset = places[index].start
                within = self._text.find(item.strip(), offset, places[index].end)  # a text of several lines
                offset = max(offset, within)
        return Origin(place=self._place, line=self._above + line_of(self._text, offset))


def _listed(item: object, origin: Origin, key: str, *, may_include: bool) -> Listed:
    if isinstance(item, str):
        return read_demand(item, origin)
    if not may_include:
        raise RequirementError(f"{origin}: the key {key} must hold texts, not {kind_of(item)}")
    group = item.get("include-group") if isinstance(item, dict) and len(item) == 1 else None
    if not isinstance(group, str):
        raise RequirementError(
            f"{origin}: the group {key} must hold requirements and inclusions, not {kind_of(item)}",
            hints=('an inclusion is written {include-group = "test"}',),
        )
    return Inclusion(group=normalize(group), origin=origin)


def read_demand(text: str, origin: Origin) -> Requirement:
    """Return one demand of a standard list: PEP 508, so that a path must be absolute."""
    requirement = parse_requirement(text, origin)
    require_address(requirement)
    if requirement.url is not None and not re.match(_ADDRESS, requirement.url):
        raise RequirementError(
            f"{origin}: `{requirement.text}` names a path, and a standard dependency must give a whole URL",
            hints=(f"write `{requirement.name} @ file:///...`, as `capsa add PATH` does",),
        )
    return requirement


def narrowed_to(told: Metadata, place: str) -> tuple[tuple[Requirement, ...], dict[str, tuple[Requirement, ...]]]:
    """Return the demands of a distribution without extras, and those of each extra, their markers without it."""
    plain: list[Requirement] = []
    extras: dict[str, list[Requirement]] = {extra: [] for extra in told.extras}
    for text in told.requires:
        requirement = parse_requirement(text, Origin(place=place))
        marker = str(requirement.marker or "")
        if not re.search(_EXTRA, marker):
            plain.append(requirement)
        for extra in dict.fromkeys(re.findall(_EXTRA, marker)):
            narrowed = replace(requirement, marker=_without_extra(marker, extra))
            extras.setdefault(normalize(extra), []).append(narrowed)
    return tuple(plain), {name: tuple(demands) for name, demands in extras.items()}


def _without_extra(marker: str, extra: str) -> Marker | None:
    """Return what a marker says where one extra, and no other, is wanted; None for nothing."""
    found = re.fullmatch(_OF_EXTRA, marker, flags=re.DOTALL)
    if found and not re.search(_EXTRA, found["rest"] or ""):
        return Marker(found["rest"]) if found["rest"] else None
    return Marker(re.sub(_EXTRA, lambda one: _ALWAYS if one[1] == extra else _NEVER, marker))
