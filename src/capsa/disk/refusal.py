"""What the file system refuses, said in one plain sentence with a hint.

Every operation of this room runs inside `refusing`, so that no OSError leaves it. Never touches a disk itself.
"""

from __future__ import annotations

import errno
import os

from capsa.errors import DiskError

HOT = True  # the fast path: see docs/adr

_SPACE = "free some space, then run the same command again"
_CAUSES = {
    errno.ENOSPC: ("no space is left on the disk that holds it", _SPACE),
    errno.EDQUOT: ("your disk quota is used up", _SPACE),
    errno.EACCES: ("permission is denied", "choose another folder, or mend the permission: `ls -ld {folder}`"),
    errno.EPERM: ("the operation is not permitted", "choose another folder, or mend the permission: `ls -ld {folder}`"),
    errno.EROFS: ("the file system is read-only", "choose a folder on a disk that can be written"),
    errno.ENAMETOOLONG: ("its name is too long for the file system", "choose a folder with a shorter path"),
    errno.ENOTDIR: ("a part of its path is a file, not a folder", "choose another folder"),
    errno.EISDIR: ("there is a folder in its place", "choose another path, or move that folder away"),
    errno.EEXIST: ("there is something in its place already", "choose another path, or move away what is there"),
    errno.ENOTEMPTY: ("the folder is not empty", "look at what is inside: `ls -la {path}`"),
    errno.ENOENT: ("a file or folder on its path does not exist", ""),
    errno.ELOOP: ("its path goes through too many symbolic links", "choose another folder"),
    errno.EXDEV: ("the two places are on different disks", "choose a folder on the same disk"),
    errno.EIO: ("the disk answered with an input/output error", "look for disk faults: `dmesg | tail`"),
    errno.EMFILE: ("this process has too many open files", "raise the limit: `ulimit -n 4096`"),
    errno.ENFILE: ("this machine has too many open files", "end other programs, then run the same command again"),
    errno.EBUSY: ("another program is using it", "end the program that uses it, then run the same command again"),
    errno.ETXTBSY: ("it is a program that is running", "end the program, then run the same command again"),
}


class RefusedError(DiskError):
    """An operation that the file system refused: ``errno`` is the system's number, ``path`` the path in question."""

    def __init__(self, message: str, *, number: int, path: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.errno = number
        self.path = path


def refusal(error: OSError, action: str, path: str) -> RefusedError:
    """Return the failure for ``error``, met while trying to ``action`` ("write", "remove") the file at ``path``."""
    number = error.errno or 0
    cause, hint = _CAUSES.get(number, (error.strerror or str(error) or "the system gives no reason", ""))
    hints = (hint.format(folder=os.path.dirname(path) or ".", path=path),) if hint else ()
    return RefusedError(f"can't {action} {path}: {cause}", number=number, path=path, hints=hints)


class refusing:  # noqa: N801 - reads as a word of the `with` statement
    """``with refusing("write", path):`` turns an OSError of the block into a RefusedError that names the path."""

    __slots__ = ("_action", "_path")

    def __init__(self, action: str, path: str) -> None:
        self._action = action
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, OSError):
            raise refusal(error, self._action, self._path) from error
