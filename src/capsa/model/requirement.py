"""A demand: what is wanted of one project, and who wants it (PEP 508 and PEP 440).

Never reads a file: the text and its origin come in as values.
"""

from __future__ import annotations

from dataclasses import dataclass

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from capsa.errors import RequirementError


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a demand was written: a file and a line (counted from 1), or a place without lines."""

    place: str
    line: int | None = None

    def __str__(self) -> str:
        return self.place if self.line is None else f"{self.place} line {self.line}"


COMMAND_LINE = Origin(place="the command line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One demand on one project.

    ``name`` and ``extras`` are normalized (PEP 503, PEP 685); ``url`` is a direct reference (PEP 440) or None;
    ``hashes`` are "sha256:hex" texts of which one must match, empty where none was given; ``text`` is the demand as
    its author wrote it.
    """

    name: str
    extras: frozenset[str]
    specifier: SpecifierSet
    marker: Marker | None
    url: str | None
    text: str
    origin: Origin
    hashes: tuple[str, ...] = ()

    @property
    def demand(self) -> str:
        """The demand without its marker, as messages show it: "celery[redis]>=5"."""
        return self.text.split(";", 1)[0].strip()

    def is_wanted(self, environment: dict[str, str], extra: str = "") -> bool:
        """Whether the marker holds in a PEP 508 ``environment`` for one normalized ``extra`` ("" for none)."""
        if self.marker is None:
            return True
        return self.marker.evaluate({**environment, "extra": extra})


def parse_requirement(text: str, origin: Origin = COMMAND_LINE, hashes: tuple[str, ...] = ()) -> Requirement:
    """Return the demand that ``text`` states (PEP 508).

    Raises RequirementError with the reader's own words and the origin when the text can't be read.
    """
    try:
        parsed = ParsedRequirement(text)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise RequirementError(
            f"{origin}: `{text}` is not a requirement: {reason}",
            hints=("write a project name, then its versions: `requests>=2.31,<3`",),
        ) from error
    return Requirement(
        name=canonicalize_name(parsed.name),
        extras=frozenset(canonicalize_name(extra) for extra in parsed.extras),
        specifier=parsed.specifier,
        marker=parsed.marker,
        url=parsed.url,
        text=text.strip(),
        origin=origin,
        hashes=hashes,
    )
