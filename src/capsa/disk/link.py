"""One file of the store put into a box: shared as a reflink or a hard link, or copied.

A reflink shares disk space and nothing else; a hard link is the very same file; a copy shares nothing. What can't be
done falls back, silently, to the next kind: `Linker.made` tells what came about. Never replaces what is there. A source
that is not what it should be leaves no link and is not read (`SourceChangedError`).
"""

from __future__ import annotations

import errno
import os
import sys

from capsa.disk.facts import Facts, facts_in, facts_of
from capsa.disk.refusal import refusal, refusing
from capsa.errors import IntegrityError

HOT = True  # the fast path: see docs/adr

MODES = ("auto", "reflink", "hardlink", "copy")

_FICLONE = 0x40049409
_CHUNK = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
# What stands in the place of a file is neither followed (a link) nor waited for (a pipe).
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY
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


class SourceChangedError(IntegrityError):
    """A file of the store is not what was put there, by its size, time or mode; ``path`` is the file."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} in the store was changed or is gone",
            hints=("see what else was: `capsa cache verify`",),
        )
        self.path = path


class Linker:
    """Links files in one way: ``mode`` is "auto" (reflink, else hard link, else copy) or the one that is wanted first.

    "reflink" and "hardlink" fall back to a copy. ``made`` counts files by what they became: "reflink", "hardlink",
    "copy". One linker may serve several threads; its counts are then only near.
    """

    __slots__ = ("_folders", "_plain", "made", "mode")

    def __init__(self, mode: str = "auto") -> None:
        """Take one of `MODES`; another is a ValueError."""
        if mode not in MODES:
            raise ValueError(mode)
        self.mode = mode
        self.made = {"reflink": 0, "hardlink": 0, "copy": 0}
        self._plain: set[int] = set()  # devices whose file system can't reflink: asked once
        self._folders: dict[str, bool] = {}  # whether one lies on such a device; by folder, as threads take turns

    def link(self, source: str, target: str, facts: Facts) -> None:
        """Make ``target``, which must not be there, from the file ``source``, which must have these facts.

        A copy or a reflink has its time and mode, and is whole, before this returns; else it is removed again. The
        source is held against the facts when the link is made, not before: what changes it later is seen in the box.
        Raises SourceChangedError, DiskError.
        """
        try:
            self._link(source, target, facts)
        except OSError as error:
            if facts_of(source) is None:
                raise SourceChangedError(source) from error
            raise refusal(error, "link to", target) from error

    def _link(self, source: str, target: str, facts: Facts) -> None:
        if self.mode in {"auto", "reflink"} and not self._is_plain(target):
            kind = self._reflink(source, target, facts)
            if kind:
                self.made[kind] += 1
                return
        if self.mode in {"auto", "hardlink"} and _hardlink(source, target, facts):
            self.made["hardlink"] += 1
            return
        _copy(source, target, facts)
        self.made["copy"] += 1

    def _is_plain(self, target: str) -> bool:
        # One stat a folder, and none before a file system has said no.
        if not self._plain:
            return False
        folder = os.path.dirname(target)
        is_plain = self._folders.get(folder)
        if is_plain is None:
            is_plain = self._folders[folder] = os.stat(folder or ".").st_dev in self._plain
        return is_plain

    def _reflink(self, source: str, target: str, facts: Facts) -> str:
        try:
            _clone(source, target, facts)
        except OSError as error:
            if error.errno not in _FALLS_BACK:
                raise
            if error.errno != errno.EXDEV:
                self._plain.add(os.stat(os.path.dirname(target) or ".").st_dev)
                self._folders.clear()
            return ""
        return "reflink"


def read_source(source: str, facts: Facts, *, most: int | None = None) -> bytes:
    """Return the content, or the first ``most`` bytes, of a file of the store that must have these facts.

    Raises SourceChangedError, DiskError.
    """
    try:
        reading = os.open(source, _READ)
        try:
            _check(source, os.fstat(reading), facts)
            whole = iter(lambda: os.read(reading, _CHUNK), b"")
            content = b"".join(whole) if most is None else os.read(reading, most)
            _check(source, os.fstat(reading), facts)
        finally:
            os.close(reading)
    except OSError as error:
        if facts_of(source) is None:
            raise SourceChangedError(source) from error
        raise refusal(error, "read", source) from error
    return content


def symlink(text: str, path: str) -> None:
    """Make a symbolic link that reads ``text`` at ``path``, which must not be there."""
    with refusing("make the symbolic link", path):
        os.symlink(text, path)


def _hardlink(source: str, target: str, facts: Facts) -> bool:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _FALLS_BACK:
            raise
        return False
    try:
        _check(source, os.lstat(target), facts)
    except SourceChangedError:
        os.unlink(target)
        raise
    return True


def _check(source: str, status: os.stat_result, facts: Facts) -> None:
    if facts_in(status) != facts:
        raise SourceChangedError(source)


def _clone(source: str, target: str, facts: Facts) -> None:
    if sys.platform == "linux":
        _make(source, target, facts, is_clone=True)
    elif sys.platform == "darwin":
        _clone_on_macos(source, target)
        try:
            # A clone brings time and mode along: what it shows is what its source was at that moment.
            _check(source, os.lstat(target), facts)
        except BaseException:
            os.unlink(target)
            raise
    else:
        raise OSError(errno.EOPNOTSUPP, "no reflinks here", target)


def _clone_on_macos(source: str, target: str) -> None:
    import ctypes  # noqa: PLC0415 - 5 ms that only macOS pays

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.clonefile(os.fsencode(source), os.fsencode(target), ctypes.c_uint32(0)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def _copy(source: str, target: str, facts: Facts) -> None:
    _make(source, target, facts, is_clone=False)


def _make(source: str, target: str, facts: Facts, *, is_clone: bool) -> None:
    _, mtime_ns, mode = facts
    reading = os.open(source, _READ)
    try:
        _check(source, os.fstat(reading), facts)
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        try:
            try:
                _fill(reading, writing, is_clone=is_clone)
                if sys.platform != "win32":
                    os.fchmod(writing, mode)
            finally:
                os.close(writing)
            # And again: a source that is written to while it is read shows it by its time.
            _check(source, os.fstat(reading), facts)
            os.utime(target, ns=(mtime_ns, mtime_ns))
        except BaseException:
            os.unlink(target)
            raise
    finally:
        os.close(reading)


def _fill(reading: int, writing: int, *, is_clone: bool) -> None:
    if is_clone and sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - a shared library, and most new boxes need no clone

        fcntl.ioctl(writing, _FICLONE, reading)
        return
    while chunk := os.read(reading, _CHUNK):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(writing, rest) :]
