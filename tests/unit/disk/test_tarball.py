import io
import os
import sys
import tarfile

import pytest

from capsa.disk.refusal import RefusedError
from capsa.disk.tarball import read_tar_member, unpack_tar
from capsa.errors import IntegrityError


def member(name, content=b"content", *, kind=tarfile.REGTYPE, target="", mode=0o644, mtime=1_600_000_000):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.mtime = kind, target, mode, mtime
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    return info, content


def link(name, target):
    return member(name, kind=tarfile.SYMTYPE, target=target)


def hard(name, target):
    return member(name, kind=tarfile.LNKTYPE, target=target)


def folder(name):
    return member(name, kind=tarfile.DIRTYPE, mode=0o755)


def archive(tmp_path, *members, mode="w:gz"):
    path = tmp_path / "a.tar"
    with tarfile.open(path, mode, format=tarfile.PAX_FORMAT) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return str(path)


def unpacked(tmp_path, *members, mode="w:gz"):
    unpack_tar(archive(tmp_path, *members, mode=mode), str(tmp_path / "in" / "tree"), "a 1.0")
    return tmp_path / "in" / "tree"


def refusal_of(tmp_path, *members):
    """Return the sentence that refuses an archive, which must leave nothing outside of its folder."""
    with pytest.raises(IntegrityError) as caught:
        unpacked(tmp_path, *members)
    assert set(os.listdir(tmp_path)) == {"a.tar", "in"}
    assert os.listdir(tmp_path / "in") == ["tree"]
    return str(caught.value)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_files_arrive_from_every_kind_of_tar_archive(tmp_path, mode):
    tree = unpacked(tmp_path, folder("x"), member("x/a.py", b"1"), member("./x/b/c.py", b"2" * 100_000), mode=mode)
    assert (tree / "x" / "a.py").read_bytes() == b"1"
    assert (tree / "x" / "b" / "c.py").read_bytes() == b"2" * 100_000


def test_modes_are_sane_and_times_are_those_of_the_archive(tmp_path):
    tree = unpacked(
        tmp_path,
        member("plain", mode=0o000),
        member("open", mode=0o666),
        member("program", mode=0o6711),
        member("old", mtime=-5),
        member("x/closed", kind=tarfile.DIRTYPE, mode=0o000),
    )
    modes = {name: os.stat(tree / name).st_mode & 0o7777 for name in ("plain", "open", "program", "x/closed")}
    assert modes == {"plain": 0o644, "open": 0o644, "program": 0o755, "x/closed": 0o755}
    assert os.stat(tree / "plain").st_mtime == 1_600_000_000
    assert os.stat(tree / "old").st_mtime == 0


def test_links_that_stay_inside_are_made(tmp_path):
    tree = unpacked(
        tmp_path,
        member("x/a", b"1"),
        link("x/deep/up", "../a"),
        link("x/later", "deep/not-yet"),
        hard("x/same", "x/a"),
        link("x/top", ".."),
        link("x/round", "gone/../a"),
        member("x/deep/not-yet", b"2"),
    )
    assert (tree / "x" / "deep" / "up").read_bytes() == b"1"
    assert (tree / "x" / "later").read_bytes() == b"2"
    assert (tree / "x" / "same").read_bytes() == b"1"
    assert (tree / "x" / "top" / "x" / "a").exists()
    assert os.readlink(tree / "x" / "round") == "a"


def test_names_that_differ_in_case_only_are_two_files(tmp_path):
    tree = unpacked(tmp_path, member("README", b"1"), member("readme", b"2"))
    if len(os.listdir(tree)) == 2:
        assert (tree / "README").read_bytes() == b"1"


def test_of_two_files_of_one_name_the_later_counts(tmp_path):
    tree = unpacked(tmp_path, member("a", b"old"), hard("b", "a"), member("a", b"new"))
    assert ((tree / "a").read_bytes(), (tree / "b").read_bytes()) == (b"new", b"old")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([member("/etc/evil")], "member /etc/evil has an absolute name"),
        ([member("x/../../evil")], 'member x/../../evil has ".." in its name'),
        ([folder("..")], 'member .. has ".." in its name'),
        ([link("x/l", "/etc/passwd")], "member x/l is a link to /etc/passwd, outside of the archive"),
        ([link("x/l", "../../evil")], "member x/l is a link to ../../evil, outside of the archive"),
        ([link("l", "x/../../evil")], "member l is a link to x/../../evil, outside of the archive"),
        ([link("l", "x"), member("l/evil")], "member l/evil would be written through l, which is no folder"),
        ([link("l", "x"), folder("l")], "member l would be written through l, which is no folder"),
        ([member("f"), member("f/x")], "member f/x would be written through f, which is no folder"),
        ([link("l", "x"), member("l")], "member l is there twice, and not as a plain file both times"),
        ([folder("d"), link("d", "x")], "member d is there twice, and not as a plain file both times"),
        ([hard("h", "../evil")], 'member h has ".." in its name'),
        ([hard("h", "/etc/passwd")], "member h has an absolute name"),
        ([hard("h", "gone")], "member h is a link to gone, which is no file of the archive before it"),
        ([link("l", "x"), hard("h", "l")], "member h is a link to l, which is no file of the archive before it"),
        ([member("p", kind=tarfile.FIFOTYPE)], "member p is a device or a pipe, which no source archive may hold"),
        ([member("p", kind=tarfile.CHRTYPE)], "member p is a device or a pipe, which no source archive may hold"),
        ([member(".")], "member . has no name"),
    ],
)
def test_what_would_leave_the_folder_is_refused_by_name(tmp_path, members, reason):
    assert refusal_of(tmp_path, *members) == f"a 1.0: {reason}"


def test_links_that_lead_on_through_links_stay_inside(tmp_path):
    (tmp_path / "secret").write_text("x")
    tree = unpacked(
        tmp_path,
        folder("a/b"),
        link("a/b/up", "../.."),
        link("a/l", "b/up/in"),
        link("in", "a/b/up"),
        link("e", "a/b/up/../.."),
    )
    for place, folders, files in os.walk(tree):
        for name in [*folders, *files]:
            assert os.path.realpath(os.path.join(place, name)).startswith(os.path.realpath(tree))


@pytest.mark.skipif(sys.platform == "win32", reason="what a path may hold is another matter there")
def test_on_windows_drives_and_backslashes_count(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    for name in ("C:/evil", "C:evil", "\\evil", "a\\..\\..\\evil"):
        with pytest.raises(IntegrityError, match=r"absolute name|in its name"):
            unpacked(tmp_path, member(name))
    with pytest.raises(IntegrityError, match="outside of the archive"):
        unpacked(tmp_path, link("l", "..\\evil"))


@pytest.mark.parametrize("content", [b"", b"not an archive" * 100, b"\x1f\x8b\x08" + b"\0" * 50, b"BZh9" + b"\0" * 50])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "a.tar"
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match=r"a 1.0 is damaged or not a tar archive: "):
        unpack_tar(str(path), str(tmp_path / "tree"), "a 1.0")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_an_archive_that_is_cut_off_is_refused(tmp_path, mode):
    path = archive(tmp_path, member("a", os.urandom(100_000)), mode=mode)
    with open(path, "rb+") as stream:
        stream.truncate(60_000)
    with pytest.raises(IntegrityError, match=r"a 1.0 is damaged or not a tar archive: "):
        unpack_tar(path, str(tmp_path / "tree"), "a 1.0")


def test_a_file_that_is_not_there_is_a_disk_error(tmp_path):
    with pytest.raises(RefusedError, match=r"can't read .*gone"):
        unpack_tar(str(tmp_path / "gone"), str(tmp_path / "tree"), "a 1.0")


def test_nothing_that_is_there_is_written_over(tmp_path):
    path = archive(tmp_path, member("a"))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_text("mine")
    with pytest.raises(RefusedError, match="there is something in its place already"):
        unpack_tar(path, str(tmp_path / "tree"), "a 1.0")
    assert (tmp_path / "tree" / "a").read_text() == "mine"


def test_one_member_is_read_without_unpacking(tmp_path):
    path = archive(tmp_path, member("x/a", b"1"), member("x/b", b"2"), member("x/b", b"3"), link("x/l", "a"))
    assert read_tar_member(path, lambda name: name == "x/b", "a 1.0") == b"2"
    assert read_tar_member(path, lambda name: name == "x/l", "a 1.0") is None
    assert read_tar_member(path, lambda name: name == "x/a", "a 1.0", limit=0) is None
