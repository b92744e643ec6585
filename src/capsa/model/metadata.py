"""What a distribution says of itself: the core metadata that resolving and showing need.

Follows the core metadata specification (PEPs 566, 643, 685, 753). Parsing is lenient, as indexes hold decades of files:
an unreadable field is dropped, a missing Name or Version is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.parser import BytesHeaderParser

from packaging.utils import canonicalize_name

from capsa.errors import IntegrityError


@dataclass(frozen=True, slots=True, kw_only=True)
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
    # Only the headers are wanted: the description that follows them may be long and in any encoding.
    message = BytesHeaderParser().parsebytes(content)
    name, version = message["Name"], message["Version"]
    if not name or not version:
        raise IntegrityError(f"{place} has no {'Name' if not name else 'Version'}, so it is not core metadata")
    details = {key: str(message[key]) for key in _DETAILS if message[key]}
    for url in message.get_all("Project-URL", []):
        label, _, address = str(url).partition(",")
        if label.strip().lower().replace("-", "").replace(" ", "") == "homepage":
            details.setdefault("home-page", address.strip())
    return Metadata(
        name=str(name).strip(),
        version=str(version).strip(),
        requires=tuple(_unfold(text) for text in message.get_all("Requires-Dist", [])),
        requires_python=_unfold(message["Requires-Python"]) if message["Requires-Python"] else None,
        extras=tuple(canonicalize_name(str(extra).strip()) for extra in message.get_all("Provides-Extra", [])),
        details=details,
    )


def _unfold(text: object) -> str:
    return " ".join(str(text).split())
