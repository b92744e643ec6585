"""One writer a box at a time: whose turn it is, by the lock in ``.capsa/lock``.

Says so before it waits. Readers never wait for a turn.
"""

from __future__ import annotations

import os

from capsa.disk import atomic
from capsa.disk.locking import FileLock
from capsa.errors import EnvironmentMissingError
from capsa.model.event import Event, Reporter
from capsa.model.layout import CAPSA, LOCK


def take_turn(root: str, reporter: Reporter) -> FileLock:
    """Return the held lock of the box at ``root``, after waiting for it; the caller releases it.

    Raises EnvironmentMissingError without a folder at ``root``, DiskError where it may not be written.
    """
    lock = _lock_of(root)
    if not lock.acquire(wait=False):
        reporter.event(Event(kind="note", text=f"waiting for another capsa that is changing {root}"))
        lock.acquire(wait=True)
    return lock


def take_turn_if_idle(root: str) -> FileLock | None:
    """Return the held lock if nobody else holds it, else None, at once; raises as `take_turn` does."""
    lock = _lock_of(root)
    return lock if lock.acquire(wait=False) else None


def _lock_of(root: str) -> FileLock:
    if not os.path.isdir(root):
        raise EnvironmentMissingError(f"there is no box at {root}", hints=(f"make one: `capsa create {root}`",))
    atomic.make_folders(f"{root}/{CAPSA}")
    return FileLock(f"{root}/{LOCK}")
