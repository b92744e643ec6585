import hashlib
import os
import struct
import zipfile
import zlib

import pytest

from capsa.disk import member, unpack
from capsa.disk.member import Member
from capsa.disk.refusal import RefusedError
from capsa.disk.unpack import MTIME_NS, read_directory, read_member
from capsa.errors import IntegrityError
from capsa.testing.wheel import archive_of


class Forged:
    """A zip archive written field by field, so that each can lie."""

    def __init__(self):
        self.local = b""
        self.central = b""
        self.count = 0

    def add(self, name, content=b"content", *, packed=None, method=0, local=None, central=None):
        """Append a member; ``local`` and ``central`` replace fields of one of its two headers."""
        raw = name.encode() if isinstance(name, str) else name
        packed = content if packed is None else packed
        facts = {"flags": 0, "method": method, "crc": zlib.crc32(content), "packed": len(packed), "size": len(content)}
        facts |= {"name": raw, "extra": b"", "attributes": 0o100644 << 16, "offset": len(self.local)}
        near, far = facts | (local or {}), facts | (central or {})
        self.central += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, far["flags"], far["method"], 0, 0x21, far["crc"], far["packed"],
            far["size"], len(far["name"]), len(far["extra"]), 0, far.get("disk", 0), 0, far["attributes"],
            far["offset"],
        ) + far["name"] + far["extra"]  # fmt: skip
        self.local += struct.pack(
            "<4s5H3L2H", b"PK\3\4", 20, near["flags"], near["method"], 0, 0x21, near["crc"], near["packed"],
            near["size"], len(near["name"]), len(near["extra"]),
        ) + near["name"] + near["extra"] + packed  # fmt: skip
        self.count += 1
        return self

    def bytes(self, *, prefix=b"", shift=None, count=None, end64=False, disk=0):
        """Return the archive; ``shift`` is what its offsets count in excess (default: they hold)."""
        start = len(self.local) + (0 if shift is None else shift)
        count = self.count if count is None else count
        tail = b""
        if end64:
            place = start + len(self.central)
            tail = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(self.central), start)
            tail += struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
            start, count = 0xFFFFFFFF, 0xFFFF
        end = struct.pack("<4s4H2LH", b"PK\5\6", disk, disk, count, count, len(self.central), start, 0)
        return prefix + self.local + self.central + tail + end


def write(tmp_path, content):
    path = tmp_path / "a.whl"
    path.write_bytes(content.bytes() if isinstance(content, Forged) else content)
    return str(path)


def refusal_of(tmp_path, content):
    """Return the sentence that refuses an archive, which must leave nothing outside of its folder."""
    path = write(tmp_path, content)
    with pytest.raises(IntegrityError) as caught:
        unpack.unpack(path, str(tmp_path / "out" / "tree"))
    assert set(os.listdir(tmp_path)) <= {"a.whl", "out"}
    assert set(os.listdir(tmp_path / "out") if (tmp_path / "out").exists() else []) <= {"tree"}
    return str(caught.value)


def test_every_file_arrives_with_its_hash_mode_and_time(tmp_path):
    members = {"b/c/deep.py": b"x" * 5000, "a.py": b"", "tool": b"#!/bin/sh\n", "big.so": os.urandom(200_000)}
    path = write(tmp_path, archive_of(members, programs={"tool"}))
    mask = os.umask(0o077)
    try:
        files = unpack.unpack(path, str(tmp_path / "tree"))
    finally:
        os.umask(mask)
    assert [file.path for file in files] == sorted(members)
    for file in files:
        status = os.stat(tmp_path / "tree" / file.path)
        assert (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)
        assert status.st_mode & 0o7777 == file.mode == (0o555 if file.path == "tool" else 0o444)
        assert file.mtime_ns == MTIME_NS
        content = (tmp_path / "tree" / file.path).read_bytes()
        assert content == members[file.path]
        assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_stored_and_deflated_members_are_read_alike(tmp_path):
    members = {"a": b"a" * 1000, "b": b""}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = write(tmp_path, archive_of(members, compression=method))
        assert {name: read_member(path, name) for name in members} == members


def test_two_threads_write_what_one_writes(tmp_path, monkeypatch):
    members = {f"folder{number % 7}/{number}.bin": os.urandom(2000) * (number % 5) for number in range(300)}
    path = write(tmp_path, archive_of(members))
    monkeypatch.setattr(unpack, "_LARGE", 0)
    two = unpack.unpack(path, str(tmp_path / "two"))
    monkeypatch.setattr(unpack, "_LARGE", 1 << 40)
    assert unpack.unpack(path, str(tmp_path / "one")) == two
    assert len(two) == 300


def test_with_two_threads_the_first_failure_is_raised(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "_LARGE", 0)
    forged = Forged()
    for number in range(50):
        forged.add(f"{number}", central={"crc": 1}, local={"crc": 1})
    assert "is damaged: its CRC-32 is" in refusal_of(tmp_path, forged)


def test_large_members_go_through_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "_CHUNK", 1000)
    content = os.urandom(5_000) + bytes(20_000)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = write(tmp_path, archive_of({"a": content}, compression=method))
        [file] = unpack.unpack(path, str(tmp_path / str(method)))
        assert (tmp_path / str(method) / "a").read_bytes() == content
        assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_only_what_is_wanted_is_written(tmp_path):
    path = write(tmp_path, archive_of({"a/x": b"", "b/y": b""}))
    files = unpack.unpack(path, str(tmp_path / "tree"), mtime_ns=7, is_wanted=lambda name: name.startswith("b/"))
    assert [(file.path, file.mtime_ns) for file in files] == [("b/y", 7)]
    assert os.listdir(tmp_path / "tree") == ["b"]


def test_folders_are_made_for_files_and_not_listed(tmp_path):
    path = write(tmp_path, archive_of({"a/": b"", "a/b/": b"", "a/b/c": b"x", "empty/": b""}))
    assert [entry.name for entry in read_directory(path)] == ["a/b/c"]
    unpack.unpack(path, str(tmp_path / "tree"))
    assert os.listdir(tmp_path / "tree") == ["a"]


def test_a_file_that_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_text("mine")
    path = write(tmp_path, archive_of({"a": b"new"}))
    with pytest.raises(IntegrityError, match="member a is already there"):
        unpack.unpack(path, str(tmp_path / "tree"))
    assert (tmp_path / "tree" / "a").read_text() == "mine"


def test_a_member_that_is_missing_is_named(tmp_path):
    with pytest.raises(IntegrityError, match="six has no member METADATA"):
        read_member(write(tmp_path, archive_of({"a": b""})), "METADATA", "six")


def test_an_archive_that_is_missing_is_a_refusal_of_the_disk(tmp_path):
    with pytest.raises(RefusedError, match="can't read"):
        read_directory(str(tmp_path / "gone.whl"))


def test_an_archive_without_members_is_an_archive(tmp_path):
    assert read_directory(write(tmp_path, Forged())) == ()


def test_zip64_is_read(tmp_path):
    wide = struct.pack("<2H2Q", 1, 16, 7, 7)
    full = {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": wide}
    forged = Forged().add("a", local=full, central=full)
    place = {"offset": 0xFFFFFFFF, "extra": struct.pack("<2HHB2HQ", 9, 3, 1, 1, 1, 8, len(forged.local))}
    forged.add("b", central=place)
    path = write(tmp_path, forged.bytes(end64=True))
    assert [(entry.name, entry.size) for entry in read_directory(path)] == [("a", 7), ("b", 7)]
    assert read_member(path, "b") == b"content"


def test_sizes_may_stand_behind_the_data(tmp_path):
    zeros = {"crc": 0, "packed": 0, "size": 0, "flags": 8}
    path = write(tmp_path, Forged().add("a", local=zeros, central={"flags": 8}))
    assert read_member(path, "a") == b"content"


def test_what_precedes_or_follows_is_ignored_where_the_offsets_hold(tmp_path):
    plain = archive_of({"a": b"x"})
    assert read_member(write(tmp_path, plain + b"trailing"), "a") == b"x"
    forged = Forged()
    forged.local = b"#!/bin/sh\n"
    assert read_member(write(tmp_path, forged.add("a")), "a") == b"content"
    assert "wrong offsets" in refusal_of(tmp_path, b"#!/bin/sh\n" + plain)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil", 'it has an empty, "." or ".." part'),
        ("a/../../evil", 'it has an empty, "." or ".." part'),
        ("a//b", 'it has an empty, "." or ".." part'),
        ("./a", 'it has an empty, "." or ".." part'),
        ("", 'it has an empty, "." or ".." part'),
        ("..", 'it has an empty, "." or ".." part'),
        ("/etc/passwd", "it is absolute"),
        ("C:/evil", "it names a drive"),
        ("C:evil", "it names a drive"),
        ("..\\evil", "it has a backslash"),
        ("a\0.py", "it has control characters"),
        ("a\n.py", "it has control characters"),
        ("n" * 256, "it is too long"),
        ("a/" * 2100 + "b", "it is too long"),
    ],
)
def test_names_that_leave_the_folder_or_can_not_be_files_are_refused(tmp_path, name, reason):
    told = refusal_of(tmp_path, Forged().add("good").add(name))
    assert told.startswith("a.whl: member ")
    assert told.endswith(f"has a name that is refused: {reason}")
    assert len(told) < 350


SYMLINK, DEVICE, FOLDER = 0o120777 << 16, 0o020666 << 16, 0o040755 << 16


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        (Forged().add(b"\xff"), "the name of member `\\xff` is not UTF-8"),
        (Forged().add("a").add("a"), "member a occurs twice"),
        (Forged().add("a").add("a/b"), "member a is a file and a folder at once"),
        (Forged().add("a/", b"").add("a"), "member a is a file and a folder at once"),
        (Forged().add("a", central={"attributes": SYMLINK}), "member a is not a regular file, but a link or a device"),
        (Forged().add("a", central={"attributes": DEVICE}), "member a is not a regular file, but a link or a device"),
        (Forged().add("a", central={"attributes": FOLDER}), "member a is not a regular file, but a link or a device"),
        (Forged().add("a/"), "member a/ is a folder with content"),
        (Forged().add("a", central={"flags": 1}), "member a is encrypted"),
        (Forged().add("a", method=12), "member a is compressed with bzip2; only stored and deflated"),
        (Forged().add("a", method=14), "member a is compressed with lzma; only stored and deflated"),
        (Forged().add("a", method=77), "member a is compressed with method 77; only stored and deflated"),
        (Forged().add("a", local={"name": b"b"}), "member a has a local header that contradicts the central"),
        (Forged().add("a", local={"method": 8}), "member a has a local header that contradicts the central"),
        (Forged().add("a", local={"flags": 1}), "member a has a local header that contradicts the central"),
        (Forged().add("a", local={"crc": 5}), "member a has a local header with another size or CRC"),
        (Forged().add("a", local={"size": 6, "packed": 6}), "member a has a local header with another size or CRC"),
        (Forged().add("a", local={"flags": 8, "crc": 0}), "member a has a local header with another size or CRC"),
        (Forged().add("a", central={"offset": 1}), "member a has no local header where the central directory says"),
        (Forged().add("a", central={"disk": 1}), "member `a` lies in another file"),
        (Forged().add("a", central={"size": 0xFFFFFFFF}), "says that it is zip64, but has no zip64 sizes"),
        (Forged().add("a", local={"crc": 5}, central={"crc": 5}), "member a is damaged: its CRC-32 is"),
    ],
)
def test_hostile_and_damaged_members_are_refused_by_name(tmp_path, forged, told):
    sentence = refusal_of(tmp_path, forged)
    assert sentence.startswith("a.whl: ")
    assert told in sentence


def test_members_that_overlap_are_refused(tmp_path):
    inner = Forged().add("inner", b"payload")
    forged = Forged().add("outer", inner.local)
    offset = forged.local.index(b"PK\3\4", 4)
    forged.central += inner.central.replace(struct.pack("<L", 0) + b"inner", struct.pack("<L", offset) + b"inner")
    forged.count = 2
    assert "member inner overlaps the one before it" in refusal_of(tmp_path, forged)


def test_one_member_under_two_names_is_refused(tmp_path):
    forged = Forged().add("a")
    twin = Forged().add("b", local={"name": b"a"})
    forged.central, forged.count = forged.central + twin.central, 2
    assert "member b has a local header that contradicts" in refusal_of(tmp_path, forged)


def deflated(content):
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(content) + stream.flush()


def lie(size, content, packed=None):
    told = {"size": size, "crc": zlib.crc32(content)}
    return Forged().add("a", content, packed=packed or deflated(content), method=8, local=told, central=told)


def test_a_bomb_stops_at_the_first_byte_too_many(tmp_path, monkeypatch):
    written = []
    plain = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, piece: written.append(len(piece)) or plain(descriptor, piece))
    told = refusal_of(tmp_path, lie(1000, bytes(50_000_000)))
    assert told == "a.whl: member a unpacks to more than the 1000 bytes that it declares"
    assert sum(written) == 0


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        (lie(900, b"x" * 800), "unpacks to 800 bytes, not to the 900 that it declares"),
        (lie(700, b"x" * 800), "unpacks to more than the 700 bytes that it declares"),
        (lie(800, b"x" * 800, deflated(b"x" * 800)[:-1]), "has damaged compressed data: it is cut off"),
        (lie(800, b"x" * 800, deflated(b"x" * 800) + b"more"), "has damaged compressed data: something follows"),
        (lie(800, b"x" * 800, b"\xff" * 20), "has damaged compressed data: Error -3"),
        (lie(800_000, b"x"), "says 800000 bytes, which 3 bytes in the archive can't hold"),
    ],
)
def test_compressed_data_that_do_not_keep_their_word_are_refused(tmp_path, forged, told):
    assert refusal_of(tmp_path, forged).startswith(f"a.whl: member a {told}")


def test_an_archive_that_would_fill_the_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(member, "_MOST_BYTES", 13)
    told = refusal_of(tmp_path, Forged().add("a").add("b"))
    assert told == "a.whl would unpack to 14 bytes, more than the 13 that are allowed"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "a.whl is empty, so it is not a zip archive"),
        (b"not a zip archive at all", "a.whl is cut off or not a zip archive: it has no end of central directory"),
        (archive_of({"a": b"x"})[:-30], "a.whl is cut off or not a zip archive: it has no end of central directory"),
        (Forged().add("a").bytes(shift=3), "a.whl has something between its central directory and its end"),
        (Forged().add("a").bytes(count=2), "a.whl is cut off or not a zip archive"),
        (Forged().add("a").add("b").bytes(count=1), "a.whl says it has 1 members, but its central directory has"),
        (Forged().add("a").bytes(disk=1), "a.whl is one part of an archive that is split over several files"),
        (Forged().bytes(end64=True).replace(b"PK\6\6", b"PK\7\7"), "a.whl has no zip64 end of central directory"),
        (Forged().add("a").bytes().replace(b"PK\1\2", b"PK\7\7"), "a.whl has a damaged central directory"),
    ],
)
def test_what_is_not_a_whole_archive_is_refused(tmp_path, content, told):
    assert told in refusal_of(tmp_path, content)


def test_a_disk_that_fills_up_is_a_refusal_of_the_disk(tmp_path, monkeypatch):
    def write_nothing(*_):
        raise OSError(28, os.strerror(28))

    path = write(tmp_path, archive_of({"a": b"x"}))
    monkeypatch.setattr(os, "write", write_nothing)
    with pytest.raises(RefusedError, match="no space is left on the disk"):
        unpack.unpack(path, str(tmp_path / "tree"))


def test_the_title_names_the_archive(tmp_path):
    path = write(tmp_path, b"nothing")
    with pytest.raises(IntegrityError, match=r"^six-1\.whl is cut off"):
        read_directory(path, "six-1.whl")
    assert Member.__name__ == "Member"
