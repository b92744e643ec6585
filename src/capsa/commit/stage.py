"""Put everything that comes into a box aside, so that what is left to do is a few hundred renames.

Touches nothing of the box but ``.capsa/new`` and ``.capsa/old``. What lies there mirrors the box:

    BOX/.capsa/new/<number>/<path>   one package's files, as they will lie below BOX
    BOX/.capsa/new/papers/<number>   the receipt and the other papers that go with them
    BOX/.capsa/old/<path>            free places for what will be removed
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from threading import Thread

from capsa.commit.moves import Entries, Move, check_destinations, choose_moves, staging_places
from capsa.disk import atomic
from capsa.disk.link import Linker
from capsa.disk.refusal import refusing
from capsa.model.event import Event, Reporter
from capsa.model.installation import Delivery, Installation
from capsa.model.layout import NEW, OLD
from capsa.value import replace, value

_MANY = 1000  # links from which on a second thread is worth its start


@value
class Staged:
    """What lies ready: the moves with the identity of what they move, and what is worth a word to the user."""

    moves: tuple[Move, ...]
    foreign: tuple[str, ...]
    overwritten: tuple[str, ...]


def stage(root: str, delivery: Delivery, linker: Linker, reporter: Reporter) -> Staged:
    """Link and write what comes aside, and work out the moves.

    Raises IntegrityError, before anything is written, for a destination that no package may have, and after it for
    one that is taken; SourceChangedError where the store holds another file than it should; DiskError for what the disk
    refuses. The caller sweeps in either case.
    """
    installations = delivery.installations
    incoming = {installation.name: installation.paths for installation in installations}
    check_destinations(incoming)
    places = staging_places(incoming)
    _put_all_aside({f"{root}/{places[package.name]}": package for package in installations}, linker, reporter)
    # Asked as late as can be: what other programs put into the box meanwhile is seen.
    chosen = choose_moves(
        incoming, {departure.name: departure.paths for departure in delivery.departures}, _entries_of(root)
    )
    moves = (*chosen.moves, *_stage_papers(root, delivery.papers))
    _make_places(root, moves)
    return Staged(
        moves=tuple(_identified(root, move) for move in moves),
        foreign=chosen.foreign,
        overwritten=chosen.overwritten,
    )


def _put_all_aside(packages: Mapping[str, Installation], linker: Linker, reporter: Reporter) -> None:
    """Put each package into its folder; where there are many files, by two threads: it is the kernel that takes time.

    The large set, 27,000 links, takes 0.7 of the time on two cores (docs/adr/0015).
    """
    mine, others = _halves(packages)
    second = _Second(others, linker) if others else None
    try:
        for done, (place, package) in enumerate(mine.items()):
            reporter.event(Event(kind="stage", text=package.name, done=done, total=len(packages)))
            _put_aside(package, place, linker)
    except BaseException:
        if second is not None:
            second.stop()
        raise
    if second is None:
        return
    second.finish()
    for done, package in enumerate(others.values(), start=len(mine)):
        reporter.event(Event(kind="stage", text=package.name, done=done, total=len(packages)))


class _Second:
    """A thread that puts packages aside; it reports nothing, and what it raises `finish` raises."""

    def __init__(self, packages: Mapping[str, Installation], linker: Linker) -> None:
        self._packages = packages
        self._linker = linker
        self._is_stopped = False
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="capsa-stage", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until all is done; raise what went wrong."""
        try:
            self._thread.join()
        except BaseException:
            self.stop()
            raise
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """See to it that nothing more is put aside, after the package that it is at."""
        self._is_stopped = True
        self._thread.join()

    def _run(self) -> None:
        try:
            for place, package in self._packages.items():
                if self._is_stopped:
                    return
                _put_aside(package, place, self._linker)
        except BaseException as error:  # noqa: BLE001 - `finish` raises it in the thread that can tell
            self._error = error


def _halves(packages: Mapping[str, Installation]) -> tuple[dict[str, Installation], dict[str, Installation]]:
    """Return two parts of about as many links, the second one empty where there are few."""
    counts = {place: len(package.links) + len(package.compiled) for place, package in packages.items()}
    if sum(counts.values()) < _MANY:
        return dict(packages), {}
    halves: tuple[dict[str, Installation], dict[str, Installation]] = ({}, {})
    sums = [0, 0]
    for place in sorted(packages, key=counts.__getitem__, reverse=True):
        half = int(sums[1] < sums[0])
        halves[half][place] = packages[place]
        sums[half] += counts[place]
    return halves


def _put_aside(installation: Installation, base: str, linker: Linker) -> None:
    folders = _Folders(base)
    for links, source in ((installation.links, f"{installation.source}/"), (installation.compiled, "")):
        for origin, path, *facts in links:  # tens of thousands: nothing that is not needed
            target = f"{base}/{path}"
            folders.make(target.rpartition("/")[0])
            linker.link(source + origin, target, (facts[0], facts[1], facts[2]))
    for file in installation.written:
        target = f"{base}/{file.path}"
        folders.make(target.rpartition("/")[0])
        atomic.write_new(target, file.content, file.mode)


def _stage_papers(root: str, papers: Mapping[str, bytes | None]) -> list[Move]:
    """Write the new papers aside; a folder for them is made where it is missing."""
    atomic.make_folders(f"{root}/{NEW}/papers")
    folders = sorted({folder for path, content in papers.items() if content is not None for folder in _above(path)})
    moves = [Move(kind="folder", path=folder) for folder in folders if not os.path.isdir(f"{root}/{folder}")]
    for number, (path, content) in enumerate(papers.items()):
        is_there = os.path.lexists(f"{root}/{path}")
        if content is not None:
            staged = f"{NEW}/papers/{number}"
            atomic.write_new(f"{root}/{staged}", content, is_durable=True)
            moves.append(Move(kind="exchange" if is_there else "place", path=path, staged=staged))
        elif is_there:
            moves.append(Move(kind="remove", path=path, staged=f"{OLD}/{path}"))
    return moves


def _above(paper: str) -> list[str]:
    """Return the folders between ``.capsa`` and a paper."""
    parts = paper.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(1, len(parts))]


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
