"""What the verbs of the store answer, as values; as `capsa.model.outcome`, which names them all. PURE."""

from __future__ import annotations

from typing import Literal

from capsa.value import value


@value
class BucketRow:
    """One bucket of the store: ``size`` is in bytes, ``shared`` are those of them that boxes hold too."""

    name: str
    files: int
    size: int
    shared: int = 0


@value
class CacheOutcome:
    """The store: where it is, what it holds, or (for "clear") what it held and holds no longer."""

    action: Literal["dir", "size", "clear"]
    folder: str
    buckets: tuple[BucketRow, ...] = ()


@value
class PruneRow:
    """One thing that went: the ``bucket`` that it was in, and what it is called."""

    bucket: str
    name: str


@value
class PruneOutcome:
    """What left the store, or would under ``--dry-run``; all sizes are in bytes.

    ``freed`` were nobody else's, ``held`` are still in boxes; ``size`` is what the store holds afterwards, ``needed``
    what of that boxes need. ``limit`` is how large it may be, None where nobody said. What nobody used for ``days``
    was to go.
    """

    folder: str
    rows: tuple[PruneRow, ...]
    freed: int
    held: int
    size: int
    days: int
    needed: int = 0
    limit: int | None = None
    is_dry_run: bool = False


@value
class DamageRow:
    """One file of the store that is not what was put in.

    ``path`` is absolute; ``package`` and ``version`` are "" where nobody knows whose it is. ``is_out`` tells whether it
    was taken out of the store, so that it is had anew. ``environments`` are the roots of the boxes that hold this very
    file.
    """

    path: str
    package: str
    version: str
    kind: Literal["missing", "altered", "unreadable"]
    is_out: bool = False
    environments: tuple[str, ...] = ()


@value
class AuditOutcome:
    """What ``cache verify`` found: how much it looked at, and what of it is damaged: exit code 1 where anything is."""

    folder: str
    archives: int
    files: int
    size: int
    damages: tuple[DamageRow, ...] = ()
    hints: tuple[str, ...] = ()
    seconds: float = 0.0
