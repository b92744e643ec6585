"""One file of the store put into a box: shared as a reflink or a hard link, or copied.

A reflink shares disk space and nothing else; a hard link is the very same file; a copy shares nothing. What can't be
done falls back, silently, to the next kind: `Linker.made` tells what came about. Never replaces what is there.
"""

from __future__ import annotations

import errno
import os
import sys

from capsa.disk.refusal import refusal, refusing

if sys.platform != "win32":
    import fcntl

HOT = True  # the fast path: see docs/adr

MODES = ("auto", "reflink", "hardlink", "copy")

_FICLONE = 0x40049409
_CHUNK = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FALLS_BACK = frozenset(
    {
        errno.EXDEV,  # two disks
        errno.EMLINK,  # the file has as many links as its file system allows
        errno.EPERM,  # exFAT and the like, or fs.protected_hardlinks and somebody else's file
        errno.EACCES,  # the same, as some network file systems say it
        errno.EOPNOTSUPP,
        errno.ENOTSUP,
        errno.ENOSYS,
        errno.ENOTTY,
        errno.EINVAL,
    }
)


class Linker:
    """Links files in one way: ``mode`` is "auto" (reflink, else hard link, else copy) or the one that is wanted first.

    "reflink" and "hardlink" fall back to a copy. ``made`` counts files by what they became: "reflink", "hardlink",
    "copy". One linker may serve several threads; its counts are then only near.
    """

    __slots__ = ("_folder", "_is_hopeless", "_plain", "made", "mode")

    def __init__(self, mode: str = "auto") -> None:
        """Take one of `MODES`; another is a ValueError."""
        if mode not in MODES:
            raise ValueError(mode)
        self.mode = mode
        self.made = {"reflink": 0, "hardlink": 0, "copy": 0}
        self._plain: set[int] = set()  # devices whose file system can't reflink: asked once
        self._folder = ""  # the folder of the last link, and whether it lies on one of those
        self._is_hopeless = False

    def link(self, source: str, target: str, mode: int, mtime_ns: int) -> None:
        """Make ``target``, which must not be there, from the file ``source``.

        ``mode`` and ``mtime_ns`` are the permission bits and the time of the source: a copy or a reflink has them, and
        is whole, before this returns; else it is removed again.
        """
        try:
            if self.mode in {"auto", "reflink"} and not self._is_plain(target):
                kind = self._reflink(source, target, (mode, mtime_ns))
                if kind:
                    self.made[kind] += 1
                    return
            if self.mode in {"auto", "hardlink"} and _hardlink(source, target):
                self.made["hardlink"] += 1
                return
            _copy(source, target, (mode, mtime_ns))
            self.made["copy"] += 1
        except OSError as error:
            raise refusal(error, "link to", target) from error

    def _is_plain(self, target: str) -> bool:
        # Files come folder by folder: one stat a folder, and none before a file system has said no.
        if not self._plain:
            return False
        folder = os.path.dirname(target)
        if folder != self._folder:
            self._is_hopeless = os.stat(folder or ".").st_dev in self._plain
            self._folder = folder
        return self._is_hopeless

    def _reflink(self, source: str, target: str, facts: tuple[int, int]) -> str:
        try:
            _clone(source, target, facts)
        except OSError as error:
            if error.errno not in _FALLS_BACK:
                raise
            if error.errno != errno.EXDEV:
                self._plain.add(os.stat(os.path.dirname(target) or ".").st_dev)
                self._folder = ""
            return ""
        return "reflink"


def symlink(text: str, path: str) -> None:
    """Make a symbolic link that reads ``text`` at ``path``, which must not be there."""
    with refusing("make the symbolic link", path):
        os.symlink(text, path)


def _hardlink(source: str, target: str) -> bool:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _FALLS_BACK:
            raise
        return False
    return True


def _clone(source: str, target: str, facts: tuple[int, int]) -> None:
    if sys.platform == "linux":
        _make(source, target, facts, is_clone=True)
    elif sys.platform == "darwin":
        _clone_on_macos(source, target)
        os.chmod(target, facts[0])
        os.utime(target, ns=(facts[1], facts[1]))
    else:
        raise OSError(errno.EOPNOTSUPP, "no reflinks here", target)


def _clone_on_macos(source: str, target: str) -> None:
    import ctypes  # noqa: PLC0415 - 5 ms that only macOS pays

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.clonefile(os.fsencode(source), os.fsencode(target), ctypes.c_uint32(0)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def _copy(source: str, target: str, facts: tuple[int, int]) -> None:
    _make(source, target, facts, is_clone=False)


def _make(source: str, target: str, facts: tuple[int, int], *, is_clone: bool) -> None:
    mode, mtime_ns = facts
    reading = os.open(source, os.O_RDONLY | _BINARY)
    try:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        try:
            try:
                _fill(reading, writing, is_clone=is_clone)
                if sys.platform != "win32":
                    os.fchmod(writing, mode)
            finally:
                os.close(writing)
            os.utime(target, ns=(mtime_ns, mtime_ns))
        except BaseException:
            os.unlink(target)
            raise
    finally:
        os.close(reading)


def _fill(reading: int, writing: int, *, is_clone: bool) -> None:
    if is_clone and sys.platform == "linux":
        fcntl.ioctl(writing, _FICLONE, reading)
        return
    while chunk := os.read(reading, _CHUNK):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(writing, rest) :]
