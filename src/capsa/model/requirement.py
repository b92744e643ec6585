"""A demand: what is wanted of one project, and who wants it (PEP 508 and PEP 440).

Never reads a file: the text and its origin come in as values.
"""

from __future__ import annotations

import re

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from capsa.errors import RequirementError
from capsa.value import value

_STRONG, _WEAK = ("sha256", "sha384", "sha512"), ("md5", "sha1", "sha224")
_SHOWN = 60  # characters of a demand that is too long to be shown whole


@value
class Origin:
    """Where a demand was written: a file and a line (counted from 1), or a place without lines."""

    place: str
    line: int | None = None

    def __str__(self) -> str:
        return self.place if self.line is None else f"{self.place} line {self.line}"


COMMAND_LINE = Origin(place="the command line")


@value
class Requirement:
    """One demand on one project.

    ``name`` and ``extras`` are normalized (PEP 503, PEP 685); ``url`` is a direct reference (PEP 440) or None, without
    the parts of its fragment that tell hashes or names; ``hashes`` are "sha256:hex" texts of which one must match,
    empty where none was given; ``text`` is the demand as its author wrote it, but for passwords. ``is_editable`` asks
    for the folder at ``url`` to be linked, not copied. ``name`` is "" for a folder, archive or commit whose project is
    not known before it is looked at: `capsa.ops.direct` replaces such a demand before anybody else sees it.
    """

    name: str
    extras: frozenset[str]
    specifier: SpecifierSet
    marker: Marker | None
    url: str | None
    text: str
    origin: Origin
    hashes: tuple[str, ...] = ()
    is_editable: bool = False

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

    Raises RequirementError with the reader's own words and the origin when the text can't be read, or when its URL
    comes with a hash that does not protect.
    """
    try:
        parsed = ParsedRequirement(text)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise RequirementError(
            without_password(f"{origin}: `{text}` is not a requirement: {reason}"),
            hints=("write a project name, then its versions: `requests>=2.31,<3`",),
        ) from error
    except RecursionError as error:
        shown = without_password(text.strip())[:_SHOWN]
        raise RequirementError(
            f"{origin}: the requirement that begins with `{shown}` can't be read: its marker is nested too deeply"
        ) from error
    url, named, keys = split_fragment(parsed.url) if parsed.url else (None, (), {})
    if weak := [name for name in _WEAK if name in keys]:
        raise RequirementError(
            without_password(f"{origin}: the {weak[0]} in `{text.strip()}` is too weak to be checked"),
            hints=("give its sha256 instead: #sha256=0123...",),
        )
    return Requirement(
        name=canonicalize_name(parsed.name),
        extras=frozenset(canonicalize_name(extra) for extra in parsed.extras),
        specifier=parsed.specifier,
        marker=parsed.marker,
        url=url,
        text=without_password(text.strip()),
        origin=origin,
        hashes=(*hashes, *named),
    )


def split_fragment(url: str) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Return (the address, its strong hashes as "sha256:hex", the other keys of its fragment) of a direct reference.

    ``subdirectory`` stays in the address as well: it says what is meant, not only what it must be.
    """
    address, _, fragment = url.partition("#")
    keys = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
    hashes = tuple(f"{name}:{keys.pop(name).lower()}" for name in _STRONG if name in keys)
    if "subdirectory" in keys:
        address = f"{address}#subdirectory={keys['subdirectory']}"
    return address, hashes, keys


def without_password(text: str) -> str:
    """Return a text with the user names and passwords of the URLs in it hidden."""
    return re.sub(r"://[^/\s@]*@", "://****@", text)
