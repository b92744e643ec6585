"""Archives to folders: every member's CRC, size and sha256 are worked out on the way, and held against the directory.

Files get mode 0444, or 0555 where the archive says executable (Windows: 0666, as read-only blocks deletion there), and
one fixed time. Never writes outside the folder, never over a file that is there. See `capsa.disk.member` for what of
an archive is believed.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator

from capsa.disk.member import STORED, Member, list_members, open_archive
from capsa.disk.refusal import RefusedError, refusal
from capsa.errors import IntegrityError
from capsa.value import value

# 2020-01-01T00:00:00Z. One time for all members, so that timestamp bytecode stays valid when a file is restored; after
# 1980, where zip's clock starts, so that boxes can be zipped again.
MTIME_NS = 1_577_836_800 * 10**9

FILE_MODE, PROGRAM_MODE = (0o666, 0o666) if sys.platform == "win32" else (0o444, 0o555)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CHUNK = 8 << 20  # larger members are inflated and written piece by piece
_LARGE = 2 << 20  # archives that declare more bytes than this get a second thread
_DAMAGED = "damaged compressed data"


@value
class UnpackedFile:
    """One file that was written: ``path`` relative to the folder, ``size`` in bytes, ``sha256`` in hex."""

    path: str
    size: int
    mtime_ns: int
    mode: int
    sha256: str


def read_directory(path: str, title: str = "") -> tuple[Member, ...]:
    """Return the files of the archive at ``path`` in the order of its central directory.

    ``title`` names the archive in messages, else its file name does. Raises IntegrityError, and DiskError when the
    file can't be read.
    """
    with open_archive(path) as content:
        return list_members(content, title or os.path.basename(path))


def read_member(path: str, name: str, title: str = "") -> bytes:
    """Return the content of one member, CRC and size checked; IntegrityError when there is none of that name."""
    title = title or os.path.basename(path)
    with open_archive(path) as content:
        for member in list_members(content, title):
            if member.name == name:
                return b"".join(_checked(content, member, title))
    raise IntegrityError(f"{title} has no member {name}")


def unpack(
    path: str,
    folder: str,
    *,
    mtime_ns: int = MTIME_NS,
    is_wanted: Callable[[str], bool] | None = None,
    title: str = "",
) -> tuple[UnpackedFile, ...]:
    """Write the members of the archive at ``path`` below ``folder``, which is made; return them sorted by path.

    ``is_wanted`` is asked with each member's name; ``title`` names the archive in messages. When this raises
    (IntegrityError, DiskError), what was written so far stays: the folder is the caller's to remove.
    """
    title = title or os.path.basename(path)
    with open_archive(path) as content:
        members = [m for m in list_members(content, title) if is_wanted is None or is_wanted(m.name)]
        _make_folders(folder, members)
        work = _Work(content, folder, mtime_ns, title)
        if sum(member.size for member in members) > _LARGE:
            files = work.run_in_two(members)
        else:
            files = [work.write(member) for member in members]
    return tuple(sorted(files, key=lambda file: file.path))


def _make_folders(folder: str, members: list[Member]) -> None:
    wanted = {os.path.dirname(member.name) for member in members}
    try:
        os.makedirs(folder, exist_ok=True)
        # Sorted, a folder comes after the one that holds it; those without files of their own are made on the way.
        for name in sorted(wanted - {""}):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
    except OSError as error:
        raise refusal(error, "make a folder in", folder) from error


class _Work:
    """Writing the members of one archive, perhaps by two threads: inflating and hashing let go of the interpreter."""

    __slots__ = ("_content", "_folder", "_mtime_ns", "_title")

    def __init__(self, content: mmap.mmap, folder: str, mtime_ns: int, title: str) -> None:
        self._content = content
        self._folder = folder
        self._mtime_ns = mtime_ns
        self._title = title

    def run_in_two(self, members: list[Member]) -> list[UnpackedFile]:
        """Write all members; the first failure of either thread stops both and is raised."""
        remaining = deque(members)
        files: list[UnpackedFile] = []
        failures: list[BaseException] = []

        def drain() -> None:
            try:
                while remaining and not failures:
                    files.append(self.write(remaining.popleft()))
            except IndexError:
                return  # the other thread took the last one
            except BaseException as error:  # noqa: BLE001 - raised again below, in the calling thread
                failures.append(error)

        second = threading.Thread(target=drain, name="capsa-unpack", daemon=True)
        second.start()
        drain()
        second.join()
        if failures:
            raise failures[0]
        return files

    def write(self, member: Member) -> UnpackedFile:
        """Write one member and give it its mode and time."""
        path = os.path.join(self._folder, member.name)
        mode = PROGRAM_MODE if member.is_executable else FILE_MODE
        digest = hashlib.sha256()
        try:
            descriptor = os.open(path, _NEW, mode)
            try:
                for piece in _checked(self._content, member, self._title):
                    digest.update(piece)
                    _write_all(descriptor, piece)
                if sys.platform != "win32":
                    os.fchmod(descriptor, mode)  # the umask may have taken bits away
            finally:
                os.close(descriptor)
            os.utime(path, ns=(self._mtime_ns, self._mtime_ns))
        except OSError as error:
            raise _refused(error, path, self._title, member) from error
        return UnpackedFile(
            path=member.name, size=member.size, mtime_ns=self._mtime_ns, mode=mode, sha256=digest.hexdigest()
        )


def _refused(error: OSError, path: str, title: str, member: Member) -> IntegrityError | RefusedError:
    if isinstance(error, FileExistsError):
        # Names are unique, so this disk takes two of them for one: upper and lower case, or forms of a letter.
        return IntegrityError(f"{title}: member {member.name} is already there under a name that this disk holds equal")
    return refusal(error, "write", path)


def _write_all(descriptor: int, piece: bytes) -> None:
    written = os.write(descriptor, piece)
    while written < len(piece):
        written += os.write(descriptor, memoryview(piece)[written:])


def _checked(content: mmap.mmap, member: Member, title: str) -> Iterator[bytes]:
    """Yield the unpacked bytes, piece by piece; IntegrityError as soon as there are too many, and at the end."""
    who = f"{title}: member {member.name}"
    pieces = _stored(content, member) if member.method == STORED else _inflated(content, member, who)
    size = crc = 0
    for piece in pieces:
        size += len(piece)
        if size > member.size:
            raise IntegrityError(f"{who} unpacks to more than the {member.size} bytes that it declares")
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != member.size:
        raise IntegrityError(f"{who} unpacks to {size} bytes, not to the {member.size} that it declares")
    if crc != member.crc:
        raise IntegrityError(f"{who} is damaged: its CRC-32 is {crc:08x}, not {member.crc:08x}")


def _stored(content: mmap.mmap, member: Member) -> Iterator[bytes]:
    for at in range(member.start, member.start + member.packed, _CHUNK):
        yield content[at : min(at + _CHUNK, member.start + member.packed)]


def _inflated(content: mmap.mmap, member: Member, who: str) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = _stored(content, member)
    # One byte more than declared is let out, never more: a bomb is found by the first byte too many.
    most = min(member.size + 1, _CHUNK)
    try:
        while not stream.eof:
            # With nothing left to read the stream may still hold back what was over `most`.
            rest = stream.unconsumed_tail or next(packed, b"")
            piece = stream.decompress(rest, most)
            if not piece and not rest and not stream.eof:
                raise IntegrityError(f"{who} has {_DAMAGED}: it is cut off")
            yield piece
    except zlib.error as error:
        raise IntegrityError(f"{who} has {_DAMAGED}: {error}") from error
    if stream.unused_data or next(packed, b""):
        raise IntegrityError(f"{who} has {_DAMAGED}: something follows its end")
