"""A lock as PEP 751 words it: every package with its files, and the markers that say where it belongs. PURE.

Texts are kept as they are written; `capsa.project.lock_file` reads and checks them, `lock_text` writes them in the one
canonical form, `capsa.resolution.choice` picks what one environment needs. Times are RFC 3339 texts in UTC, as
`canonical_time` writes them; sizes are bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from capsa.value import field, value

VERSION = "1.0"
FILE = "pylock.toml"

_NAME = r"pylock\.([^.]+\.)?toml"


def is_lock_name(name: str) -> bool:
    """Whether a file name is one that locks have: ``pylock.toml``, or ``pylock.NAME.toml`` with a NAME without dots."""
    return re.fullmatch(_NAME, name) is not None


@value
class LockedFile:
    """One wheel or sdist: ``name`` is its file name; it lies at ``url``, or at ``path`` relative to the lock.

    ``hashes`` maps algorithm names to lower-case hex.
    """

    name: str
    hashes: Mapping[str, str]
    url: str | None = None
    path: str | None = None
    size: int | None = None
    upload_time: str | None = None


@value
class LockedArchive:
    """A direct reference to an archive, a wheel among them: the fields of `LockedFile`, and where in it to look."""

    hashes: Mapping[str, str]
    url: str | None = None
    path: str | None = None
    size: int | None = None
    upload_time: str | None = None
    subdirectory: str | None = None


@value
class LockedFolder:
    """A folder: ``path`` is relative to the lock."""

    path: str
    is_editable: bool = False
    subdirectory: str | None = None


@value
class LockedCommit:
    """A commit under version control: ``kind`` is "git", ``commit_id`` exact; it lies at ``url`` or ``path``."""

    kind: str
    commit_id: str
    url: str | None = None
    path: str | None = None
    requested_revision: str | None = None
    subdirectory: str | None = None


@value
class LockedPackage:
    """One entry of ``packages``.

    ``name`` is normalized; ``version`` is None for a source whose version may change; ``marker`` and
    ``requires_python`` are texts or None; ``dependencies`` are normalized names; ``index`` is the address of the index
    without secrets. Exactly one of ``direct`` and the pair ``sdist`` and ``wheels`` says where it is.
    """

    name: str
    version: str | None = None
    marker: str | None = None
    requires_python: str | None = None
    dependencies: tuple[str, ...] = ()
    index: str | None = None
    direct: LockedArchive | LockedFolder | LockedCommit | None = None
    sdist: LockedFile | None = None
    wheels: tuple[LockedFile, ...] = ()
    tool: Mapping[str, object] = field(default_factory=dict)


@value
class Lock:
    """A whole ``pylock.toml``.

    ``environments`` are marker texts, empty for all; ``extras``, ``dependency_groups`` and ``default_groups`` are
    normalized names; ``tool`` is the ``[tool]`` table as TOML gives it: ``tool["capsa"]["inputs"]`` is the digest of
    what the lock was made from (see `capsa.project.declared`). ``lock_version`` has the major version 1; a minor one
    other than 0 may bring keys that capsa passes over.
    """

    packages: tuple[LockedPackage, ...]
    created_by: str
    requires_python: str | None = None
    environments: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    dependency_groups: tuple[str, ...] = ()
    default_groups: tuple[str, ...] = ()
    tool: Mapping[str, object] = field(default_factory=dict)
    lock_version: str = VERSION

    @property
    def inputs(self) -> str | None:
        """The digest of what capsa made it from, None for a lock of another tool."""
        own = self.tool.get("capsa")
        digest = own.get("inputs") if isinstance(own, dict) else None
        return digest if isinstance(digest, str) else None


def canonical_time(text: str) -> str | None:
    """Return an RFC 3339 time as the lock writes it, "2024-12-04T17:35:28Z"; None for a text that is none.

    A time without an offset is taken as UTC, which is what PEP 751 says that times in a lock are.
    """
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat().replace("+00:00", "Z")
