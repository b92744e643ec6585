"""How one package lands in a box, and what leaves it: lists of files, worked out before anything is touched. PURE."""

from __future__ import annotations

from collections.abc import Mapping

from capsa.model.receipt import ReceiptEntry
from capsa.value import field, value

Link = tuple[str, str, int, int, int]
"""(source, target, size in bytes, mtime_ns, mode): ``target`` is relative to the box's root, the rest are the facts of
the source in the store, against which it is held when it is linked."""


@value
class WrittenFile:
    """A file made for this box alone (launcher, RECORD, direct_url.json): ``path`` is relative to the box's root."""

    path: str
    content: bytes
    mode: int = 0o644


@value
class Installation:
    """One package on its way in.

    ``source`` is the absolute folder of the unpacked archive; ``links`` are to be linked, with paths below ``source``;
    ``written`` are the files made for this box; ``entry`` is its line in the receipt. ``compiled`` is stored bytecode,
    with absolute paths: linked too, and owned by the package, but in no RECORD. No destination occurs twice.
    """

    entry: ReceiptEntry
    source: str
    links: tuple[Link, ...]
    written: tuple[WrittenFile, ...] = ()
    compiled: tuple[Link, ...] = ()

    @property
    def name(self) -> str:
        """The normalized project name."""
        return self.entry.name

    @property
    def paths(self) -> tuple[str, ...]:
        """Every destination, relative to the box's root."""
        linked = (link[1] for link in (*self.links, *self.compiled))
        return (*linked, *(file.path for file in self.written))


@value
class Departure:
    """One package on its way out: its normalized ``name`` and its files by RECORD, relative to the box's root."""

    name: str
    paths: tuple[str, ...]


@value
class Delivery:
    """One change of a box: what comes, what goes, and the papers that say so, all in one step or not at all.

    ``papers`` are capsa's own files, by path relative to the box's root (".capsa/receipt"): their new content, or None
    where they go. A name in both ``installations`` and ``departures`` is replaced.
    """

    installations: tuple[Installation, ...] = ()
    departures: tuple[Departure, ...] = ()
    papers: Mapping[str, bytes | None] = field(default_factory=dict)
