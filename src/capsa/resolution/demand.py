"""A demand as the solver reads it: name, extras, clauses, URL; parsed once for each text. PURE.

The common shapes of PEP 508 are read by one regular expression; whatever it does not know goes to `packaging`, which
costs five times as much. Follows PEP 440, PEP 508 and PEP 685.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement
from packaging.version import InvalidVersion, Version

from capsa.model.name import normalize
from capsa.model.requirement import Origin, Requirement, split_fragment, without_password
from capsa.resolution.marker import UnreadableDemandError
from capsa.resolution.order import Clause

_VERSION = r"[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc)[0-9]+)?(?:\.post[0-9]+)?(?:\.dev[0-9]+)?"
_CLAUSE = rf"(?:(?:>=|<=|>|<)\s*{_VERSION}|[=!]=\s*(?:{_VERSION}|[0-9]+(?:\.[0-9]+)*\.\*)|~=\s*[0-9]+(?:\.[0-9]+)+)"
_COMMON = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*"
    r"(?:\[(?P<extras>[A-Za-z0-9._-]+(?:\s*,\s*[A-Za-z0-9._-]+)*)\])?\s*"
    rf"(?P<open>\()?\s*(?P<clauses>{_CLAUSE}(?:\s*,\s*{_CLAUSE})*)?\s*(?(open)\))\s*"
    r"(?:;(?P<marker>.*))?",
    re.ASCII,
)
_PART = re.compile(r"(===|[<>=!~]=|[<>])\s*(.+)")


class Demand:
    """One demand on one project, without the one who makes it.

    ``name`` and ``extras`` are normalized; ``clauses`` are the operators and versions of its specifier; ``marker`` is
    None where there is none; ``url`` is a direct reference or None; ``text`` is what messages show, without marker and
    without secrets; ``origin`` is where the user wrote it, None for the demand of a package; ``hashes`` are
    "sha256:hex" texts.
    """

    __slots__ = ("clauses", "extras", "hashes", "marker", "name", "origin", "text", "url")

    def __init__(  # noqa: PLR0913 - one argument a field, all by name: this is the noun itself
        self,
        *,
        name: str,
        extras: tuple[str, ...] = (),
        clauses: tuple[Clause, ...] = (),
        marker: str | Marker | None = None,
        url: str | None = None,
        text: str,
        origin: Origin | None = None,
        hashes: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.extras = extras
        self.clauses = clauses
        self.marker = marker
        self.url = url
        self.text = text
        self.origin = origin
        self.hashes = hashes

    @property
    def keys(self) -> tuple[str, ...]:
        """The solver's packages that this demand is about: the project, and each of its extras."""
        return (self.name, *(f"{self.name}[{extra}]" for extra in self.extras))

    @property
    def has_named_prerelease(self) -> bool:
        """Whether a clause names a pre-release, which admits those of the project (PEP 440)."""
        return any(
            operator != "!=" and not text.endswith(".*") and _is_prerelease_named(text)
            for operator, text in self.clauses
        )

    @property
    def pins(self) -> tuple[Clause, ...]:
        """The clauses that pin one exact version, which admits a yanked one (PEP 592)."""
        return tuple(clause for clause in self.clauses if clause[0] in {"==", "==="} and not clause[1].endswith(".*"))


def _is_prerelease_named(text: str) -> bool:
    if text.replace(".", "").isdigit():
        return False
    try:
        return Version(text).is_prerelease
    except InvalidVersion:
        return False  # `===` takes any text


def demand_of(requirement: Requirement) -> Demand:
    """Return the demand that the user stated."""
    return Demand(
        name=requirement.name,
        extras=tuple(sorted(requirement.extras)),
        clauses=tuple((clause.operator, clause.version) for clause in requirement.specifier),
        marker=requirement.marker,
        url=requirement.url,
        text=requirement.demand,
        origin=requirement.origin,
        hashes=requirement.hashes,
    )


def parse_demand(text: str) -> Demand:
    """Return the demand in a Requires-Dist text; raises UnreadableDemandError when it does not follow PEP 508."""
    found = _COMMON.fullmatch(text)
    if found is None:
        return _parse_uncommon(text)
    name, extras, clauses, marker = found.group("name", "extras", "clauses", "marker")
    return Demand(
        name=normalize(name),
        extras=tuple(sorted(normalize(extra.strip()) for extra in extras.split(","))) if extras else (),
        clauses=tuple(_split(clauses)) if clauses else (),
        marker=marker.strip() if marker else None,
        text=_shown(name, extras, clauses),
    )


def _split(clauses: str) -> Iterable[Clause]:
    for clause in clauses.split(","):
        operator, version = _PART.fullmatch(clause.strip()).groups()  # type: ignore[union-attr]  # _COMMON holds
        yield operator, version


def _shown(name: str, extras: str | None, clauses: str | None) -> str:
    """The demand as people write it: `b (>=1.0, <2)` of old metadata becomes `b>=1.0,<2`."""
    brackets = f"[{','.join(extra.strip() for extra in extras.split(','))}]" if extras else ""
    return f"{name}{brackets}{''.join((clauses or '').split())}"


def _parse_uncommon(text: str) -> Demand:
    try:
        parsed = ParsedRequirement(text)
    except InvalidRequirement as error:
        raise UnreadableDemandError(f"`{text}` is not a requirement: {str(error).splitlines()[0]}") from error
    url, hashes, _ = split_fragment(parsed.url) if parsed.url else (None, (), {})
    return Demand(
        name=normalize(parsed.name),
        extras=tuple(sorted(normalize(extra) for extra in parsed.extras)),
        clauses=tuple((clause.operator, clause.version) for clause in parsed.specifier),
        marker=parsed.marker,
        url=url,
        text=without_password(text.split(";", 1)[0].strip()),
        hashes=hashes,
    )
