"""Put everything that comes into a box aside, so that what is left to do is a few hundred renames.

Touches nothing of the box but ``.capsa/new`` and ``.capsa/old``. What lies there mirrors the box:

    BOX/.capsa/new/<number>/<path>   one package's files, as they will lie below BOX
    BOX/.capsa/new/receipt           the receipt that goes with them
    BOX/.capsa/old/<path>            free places for what will be removed
"""

from __future__ import annotations

import os
from itertools import chain

from capsa.commit.moves import Entries, Move, check_destinations, choose_moves, staging_places
from capsa.disk import atomic
from capsa.disk.link import Linker
from capsa.disk.refusal import refusal, refusing
from capsa.model.event import Event, Reporter
from capsa.model.installation import Departure, Installation
from capsa.model.layout import NEW, OLD, RECEIPT
from capsa.value import replace, value

_PERMISSIONS = 0o7777


@value
class Staged:
    """What lies ready: the moves with the identity of what they move, and what is worth a word to the user."""

    moves: tuple[Move, ...]
    foreign: tuple[str, ...]
    overwritten: tuple[str, ...]


def stage(
    root: str,
    installations: tuple[Installation, ...],
    departures: tuple[Departure, ...],
    receipt_text: str,
    linker: Linker,
    reporter: Reporter,
) -> Staged:
    """Link and write what comes aside, and work out the moves.

    Raises IntegrityError, before anything is written, for a destination that no package may have, and after it for
    one that is taken; DiskError for what the disk refuses. The caller sweeps in either case.
    """
    incoming = {installation.name: installation.paths for installation in installations}
    check_destinations(incoming)
    places = staging_places(incoming)
    for done, installation in enumerate(installations):
        reporter.event(Event(kind="stage", text=installation.name, done=done, total=len(installations)))
        _put_aside(installation, f"{root}/{places[installation.name]}", linker)
    # Asked as late as can be: what other programs put into the box meanwhile is seen.
    chosen = choose_moves(incoming, {departure.name: departure.paths for departure in departures}, _entries_of(root))
    moves = (*chosen.moves, _stage_receipt(root, receipt_text))
    _make_places(root, moves)
    return Staged(
        moves=tuple(_identified(root, move) for move in moves),
        foreign=chosen.foreign,
        overwritten=chosen.overwritten,
    )


def _put_aside(installation: Installation, base: str, linker: Linker) -> None:
    folders = _Folders(base)
    source = installation.source
    origins = ((f"{source}/{member}", path) for member, path in installation.links)
    for origin, path in chain(origins, installation.compiled):  # tens of thousands: nothing that is not needed
        target = f"{base}/{path}"
        folders.make(target.rpartition("/")[0])
        try:
            status = os.stat(origin)
        except OSError as error:
            raise refusal(error, "read", origin) from error
        linker.link(origin, target, status.st_mode & _PERMISSIONS, status.st_mtime_ns)
    for file in installation.written:
        target = f"{base}/{file.path}"
        folders.make(target.rpartition("/")[0])
        atomic.write_new(target, file.content, file.mode)


def _stage_receipt(root: str, text: str) -> Move:
    staged = f"{NEW}/receipt"
    atomic.make_folders(f"{root}/{NEW}")
    atomic.write_new(f"{root}/{staged}", text.encode())
    return Move(kind="exchange" if os.path.lexists(f"{root}/{RECEIPT}") else "place", path=RECEIPT, staged=staged)


def _make_places(root: str, moves: tuple[Move, ...]) -> None:
    folders = _Folders(f"{root}/{OLD}")
    for move in moves:
        if move.kind == "remove":
            folders.make(os.path.dirname(f"{root}/{move.staged}"))


def _identified(root: str, move: Move) -> Move:
    if move.kind == "folder":
        return move
    mover = f"{root}/{move.path if move.kind == 'remove' else move.staged}"
    with refusing("read", mover):
        return replace(move, identity=os.lstat(mover).st_ino)


def _entries_of(root: str) -> Entries:
    """Return the function that tells what lies in a folder of the box; links count as files."""

    def entries(folder: str) -> dict[str, bool] | None:
        place = f"{root}/{folder}"
        with refusing("read", place):
            try:
                with os.scandir(place) as found:
                    return {entry.name: entry.is_dir(follow_symlinks=False) for entry in found}
            except (FileNotFoundError, NotADirectoryError):
                return None

    return entries


class _Folders:
    """Makes folders below ``base`` with their parents, each one once."""

    def __init__(self, base: str) -> None:
        atomic.make_folders(base)
        self._made = {base}

    def make(self, folder: str) -> None:
        if folder not in self._made:
            self.make(os.path.dirname(folder))
            atomic.make_folder(folder)
            self._made.add(folder)
