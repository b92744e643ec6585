"""The METADATA of a wheel without the wheel: its central directory is read by byte ranges from the end.

Never unpacks anything else. PKWARE's APPNOTE (central directory, zip64), the wheel specification, RFC 9110 (ranges).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from struct import Struct, error

from capsa.errors import IntegrityError
from capsa.model.distribution import parse_filename
from capsa.model.name import normalize
from capsa.value import value

TAIL = 16_384  # bytes; holds the directory of a wheel of about 150 members, and mostly its METADATA
_LONGEST = 1 << 26  # of METADATA: nothing honest is near 64 MB
_COMMENT = 0xFFFF
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ZIP64_EXTRA = 1

_END = Struct("<4s4H2LH")
_LOCATOR = Struct("<4sLQL")
_END_64 = Struct("<4sQ2H2L4Q")
_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")

Ranges = Callable[[int, int], bytes]
"""Gives the bytes from a start up to, not including, a stop; both within the file."""


@value
class _Entry:
    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def read_metadata(read: Ranges, size: int, filename: str) -> bytes:
    """Return the METADATA in a wheel of ``size`` bytes.

    Raises IntegrityError that names the wheel when it is not a zip file, has no METADATA, or has a damaged one.
    """
    end = _End(read, size, filename)
    try:
        start, length = _directory(end, filename)
        entry = _metadata_entry(end.piece(start, start + length), filename)
        return _content(entry, end, filename, limit=start)
    except (error, zlib.error, UnicodeDecodeError) as problem:
        raise IntegrityError(f"{filename} is not a sound zip file: {problem}") from problem


class _End:
    """The last bytes of a file, from ``start``; reaches further back when more is asked for that touches them.

    It then takes another `TAIL`, for METADATA mostly lies right before the directory.
    """

    __slots__ = ("_content", "_filename", "_read", "size", "start")

    def __init__(self, read: Ranges, size: int, filename: str) -> None:
        self._read = read
        self._filename = filename
        self.size = size
        self.start = max(size - TAIL, 0)
        self._content = read(self.start, size)

    def piece(self, start: int, stop: int) -> bytes:
        if not 0 <= start <= stop <= self.size:
            raise IntegrityError(f"{self._filename} is not a sound zip file: it points outside itself")
        if stop < self.start:
            return self._read(start, stop)
        if start < self.start:
            reach = max(start - TAIL, 0)
            self._content = self._read(reach, self.start) + self._content
            self.start = reach
        return self._content[start - self.start : stop - self.start]


def _directory(end: _End, filename: str) -> tuple[int, int]:
    """Return where the central directory starts, and its length."""
    tail = end.piece(end.start, end.size)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 and end.start:
        # A comment of up to 64 KB may stand behind the end record.
        tail = end.piece(max(end.size - _COMMENT - _END.size, 0), end.size)
        place = tail.rfind(b"PK\x05\x06")
    if place < 0:
        raise IntegrityError(f"{filename} is not a zip file, or only a part of one")
    *_, length, start, _ = _END.unpack_from(tail, place)
    if _FULL_32 not in {start, length}:
        return start, length
    position = end.size - len(tail) + place - _LOCATOR.size
    mark, _, position, _ = _LOCATOR.unpack(end.piece(position, position + _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return start, length
    mark, *_, length, start = _END_64.unpack(end.piece(position, position + _END_64.size))
    if mark != b"PK\x06\x06":
        raise IntegrityError(f"{filename} is not a sound zip file: its zip64 end record is missing")
    return start, length


def _metadata_entry(directory: bytes, filename: str) -> _Entry:
    told = parse_filename(filename)
    project = told.project if told else ""
    found = []
    position = 0
    while position < len(directory):
        fields = _ENTRY.unpack_from(directory, position)
        if fields[0] != b"PK\x01\x02":
            raise IntegrityError(f"{filename} is not a sound zip file: its directory is damaged")
        name_length, extra_length, comment_length = fields[10:13]
        name_end = position + _ENTRY.size + name_length
        name = directory[position + _ENTRY.size : name_end]
        if _is_metadata(name, project):
            extra = directory[name_end : name_end + extra_length]
            found.append(_entry(fields, name.decode("utf-8"), extra))
        position = name_end + extra_length + comment_length
    if len(found) != 1:
        count = "no METADATA" if not found else f"{len(found)} METADATA files"
        raise IntegrityError(f"{filename} has {count}, so it is not a wheel")
    return found[0]


def _is_metadata(name: bytes, project: str) -> bool:
    folder, _, rest = name.partition(b"/")
    if rest != b"METADATA" or not folder.endswith(b".dist-info"):
        return False
    return normalize(folder.partition(b"-")[0].decode("utf-8", errors="replace")) == project


def _entry(fields: tuple[int, ...], name: str, extra: bytes) -> _Entry:
    packed, size, offset = fields[8], fields[9], fields[16]
    while len(extra) >= 4:  # noqa: PLR2004 - the head of an extra field
        kind, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if kind == _ZIP64_EXTRA:
            wide = iter(Struct(f"<{length // 8}Q").unpack_from(extra, 4))
            size = next(wide, size) if size == _FULL_32 else size
            packed = next(wide, packed) if packed == _FULL_32 else packed
            offset = next(wide, offset) if offset == _FULL_32 else offset
        extra = extra[4 + length :]
    return _Entry(name=name, method=fields[4], crc=fields[7], packed=packed, size=size, offset=offset)


def _content(entry: _Entry, end: _End, filename: str, *, limit: int) -> bytes:
    member = f"{entry.name} in {filename}"
    if entry.size > _LONGEST or entry.packed > _LONGEST:
        raise IntegrityError(f"{member} is longer than {_LONGEST:,} bytes")
    # The extra field may differ from the directory's; what is asked for mostly holds it, so that one request is enough.
    stop = min(entry.offset + _LOCAL.size + len(entry.name.encode()) + 64 + entry.packed, limit)
    piece = end.piece(entry.offset, stop)
    fields = _LOCAL.unpack_from(piece)
    start = _LOCAL.size + fields[9] + fields[10]
    if fields[0] != b"PK\x03\x04" or piece[_LOCAL.size : _LOCAL.size + fields[9]] != entry.name.encode():
        raise IntegrityError(f"{member} is damaged: its header does not agree with the directory")
    if start + entry.packed > len(piece):
        piece += end.piece(stop, entry.offset + start + entry.packed)
    packed = piece[start : start + entry.packed]
    if entry.method == _DEFLATED:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.size + 1)
    elif entry.method == _STORED:
        content = packed
    else:
        raise IntegrityError(f"{member} is packed by method {entry.method}, which wheels may not use")
    if len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise IntegrityError(f"{member} is damaged: its checksum does not hold")
    return content
