import errno
import os

import pytest

from capsa.disk import link
from capsa.disk.link import Linker, symlink
from capsa.disk.refusal import RefusedError

MTIME = 1_577_836_800_000_000_007


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"content")
    os.utime(path, ns=(MTIME, MTIME))
    path.chmod(0o555)
    return path


def facts(path):
    status = os.stat(path)
    return status.st_mode & 0o7777, status.st_mtime_ns, status.st_size


def refuse(number, calls=None):
    def call(*arguments, **_):
        if calls is not None:
            calls.append(arguments)
        raise OSError(number, os.strerror(number))

    return call


def test_auto_shares_the_file_where_the_disk_can(source, tmp_path):
    linker = Linker()
    linker.link(str(source), str(tmp_path / "target"), 0o555, MTIME)
    assert linker.made["copy"] == 0
    assert sum(linker.made.values()) == 1
    assert (tmp_path / "target").read_bytes() == b"content"


def test_a_hard_link_is_the_very_same_file(source, tmp_path):
    linker = Linker("hardlink")
    linker.link(str(source), str(tmp_path / "target"), 0o555, MTIME)
    assert os.path.samefile(source, tmp_path / "target")
    assert linker.made == {"reflink": 0, "hardlink": 1, "copy": 0}


def test_a_copy_shares_nothing_and_keeps_mode_and_time_whatever_the_umask(source, tmp_path):
    mask = os.umask(0o077)
    try:
        Linker("copy").link(str(source), str(tmp_path / "target"), 0o555, MTIME)
    finally:
        os.umask(mask)
    assert not os.path.samefile(source, tmp_path / "target")
    assert facts(tmp_path / "target") == (0o555, MTIME, 7)


def test_a_reflink_keeps_mode_and_time(source, tmp_path, monkeypatch):
    # No file system here can: the clone itself is played by a write of the same bytes.
    monkeypatch.setattr(link.fcntl, "ioctl", lambda writing, *_: os.write(writing, b"content"))
    linker = Linker()
    linker.link(str(source), str(tmp_path / "target"), 0o555, MTIME)
    assert linker.made["reflink"] == 1
    assert facts(tmp_path / "target") == (0o555, MTIME, 7)


def test_a_hopeless_reflink_is_tried_once(source, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(link.fcntl, "ioctl", refuse(errno.EOPNOTSUPP, calls))
    linker = Linker()
    (tmp_path / "folder").mkdir()
    for name in ("a", "b", "folder/c"):
        linker.link(str(source), str(tmp_path / name), 0o555, MTIME)
    assert len(calls) == 1
    assert linker.made == {"reflink": 0, "hardlink": 3, "copy": 0}
    assert not [name for name in os.listdir(tmp_path) if name not in {"a", "b", "folder", "source"}]


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP])
def test_what_can_not_be_linked_is_copied(source, tmp_path, monkeypatch, number):
    monkeypatch.setattr(os, "link", refuse(number))
    monkeypatch.setattr(link.fcntl, "ioctl", refuse(errno.EOPNOTSUPP))
    for mode in ("auto", "hardlink"):
        linker = Linker(mode)
        linker.link(str(source), str(tmp_path / mode), 0o555, MTIME)
        assert linker.made == {"reflink": 0, "hardlink": 0, "copy": 1}
        assert facts(tmp_path / mode) == (0o555, MTIME, 7)


def test_a_wanted_reflink_falls_back_to_a_copy_never_to_a_shared_file(source, tmp_path, monkeypatch):
    monkeypatch.setattr(link.fcntl, "ioctl", refuse(errno.EXDEV))
    linker = Linker("reflink")
    linker.link(str(source), str(tmp_path / "a"), 0o444, MTIME)
    assert linker.made["copy"] == 1
    assert facts(tmp_path / "a") == (0o444, MTIME, 7)


@pytest.mark.parametrize("mode", ["auto", "hardlink", "copy", "reflink"])
def test_what_is_there_is_never_replaced(source, tmp_path, mode):
    (tmp_path / "target").write_text("mine")
    with pytest.raises(RefusedError) as caught:
        Linker(mode).link(str(source), str(tmp_path / "target"), 0o444, MTIME)
    assert caught.value.errno == errno.EEXIST
    assert (tmp_path / "target").read_text() == "mine"


def test_a_missing_source_is_a_sentence(tmp_path):
    with pytest.raises(RefusedError, match="does not exist"):
        Linker().link(str(tmp_path / "gone"), str(tmp_path / "target"), 0o444, MTIME)
    assert os.listdir(tmp_path) == []


def test_a_copy_that_fails_is_removed_again(source, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", refuse(errno.ENOSPC))
    with pytest.raises(RefusedError, match="no space is left"):
        Linker("copy").link(str(source), str(tmp_path / "target"), 0o444, MTIME)
    assert os.listdir(tmp_path) == ["source"]


def test_a_copy_without_its_time_does_not_count_as_made(source, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "utime", refuse(errno.EIO))
    linker = Linker("copy")
    with pytest.raises(RefusedError):
        linker.link(str(source), str(tmp_path / "target"), 0o444, MTIME)
    assert linker.made["copy"] == 0
    assert os.listdir(tmp_path) == ["source"]


def test_no_symbolic_links_to_the_store_are_offered():
    with pytest.raises(ValueError, match="symlink"):
        Linker("symlink")


def test_symlink_keeps_its_text(tmp_path):
    symlink("python3.12", str(tmp_path / "python"))
    assert os.readlink(tmp_path / "python") == "python3.12"
    with pytest.raises(RefusedError):
        symlink("other", str(tmp_path / "python"))
