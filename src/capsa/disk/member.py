"""What a zip archive says it holds, read from its central directory and held against every local header.

Stored and deflated members, zip64. Anything ambiguous or hostile is an IntegrityError that names archive and member:
names that leave the folder, duplicates, overlaps, links, encryption, sizes that can't be. Never unpacks.
Specification: PKWARE APPNOTE 6.3.10; names are UTF-8, as the wheel specification (PEP 427) wants them.
"""

from __future__ import annotations

import mmap
import os
import struct

from capsa.disk.refusal import refusal
from capsa.errors import IntegrityError, quoted
from capsa.value import value

STORED, DEFLATED = 0, 8

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000  # plain, strong, masked headers
_SIZES_FOLLOW = 0x0008  # sizes and CRC stand behind the data, the local header may have zeros
_REGULAR, _FOLDER_KIND, _KINDS = 0o100000, 0o040000, 0o170000
_MOST_BYTES = 64 << 30  # what one archive may say it unpacks to
_DEFLATE_GAIN = 1032  # the best that deflate can do, times
_METHODS = {1: "shrink", 6: "implode", 9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstandard", 95: "xz", 98: "ppmd"}
_LONGEST_NAME, _LONGEST_PART = 4096, 255


@value
class Member:
    """One file of an archive: folders are not listed, as they hold nothing.

    ``size`` and ``packed`` are bytes as declared, unpacked and in the archive; ``start`` is where the data begin;
    ``crc`` is CRC-32 as declared.
    """

    name: str
    size: int
    packed: int
    crc: int
    method: int
    start: int
    is_executable: bool


@value
class _Entry:
    """A line of the central directory, folders included; ``offset`` is of the local header."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    kind: int
    is_executable: bool


def open_archive(path: str) -> mmap.mmap:
    """Return the bytes of a file, mapped read-only; an empty one is an IntegrityError. To be closed by the caller."""
    try:
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as error:
        raise IntegrityError(f"{os.path.basename(path)} is empty, so it is not a zip archive") from error
    except OSError as error:
        raise refusal(error, "read", path) from error


def list_members(content: mmap.mmap, title: str) -> tuple[Member, ...]:
    """Return the files of an opened archive in the order of its central directory; ``title`` names it in messages."""
    try:
        entries, start = _read_central(content, title)
        members = [_hold_local(content, entry, start, title) for entry in entries]
    except struct.error as error:
        raise IntegrityError(f"{title} is cut off or not a zip archive: {error}") from error
    _refuse_overlaps(entries, members, title)
    files = tuple(member for member in members if not member.name.endswith("/"))
    _refuse_clashes(members, title)
    total = sum(member.size for member in files)
    if total > _MOST_BYTES:
        raise IntegrityError(f"{title} would unpack to {total} bytes, more than the {_MOST_BYTES} that are allowed")
    return files


def _read_central(content: mmap.mmap, title: str) -> tuple[list[_Entry], int]:
    """Return the lines of the central directory and where it starts."""
    count, size, start, end = _find_central(content, title)
    if start + size != end:
        raise IntegrityError(f"{title} has something between its central directory and its end, or wrong offsets")
    entries = []
    position = start
    for _ in range(count):
        entry, position = _read_entry(content, position, title)
        entries.append(entry)
    if position != end:
        raise IntegrityError(f"{title} says it has {count} members, but its central directory has another size")
    return entries, start


def _find_central(content: mmap.mmap, title: str) -> tuple[int, int, int, int]:
    """Return (members, size, start, end) of the central directory; what follows the end record is ignored."""
    at = content.rfind(b"PK\5\6", max(0, len(content) - _END.size - _LONGEST_COMMENT))
    if at < 0:
        raise IntegrityError(f"{title} is cut off or not a zip archive: it has no end of central directory")
    _, disk, disk_of_start, on_disk, count, size, start, _ = _END.unpack_from(content, at)
    end = at
    locator = at - _END64_LOCATOR.size
    if locator >= 0 and content[locator : locator + 4] == b"PK\6\7":
        _, _, end, _ = _END64_LOCATOR.unpack_from(content, locator)
        if end > locator - _END64.size or content[end : end + 4] != b"PK\6\6":
            raise IntegrityError(f"{title} has no zip64 end of central directory where it says")
        _, _, _, _, disk, disk_of_start, on_disk, count, size, start = _END64.unpack_from(content, end)
    elif _FULL16 in {count, on_disk} and _FULL32 in {size, start}:
        raise IntegrityError(f"{title} says that it is zip64, but has no zip64 end of central directory")
    if disk or disk_of_start or on_disk != count:
        raise IntegrityError(f"{title} is one part of an archive that is split over several files")
    return count, size, start, end


def _read_entry(content: mmap.mmap, at: int, title: str) -> tuple[_Entry, int]:
    fields = _CENTRAL.unpack_from(content, at)
    signature, _, _, flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size, disk, _, attributes, offset = fields  # fmt: skip # noqa: E501 - the record as the specification lists it
    if signature != b"PK\1\2":
        raise IntegrityError(f"{title} has a damaged central directory")
    names = at + _CENTRAL.size
    raw_name = content[names : names + name_size]
    extra = content[names + name_size : names + name_size + extra_size]
    size, packed, offset = _widen(extra, (size, packed, offset), f"{title}: member {quoted(raw_name)}")
    if disk not in {0, _FULL16}:
        raise IntegrityError(f"{title}: member {quoted(raw_name)} lies in another file")
    mode = attributes >> 16
    entry = _Entry(
        raw_name=raw_name,
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        offset=offset,
        kind=mode & _KINDS,
        is_executable=bool(mode & 0o111),
    )
    return entry, names + name_size + extra_size + comment_size


def _widen(extra: bytes, narrow: tuple[int, ...], who: str) -> tuple[int, ...]:
    """Return the numbers with those that are full (0xFFFFFFFF) taken from the zip64 extra field, in its order."""
    if _FULL32 not in narrow:
        return narrow
    at = 0
    while at + 4 <= len(extra):
        identity, length = struct.unpack_from("<2H", extra, at)
        if identity == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            return tuple(next(wide, number) if number == _FULL32 else number for number in narrow)
        at += 4 + length
    raise IntegrityError(f"{who} says that it is zip64, but has no zip64 sizes")


def _hold_local(content: mmap.mmap, entry: _Entry, end: int, title: str) -> Member:
    """Return the member after its local header was found to tell the same as the central directory."""
    name = _check_name(entry.raw_name, title)
    who = f"{title}: member {name}"
    _check_kind(entry, name, who)
    header = _LOCAL.unpack_from(content, entry.offset)
    signature, _, flags, method, _, _, crc, packed, size, name_size, extra_size = header
    if signature != b"PK\3\4":
        raise IntegrityError(f"{who} has no local header where the central directory says")
    names = entry.offset + _LOCAL.size
    raw_name = content[names : names + name_size]
    size, packed = _widen(content[names + name_size : names + name_size + extra_size], (size, packed), who)
    told = (raw_name, method, flags & _ENCRYPTED)
    if told != (entry.raw_name, entry.method, entry.flags & _ENCRYPTED):
        raise IntegrityError(f"{who} has a local header that contradicts the central directory")
    facts, wanted = (crc, packed, size), (entry.crc, entry.packed, entry.size)
    if facts != wanted and not (flags & _SIZES_FOLLOW and not any(facts)):
        raise IntegrityError(f"{who} has a local header with another size or CRC than the central directory")
    start = names + name_size + extra_size
    if start + entry.packed > end:
        raise IntegrityError(f"{who} runs into the central directory")
    return Member(
        name=name,
        size=entry.size,
        packed=entry.packed,
        crc=entry.crc,
        method=entry.method,
        start=start,
        is_executable=entry.is_executable,
    )


def _check_kind(entry: _Entry, name: str, who: str) -> None:
    if entry.flags & _ENCRYPTED:
        raise IntegrityError(f"{who} is encrypted")
    if entry.method not in {STORED, DEFLATED}:
        method = _METHODS.get(entry.method, f"method {entry.method}")
        raise IntegrityError(f"{who} is compressed with {method}; only stored and deflated members can be read")
    # Some tools mark folders as regular files: the name decides.
    if entry.kind not in {0, _REGULAR} and not (entry.kind == _FOLDER_KIND and name.endswith("/")):
        raise IntegrityError(f"{who} is not a regular file, but a link or a device")
    if name.endswith("/") and entry.size:
        raise IntegrityError(f"{who} is a folder with content")
    limit = entry.packed if entry.method == STORED else entry.packed * _DEFLATE_GAIN
    if entry.size > limit or (entry.method == STORED and entry.size != entry.packed):
        raise IntegrityError(f"{who} says {entry.size} bytes, which {entry.packed} bytes in the archive can't hold")


def _check_name(raw_name: bytes, title: str) -> str:
    """Return the name as text if it is a plain relative path with "/" between its parts."""
    try:
        name = raw_name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise IntegrityError(f"{title}: the name of member {quoted(raw_name)} is not UTF-8") from error
    reason = _fault(name)
    if reason:
        shown = name if len(name) <= _LONGEST_PART else f"{name[:60]}..."
        raise IntegrityError(f"{title}: member {quoted(shown)} has a name that is refused: {reason}")
    return name


def _fault(name: str) -> str:
    """Return why a name is refused, or "" for a good one."""
    parts = name.removesuffix("/").split("/")
    too_long = len(name.encode()) > _LONGEST_NAME or any(len(part.encode()) > _LONGEST_PART for part in parts)
    faults = {
        "it has control characters": any(sign < " " or sign == "\x7f" for sign in name),
        "it has a backslash": "\\" in name,
        "it names a drive": name[1:2] == ":",
        "it is absolute": name.startswith("/"),
        'it has an empty, "." or ".." part': any(part in {"", ".", ".."} for part in parts),
        "it is too long": too_long,
    }
    return next((reason for reason, is_so in faults.items() if is_so), "")


def _refuse_overlaps(entries: list[_Entry], members: list[Member], title: str) -> None:
    reached = 0
    for entry, member in sorted(zip(entries, members, strict=True), key=lambda pair: pair[0].offset):
        if entry.offset < reached:
            raise IntegrityError(f"{title}: member {member.name} overlaps the one before it")
        reached = member.start + member.packed


def _refuse_clashes(members: list[Member], title: str) -> None:
    """Refuse a name that occurs twice, and a file whose name another member uses as a folder."""
    seen: set[str] = set()
    folders: set[str] = set()
    for member in members:
        name = member.name.removesuffix("/")
        if member.name in seen:
            raise IntegrityError(f"{title}: member {member.name} occurs twice")
        seen.add(member.name)
        above = name if member.name.endswith("/") else name.rpartition("/")[0]
        while above and above not in folders:
            folders.add(above)
            above = above.rpartition("/")[0]
    both = sorted(folders & seen)
    if both:
        raise IntegrityError(f"{title}: member {both[0]} is a file and a folder at once")
