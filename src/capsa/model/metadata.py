"""What a distribution says of itself: the core metadata that resolving and showing need.

Follows the core metadata specification (PEPs 566, 643, 685, 753). Parsing is lenient, as indexes hold decades of files:
an unreadable field is dropped, a missing Name or Version is an error.
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from capsa.errors import IntegrityError
from capsa.value import field, value


@value
class Metadata:
    """The core metadata of one distribution, as texts.

    ``name`` is as its author writes it; ``requires`` are PEP 508 texts in file order; ``extras`` are normalized;
    ``details`` holds the fields that only ``show`` reads, by their lower-case header name.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    requires_python: str | None = None
    extras: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """The normalized name."""
        return canonicalize_name(self.name)


_DETAILS = ("summary", "home-page", "author", "author-email", "license", "license-expression")


def parse_metadata(content: bytes, place: str) -> Metadata:
    """Return the metadata in the bytes of a METADATA or PKG-INFO file.

    ``place`` names the file in the IntegrityError that is raised when Name or Version is missing.
    """
    headers = _headers(content)
    name, version = headers.get("name", [""])[0], headers.get("version", [""])[0]
    if not name or not version:
        raise IntegrityError(f"{place} has no {'Name' if not name else 'Version'}, so it is not core metadata")
    details = {key: headers[key][0] for key in _DETAILS if headers.get(key, [""])[0]}
    for url in headers.get("project-url", ()):
        label, _, address = url.partition(",")
        if label.strip().lower().replace("-", "").replace(" ", "") == "homepage":
            details.setdefault("home-page", address.strip())
    return Metadata(
        name=name,
        version=version,
        requires=tuple(_unfold(text) for text in headers.get("requires-dist", ())),
        requires_python=_unfold(headers.get("requires-python", [""])[0]) or None,
        extras=tuple(canonicalize_name(extra) for extra in headers.get("provides-extra", ())),
        details=details,
    )


def _headers(content: bytes) -> dict[str, list[str]]:
    """Return the values of each header by lower-case name; a line of more than one keeps its line breaks.

    The email package would take several times as long, and garble what is not ASCII. Only the part before the first
    blank line is read: the description that follows may be long and in any encoding.
    """
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for raw in content.partition(b"\n\n")[0].splitlines():
        if not raw:
            break
        line = raw.decode("utf-8", "replace")
        if line[0] in " \t":
            if values:
                values[-1] += f"\n{line.rstrip()}"
            continue
        name, colon, value = line.partition(":")
        if not colon:
            break  # not a header: as for every reader of email, the headers end here
        values = found.setdefault(name.strip().lower(), [])
        values.append(value.strip())
    return found


def _unfold(text: str) -> str:
    return " ".join(text.split())
