"""How one package lands in a box, and what leaves it: lists of files, worked out before anything is touched. PURE."""

from __future__ import annotations

from capsa.model.receipt import ReceiptEntry
from capsa.value import value


@value
class WrittenFile:
    """A file made for this box alone (launcher, RECORD, direct_url.json): ``path`` is relative to the box's root."""

    path: str
    content: bytes
    mode: int = 0o644


@value
class Installation:
    """One package on its way in.

    ``source`` is the absolute folder of the unpacked archive; ``links`` are pairs (path below ``source``, path
    relative to the box's root) to be linked; ``written`` are the files made for this box; ``entry`` is its line in the
    receipt. ``compiled`` are pairs (absolute path of stored bytecode, path relative to the box's root): linked too, and
    owned by the package, but in no RECORD. No destination occurs twice.
    """

    entry: ReceiptEntry
    source: str
    links: tuple[tuple[str, str], ...]
    written: tuple[WrittenFile, ...] = ()
    compiled: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The normalized project name."""
        return self.entry.name

    @property
    def paths(self) -> tuple[str, ...]:
        """Every destination, relative to the box's root."""
        linked = (target for _, target in (*self.links, *self.compiled))
        return (*linked, *(file.path for file in self.written))


@value
class Departure:
    """One package on its way out: its normalized ``name`` and its files by RECORD, relative to the box's root."""

    name: str
    paths: tuple[str, ...]
