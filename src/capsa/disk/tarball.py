"""Source archives in tar format to folders: plain files, folders, and links that stay inside.

Follows "Unpacking without the data filter" of the sdist specification (PEP 721), and is stricter: nothing is dropped in
silence. An absolute name, "..", a device, a link that leads out, and whatever would be written through a link is an
IntegrityError that names archive and member. `tarfile.data_filter` is not what this relies on: Python 3.11.3 has none,
and several later ones can be led outside through it (CVE-2025-4517 and its kin).
"""

from __future__ import annotations

import lzma
import os
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from capsa.disk.refusal import refusal, refusing
from capsa.errors import IntegrityError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FILE_MODE, _PROGRAM_MODE = 0o644, 0o755
_OWNER_RUNS = 0o100
_CHUNK = 1 << 20
_LATEST = 1 << 33  # seconds since the epoch: later times are refused by some file systems


def unpack_tar(path: str, folder: str, title: str) -> None:
    """Write the members of the archive at ``path`` (tar, also packed by gzip, bzip2 or xz) below ``folder``.

    Files get mode 0644, or 0755 where the archive says executable, less the umask, and the archive's time. ``title``
    names the archive in messages. When this raises (IntegrityError, DiskError), what was written so far stays: the
    folder, which is made, is the caller's to remove.
    """
    with refusing("make the folder", folder):
        os.makedirs(folder, exist_ok=True)
    tree = _Tree(folder, title)
    with _opened(path, title) as archive:
        for member in archive:
            tree.add(archive, member)


def read_tar_member(path: str, is_wanted: Callable[[str], bool], title: str, limit: int = 1 << 26) -> bytes | None:
    """Return the content of the first plain file whose name ``is_wanted`` accepts, None where there is none.

    Reads no further than that; a file of more than ``limit`` bytes counts as none.
    """
    with _opened(path, title) as archive:
        for member in archive:
            if member.isreg() and member.size <= limit and is_wanted(member.name):
                return b"".join(_pieces(archive, member))
    return None


@contextmanager
def _opened(path: str, title: str) -> Iterator[tarfile.TarFile]:
    """Open an archive; what reading it raises inside the block becomes an IntegrityError or a DiskError."""
    try:
        with tarfile.open(path, "r:*", encoding="utf-8") as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, OverflowError, RecursionError) as error:
        raise _damaged(title, error) from error
    except OSError as error:
        if error.errno is None:  # gzip and bz2 say so of damaged data
            raise _damaged(title, error) from error
        raise refusal(error, "read", path) from error


def _damaged(title: str, error: Exception) -> IntegrityError:
    reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    return IntegrityError(f"{title} is damaged or not a tar archive: {reason}")


class _Tree:
    """The folder that an archive is unpacked into, and what it has put there."""

    __slots__ = ("_folder", "_kinds", "_title")

    def __init__(self, folder: str, title: str) -> None:
        self._folder = folder
        self._title = title
        self._kinds: dict[str, str] = {}  # "file", "folder" or "link", by path

    def add(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Write one member."""
        parts = self._parts(member.name, member)
        name = "/".join(parts)
        if member.isdir():
            self._make_folder(parts, member)
            return
        if not (member.isreg() or member.issym() or member.islnk()):
            raise self._refusal(member, "is a device or a pipe, which no source archive may hold")
        if not parts:
            raise self._refusal(member, "has no name")
        self._make_folder(parts[:-1], member)
        self._clear(name, member)
        place = os.path.join(self._folder, *parts)
        if member.isreg():
            self._write(place, archive, member)
        elif member.issym():
            self._link(place, len(parts) - 1, member)
        else:
            self._link_hard(place, member)
        self._kinds[name] = "link" if member.issym() else "file"

    def _parts(self, name: str, member: tarfile.TarInfo) -> list[str]:
        """Return the parts of a relative path; ".." and absolute ones are refused."""
        if _is_absolute(name):
            raise self._refusal(member, "has an absolute name")
        parts = [part for part in _slashed(name).split("/") if part not in {"", "."}]
        if ".." in parts:
            raise self._refusal(member, 'has ".." in its name')
        return parts

    def _make_folder(self, parts: list[str], member: tarfile.TarInfo) -> None:
        """Make a folder and those above it; none of them may be anything else by now, a link least of all."""
        for depth in range(1, len(parts) + 1):
            name = "/".join(parts[:depth])
            if self._kinds.setdefault(name, "folder") != "folder":
                raise self._refusal(member, f"would be written through {name}, which is no folder")
        path = os.path.join(self._folder, *parts)
        with refusing("make the folder", path):
            os.makedirs(path, exist_ok=True)

    def _clear(self, name: str, member: tarfile.TarInfo) -> None:
        """Take away a file that an earlier member of the same name made: in a tar archive the later one counts."""
        known = self._kinds.get(name)
        if known is None:
            return
        if known != "file" or not member.isreg():
            raise self._refusal(member, "is there twice, and not as a plain file both times")
        place = os.path.join(self._folder, name)
        with refusing("replace", place):
            os.unlink(place)

    def _write(self, place: str, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        mode = _PROGRAM_MODE if member.mode & _OWNER_RUNS else _FILE_MODE
        with refusing("write", place):
            descriptor = os.open(place, _NEW, mode)
        try:
            for piece in _pieces(archive, member):
                with refusing("write", place):
                    _write_all(descriptor, piece)
        finally:
            os.close(descriptor)
        moment = min(max(member.mtime, 0), _LATEST)
        with refusing("set the time of", place):
            os.utime(place, (moment, moment))

    def _link(self, place: str, depth: int, member: tarfile.TarInfo) -> None:
        """Make a symbolic link that can't leave: it goes up first, no further than to the top, and then only down.

        What it goes up through are folders, as nothing is written through a link; so it stays inside whatever other
        links it meets on its way down. A target that goes down and up again is made shorter, as `tarfile` does it.
        """
        steps: list[str] = []
        for part in _slashed(member.linkname).split("/"):
            if part == ".." and steps and steps[-1] != "..":
                steps.pop()
            elif part not in {"", "."}:
                steps.append(part)
        if _is_absolute(member.linkname) or steps.count("..") > depth:
            raise self._refusal(member, f"is a link to {member.linkname}, outside of the archive")
        with refusing("make the link", place):
            os.symlink("/".join(steps) or ".", place)

    def _link_hard(self, place: str, member: tarfile.TarInfo) -> None:
        """Link to a plain file that this archive wrote before; anything else could be somebody else's file."""
        target = "/".join(self._parts(member.linkname, member))
        if self._kinds.get(target) != "file":
            raise self._refusal(member, f"is a link to {member.linkname}, which is no file of the archive before it")
        with refusing("make the link", place):
            os.link(os.path.join(self._folder, target), place)

    def _refusal(self, member: tarfile.TarInfo, what: str) -> IntegrityError:
        return IntegrityError(f"{self._title}: member {member.name} {what}")


def _slashed(name: str) -> str:
    return name.replace("\\", "/") if sys.platform == "win32" else name


def _is_absolute(name: str) -> bool:
    # On Windows a colon names a drive or a stream, in whatever part of the path.
    return _slashed(name).startswith("/") or (sys.platform == "win32" and ":" in name)


def _pieces(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(member)
    while stream and (piece := stream.read(_CHUNK)):
        yield piece


def _write_all(descriptor: int, piece: bytes) -> None:
    written = os.write(descriptor, piece)
    while written < len(piece):
        written += os.write(descriptor, memoryview(piece)[written:])
