"""Bring a box whose change was interrupted back to what it was, or finish the change if it was sealed.

Decides by what exists and by inode, never by what was done last, so that it may itself be killed and run again. The
order is what makes that hold: moves are undone from the last to the first, then the journal goes, then the staging; a
sealed change is swept first, and its journal goes last.
"""

from __future__ import annotations

import os

from capsa.commit.journal import Journal, read_journal, remove_journal
from capsa.commit.moves import Move
from capsa.commit.pending import needs_recovery
from capsa.commit.turn import take_turn, take_turn_if_idle
from capsa.disk import atomic
from capsa.disk.exchange import Exchanger
from capsa.disk.refusal import RefusedError, refusing
from capsa.model.event import Event, Reporter
from capsa.model.layout import JOURNAL, NEW, OLD


def recover(root: str, reporter: Reporter) -> str | None:
    """Recover the box at ``root``, waiting for whoever changes it; return a sentence about what was done, or None.

    Raises EnvironmentDamagedError when the journal can't be read, DiskError for what the disk refuses.
    """
    if not needs_recovery(root):
        return None
    lock = take_turn(root, reporter)
    try:
        return recover_in_turn(root, reporter, Exchanger())
    finally:
        lock.release()


def recover_if_idle(root: str, reporter: Reporter) -> str | None:
    """Recover unless another capsa is at work in the box, or it may not be written: what a reader does first."""
    if not needs_recovery(root):
        return None
    try:
        lock = take_turn_if_idle(root)
    except RefusedError as error:
        reporter.event(Event(kind="warning", text=f"an interrupted change of {root} waits to be taken back: {error}"))
        return None
    if lock is None:
        return None
    try:
        return recover_in_turn(root, reporter, Exchanger())
    finally:
        lock.release()


def recover_in_turn(root: str, reporter: Reporter, exchanger: Exchanger) -> str | None:
    """Recover as the holder of the box's lock."""
    if not needs_recovery(root):
        return None
    journal = read_journal(root)
    if journal is None or journal.state == "staged":
        throw_away(root, reporter)
        return f"a change of {root} was interrupted before it began; what it had prepared is thrown away"
    if journal.state == "sealed":
        sweep(root, reporter)
        return f"a change of {root} was done but not tidied up; it is now"
    left = go_back(root, journal, reporter, exchanger)
    throw_away(root, reporter)
    also = f", but for {', '.join(left)}, which other programs changed since" if left else ""
    return f"a change of {root} was interrupted; the box is again as it was before it{also}"


def go_back(root: str, journal: Journal, reporter: Reporter, exchanger: Exchanger) -> tuple[str, ...]:
    """Undo the moves that were made, the last one first; return the paths where somebody else's file lies by now."""
    left = []
    total = len(journal.moves)
    for done, (number, move) in enumerate(reversed([*enumerate(journal.moves)])):
        reporter.event(Event(kind="move", text=f"back: {move.path}", done=done, total=total))
        if not _take_back(root, number, move, exchanger):
            left.append(move.path)
    sync_moves(root, journal.moves)
    return tuple(left)


def throw_away(root: str, reporter: Reporter) -> None:
    """Remove what was staged. The journal goes first: without one there is nothing to take back."""
    reporter.event(Event(kind="sweep", text=JOURNAL, done=0, total=2))
    if os.path.lexists(f"{root}/{JOURNAL}"):
        remove_journal(root)
    for done, place in enumerate((NEW, OLD), start=1):
        reporter.event(Event(kind="sweep", text=place, done=done, total=3))
        atomic.remove_tree(f"{root}/{place}")


def sweep(root: str, reporter: Reporter) -> None:
    """Remove what a sealed change left. The journal goes last: it says that what lies there may go."""
    for done, place in enumerate((NEW, OLD)):
        reporter.event(Event(kind="sweep", text=place, done=done, total=3))
        atomic.remove_tree(f"{root}/{place}")
    reporter.event(Event(kind="sweep", text=JOURNAL, done=2, total=3))
    remove_journal(root)


def sync_moves(root: str, moves: tuple[Move, ...]) -> None:
    """Flush every folder in which something moved, where it still is."""
    for folder in {os.path.dirname(f"{root}/{move.path}") for move in moves}:
        if os.path.isdir(folder):
            atomic.sync_folder(folder)


def spare_place(number: int) -> str:
    """The free name through which a move is made where two things can't change places in one step."""
    return f"{NEW}/spare-{number}"


def _take_back(root: str, number: int, move: Move, exchanger: Exchanger) -> bool:
    """Undo one move if it was made; return whether its place is as it was."""
    path, staged = f"{root}/{move.path}", f"{root}/{move.staged}"
    if move.kind == "folder":
        if os.path.isdir(path) and not os.path.islink(path):
            atomic.remove_empty_folder(path)
        return True
    if move.kind == "exchange":
        _leave_spare(path, staged, f"{root}/{spare_place(number)}", move.identity, exchanger)
    there, aside = _identity(path), _identity(staged)
    if move.kind == "place":
        if there == move.identity and aside is None:
            exchanger.place(path, staged)
        return there is None or move.identity in {there, aside}
    if move.kind == "remove":
        if aside == move.identity and there is None:
            exchanger.place(staged, path)
        return aside is None or there is None
    if there == move.identity and aside is not None:
        exchanger.exchange(path, staged, f"{root}/{spare_place(number)}")
    return move.identity in {there, aside}


def _leave_spare(path: str, staged: str, spare: str, identity: int, exchanger: Exchanger) -> None:
    """Complete an exchange that was killed between its three renames so that the old is at ``path`` again."""
    held = _identity(spare)
    if held is None:
        return
    if held == identity:  # killed on the way back: the new waits at the spare
        if _identity(path) is None:
            exchanger.place(staged, path)
        exchanger.place(spare, staged)
    else:  # killed on the way in: the old waits at the spare
        if _identity(staged) is None:
            exchanger.place(path, staged)
        exchanger.place(spare, path)


def _identity(path: str) -> int | None:
    with refusing("read", path):
        try:
            return os.lstat(path).st_ino
        except (FileNotFoundError, NotADirectoryError):
            return None
