"""One writer at a time: a lock on a file that stays, held by an open descriptor and gone with its process.

POSIX: flock(2), never fcntl record locks, which a close anywhere in the process would drop. Windows: msvcrt, said to be
untested. Says nothing about readers that do not ask.
"""

from __future__ import annotations

import errno
import os
import sys

from capsa.disk.refusal import refusal

HOT = True  # the fast path: see docs/adr

_BUSY = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})


class FileLock:
    """The lock on the file at ``path``, which is made when it is missing; its folder must be there.

    Exclusive, unless ``is_shared``: any number may share, none while one holds it exclusively. Two objects are two
    holders, also in one process. ``with lock:`` waits; ``is_held`` tells.
    """

    __slots__ = ("_descriptor", "is_shared", "path")

    def __init__(self, path: str, *, is_shared: bool = False) -> None:
        self.path = path
        self.is_shared = is_shared
        self._descriptor = -1

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock now."""
        return self._descriptor >= 0

    def acquire(self, *, wait: bool) -> bool:
        """Take the lock and tell whether it is held; without ``wait`` a held one is answered with False at once."""
        if self.is_held:
            return True
        try:
            while True:
                descriptor = _open(self.path)
                try:
                    is_locked = _lock(descriptor, is_shared=self.is_shared, wait=wait)
                    # The file may have been removed or replaced while this waited: then the lock is on a ghost.
                    is_current = is_locked and _is_same(descriptor, self.path)
                except BaseException:
                    os.close(descriptor)
                    raise
                if is_current:
                    self._descriptor = descriptor
                    return True
                os.close(descriptor)
                if not is_locked:
                    return False
        except OSError as error:
            raise refusal(error, "lock", self.path) from error

    def release(self) -> None:
        """Give the lock back; without one this does nothing. The file stays."""
        if self.is_held:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FileLock:  # noqa: PYI034 - `typing` is too dear for the fast path
        self.acquire(wait=True)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.release()


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)


def _lock(descriptor: int, *, is_shared: bool, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - as below

            # Whole-file locks do not exist there: the first byte stands for the file, and sharing is not offered.
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - a shared library, and most new boxes need no lock

            kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
            fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except OSError as error:
        if not wait and error.errno in _BUSY:
            return False
        raise
    return True


def _is_same(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
