"""Change a box so that it is, whatever happens, as before or as wanted.

    lock -> recover -> stage -> journal "staged" -> "swapping" -> every move -> "sealed" -> sweep -> unlock

Up to the seal anything that goes wrong (no space, no permission, Ctrl-C) is taken back here and now, and raised; a
process that is killed leaves the journal, by which whoever comes next recovers. Knows nothing of wheels or indexes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from capsa.commit.journal import Journal, add_state, read_journal, write_journal
from capsa.commit.moves import Move
from capsa.commit.recovery import go_back, recover_in_turn, spare_place, sweep, sync_moves, throw_away
from capsa.commit.stage import stage
from capsa.commit.stray import sweep_strays
from capsa.commit.turn import take_turn
from capsa.disk import atomic
from capsa.disk.exchange import Exchanger
from capsa.disk.link import Linker
from capsa.errors import DiskError, Failure
from capsa.model.event import Event, Reporter
from capsa.model.installation import Delivery
from capsa.model.layout import SEAL
from capsa.value import value


@value
class Committed:
    """What is worth a word after a commit, as paths relative to the box's root.

    ``foreign`` lie in a package's own folders, belong to no package that came or left, and stayed; ``overwritten``
    are files that an incoming package took the place of: nobody's, another package's, or of two that came together.
    """

    foreign: tuple[str, ...]
    overwritten: tuple[str, ...]


def commit(root: str, delivery: Delivery, *, linker: Linker, reporter: Reporter) -> Committed:
    """Take what departs out of the box at ``root`` and bring in what comes, with its papers, or do nothing.

    The caller holds the box's turn (`hold_turn`), since before it worked out the change. Raises DiskError or
    IntegrityError, after which the box is as it was.
    """
    return Transaction(root, linker=linker, exchanger=Exchanger(), reporter=reporter).commit(delivery)


@contextmanager
def hold_turn(root: str, reporter: Reporter) -> Iterator[None]:
    """Be the only writer of the box at ``root``, recovered if need be, while the block runs; waits for another one.

    Raises EnvironmentDamagedError when an earlier change can't be recovered, EnvironmentMissingError without a box,
    DiskError where it may not be written.
    """
    lock = take_turn(root, reporter)
    try:
        done = recover_in_turn(root, reporter, Exchanger())
        if done:
            reporter.event(Event(kind="note", text=done))
        sweep_strays(root, reporter)
        yield
    finally:
        lock.release()


class Transaction:
    """One commit, with the ports that it works through; reports every step before it acts."""

    def __init__(self, root: str, *, linker: Linker, exchanger: Exchanger, reporter: Reporter) -> None:
        self._root = root
        self._linker = linker
        self._exchanger = exchanger
        self._reporter = reporter
        self._moves: tuple[Move, ...] = ()
        self._is_sealing = False

    def commit(self, delivery: Delivery) -> Committed:
        """Do it; as the function of the same name."""
        try:
            staged = stage(self._root, delivery, self._linker, self._reporter)
            self._journal(staged.moves)
            self._swap(staged.moves)
            self._seal()
        except BaseException as error:
            self._take_back(error)
            raise
        self._sweep()
        return Committed(foreign=staged.foreign, overwritten=staged.overwritten)

    def _journal(self, moves: tuple[Move, ...]) -> None:
        self._reporter.event(Event(kind="journal", text="staged", done=0, total=2))
        write_journal(self._root, moves)
        # From here on the box is no longer what its seal says, whichever way this ends.
        atomic.remove_file(f"{self._root}/{SEAL}")
        self._reporter.event(Event(kind="journal", text="swapping", done=1, total=2))
        self._moves = moves
        add_state(self._root, "swapping")

    def _swap(self, moves: tuple[Move, ...]) -> None:
        for done, move in enumerate(moves):
            self._reporter.event(Event(kind="move", text=move.path, done=done, total=len(moves)))
            self._make(done, move)

    def _make(self, number: int, move: Move) -> None:
        path, staged = f"{self._root}/{move.path}", f"{self._root}/{move.staged}"
        if move.kind == "folder":
            atomic.make_folder(path)
        elif move.kind == "place":
            self._exchanger.place(staged, path)
        elif move.kind == "remove":
            self._exchanger.place(path, staged)
        else:
            self._exchanger.exchange(path, staged, f"{self._root}/{spare_place(number)}")

    def _seal(self) -> None:
        self._reporter.event(Event(kind="seal", text="sealed", done=0, total=1))
        sync_moves(self._root, self._moves)
        self._is_sealing = True
        add_state(self._root, "sealed")

    def _take_back(self, error: BaseException) -> None:
        """Go back, and let the failure say so."""
        try:
            self._break_seal()
            journal = Journal(state="swapping", moves=self._moves)
            go_back(self._root, journal, self._reporter, self._exchanger)
            throw_away(self._root, self._reporter)
        except DiskError as second:
            raise DiskError(
                f"{error}; going back failed too, the next capsa command tries again: {second}",
                hints=tuple(dict.fromkeys((*getattr(error, "hints", ()), *second.hints))),
            ) from error
        if isinstance(error, Failure):
            error.message = f"{error.message}; the box is as it was"

    def _break_seal(self) -> None:
        """Make sure that a seal which was written but perhaps not flushed does not count while the moves are undone."""
        if not self._is_sealing:
            return
        journal = read_journal(self._root)
        if journal is not None and journal.state == "sealed":
            add_state(self._root, "swapping")

    def _sweep(self) -> None:
        """Remove what is no longer needed; what the disk refuses now is left to the next verb, the change is done."""
        try:
            sweep(self._root, self._reporter)
        except DiskError as error:
            self._reporter.event(Event(kind="warning", text=f"what was removed still takes up space: {error}"))
