import errno
import fcntl
import os

import pytest

from capsa.disk.facts import facts_of
from capsa.disk.link import Linker, SourceChangedError, symlink
from capsa.disk.refusal import RefusedError

MTIME = 1_577_836_800_000_000_007
FACTS = (7, MTIME, 0o555)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"content")
    os.utime(path, ns=(MTIME, MTIME))
    path.chmod(0o555)
    return path


def facts(path):
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns, status.st_mode & 0o7777


def refuse(number, calls=None):
    def call(*arguments, **_):
        if calls is not None:
            calls.append(arguments)
        raise OSError(number, os.strerror(number))

    return call


def test_auto_shares_the_file_where_the_disk_can(source, tmp_path):
    linker = Linker()
    linker.link(str(source), str(tmp_path / "target"), FACTS)
    assert linker.made["copy"] == 0
    assert sum(linker.made.values()) == 1
    assert (tmp_path / "target").read_bytes() == b"content"


def test_a_hard_link_is_the_very_same_file(source, tmp_path):
    linker = Linker("hardlink")
    linker.link(str(source), str(tmp_path / "target"), FACTS)
    assert os.path.samefile(source, tmp_path / "target")
    assert linker.made == {"reflink": 0, "hardlink": 1, "copy": 0}


def test_a_copy_shares_nothing_and_keeps_mode_and_time_whatever_the_umask(source, tmp_path):
    mask = os.umask(0o077)
    try:
        Linker("copy").link(str(source), str(tmp_path / "target"), FACTS)
    finally:
        os.umask(mask)
    assert not os.path.samefile(source, tmp_path / "target")
    assert facts(tmp_path / "target") == FACTS


def test_a_reflink_keeps_mode_and_time(source, tmp_path, monkeypatch):
    # No file system here can: the clone itself is played by a write of the same bytes.
    monkeypatch.setattr(fcntl, "ioctl", lambda writing, *_: os.write(writing, b"content"))
    linker = Linker()
    linker.link(str(source), str(tmp_path / "target"), FACTS)
    assert linker.made["reflink"] == 1
    assert facts(tmp_path / "target") == FACTS


def test_a_hopeless_reflink_is_tried_once(source, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(fcntl, "ioctl", refuse(errno.EOPNOTSUPP, calls))
    linker = Linker()
    (tmp_path / "folder").mkdir()
    for name in ("a", "b", "folder/c"):
        linker.link(str(source), str(tmp_path / name), FACTS)
    assert len(calls) == 1
    assert linker.made == {"reflink": 0, "hardlink": 3, "copy": 0}
    assert not [name for name in os.listdir(tmp_path) if name not in {"a", "b", "folder", "source"}]


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP])
def test_what_can_not_be_linked_is_copied(source, tmp_path, monkeypatch, number):
    monkeypatch.setattr(os, "link", refuse(number))
    monkeypatch.setattr(fcntl, "ioctl", refuse(errno.EOPNOTSUPP))
    for mode in ("auto", "hardlink"):
        linker = Linker(mode)
        linker.link(str(source), str(tmp_path / mode), FACTS)
        assert linker.made == {"reflink": 0, "hardlink": 0, "copy": 1}
        assert facts(tmp_path / mode) == FACTS


def test_a_wanted_reflink_falls_back_to_a_copy_never_to_a_shared_file(source, tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "ioctl", refuse(errno.EXDEV))
    linker = Linker("reflink")
    linker.link(str(source), str(tmp_path / "a"), FACTS)
    assert linker.made["copy"] == 1
    assert facts(tmp_path / "a") == FACTS


@pytest.mark.parametrize("mode", ["auto", "hardlink", "copy", "reflink"])
def test_what_is_there_is_never_replaced(source, tmp_path, mode):
    (tmp_path / "target").write_text("mine")
    with pytest.raises(RefusedError) as caught:
        Linker(mode).link(str(source), str(tmp_path / "target"), FACTS)
    assert caught.value.errno == errno.EEXIST
    assert (tmp_path / "target").read_text() == "mine"


def turn_into(make):
    def damage(path):
        path.unlink()
        make(path)

    return damage


def edit(path):
    path.chmod(0o755)
    path.write_bytes(b"CONTENT")
    path.chmod(0o555)


def cut(path):
    os.truncate(path, 3)
    os.utime(path, ns=(MTIME, MTIME))


def link_to_an_equal_file(path):
    twin = path.with_name("twin")
    path.rename(twin)
    path.symlink_to(twin)


CHANGES = {
    "edited": edit,
    "cut": cut,
    "touched": lambda path: os.utime(path, ns=(MTIME, MTIME + 1)),
    "another mode": lambda path: path.chmod(0o755),
    "setuid": lambda path: path.chmod(0o4555),
    "gone": lambda path: path.unlink(),
    "a folder": turn_into(os.mkdir),
    "a pipe": turn_into(os.mkfifo),
    "a link to an equal file": link_to_an_equal_file,
    "a link to nowhere": turn_into(lambda path: path.symlink_to("nowhere")),
}


@pytest.fixture(params=["auto", "hardlink", "copy", "reflink", "cloned"])
def linker(request, monkeypatch):
    """A linker of each kind; "cloned" is on a disk that can reflink, which is played by a copy of the same bytes."""
    if request.param != "cloned":
        return Linker(request.param)

    def clone(writing, _, reading):
        # As on Btrfs and XFS: a folder or a pipe is no file that can be cloned.
        if not os.path.isfile(f"/proc/self/fd/{reading}"):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        os.write(writing, os.pread(reading, 100, 0))

    monkeypatch.setattr(fcntl, "ioctl", clone)
    return Linker("reflink")


@pytest.mark.parametrize("change", CHANGES)
def test_a_source_that_is_not_what_it_should_be_leaves_no_link(source, tmp_path, linker, change):
    CHANGES[change](source)
    target = tmp_path / "box" / "target"
    target.parent.mkdir()
    with pytest.raises(SourceChangedError, match="in the store was changed or is gone") as caught:
        linker.link(str(source), str(target), FACTS)
    assert caught.value.path == str(source)
    assert caught.value.hints == ("see what else was: `capsa cache verify`",)
    assert os.listdir(target.parent) == []
    assert sum(linker.made.values()) == 0


def test_a_source_that_is_written_to_while_it_is_copied_leaves_no_copy(source, tmp_path, monkeypatch):
    read = os.read

    def read_and_write(descriptor, size):
        found = read(descriptor, size)
        if found:
            edit(source)
        return found

    monkeypatch.setattr(os, "read", read_and_write)
    with pytest.raises(SourceChangedError):
        Linker("copy").link(str(source), str(tmp_path / "target"), FACTS)
    assert os.listdir(tmp_path) == ["source"]


def test_a_place_without_a_folder_is_no_fault_of_the_source(source, tmp_path, linker):
    with pytest.raises(RefusedError, match="a file or folder on its path does not exist"):
        linker.link(str(source), str(tmp_path / "none" / "target"), FACTS)


def test_a_copy_that_fails_is_removed_again(source, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", refuse(errno.ENOSPC))
    with pytest.raises(RefusedError, match="no space is left"):
        Linker("copy").link(str(source), str(tmp_path / "target"), FACTS)
    assert os.listdir(tmp_path) == ["source"]


def test_a_copy_without_its_time_does_not_count_as_made(source, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "utime", refuse(errno.EIO))
    linker = Linker("copy")
    with pytest.raises(RefusedError):
        linker.link(str(source), str(tmp_path / "target"), FACTS)
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


def test_a_folder_is_looked_at_once_also_when_links_go_to_and_fro(tmp_path, monkeypatch):
    linker = Linker()
    source = tmp_path / "source"
    source.write_bytes(b"x")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    asked = []
    real = os.stat
    monkeypatch.setattr("os.stat", lambda path, *rest, **more: asked.append(str(path)) or real(path, *rest, **more))
    linker._plain.add(real(tmp_path).st_dev)

    for number in range(3):
        for name in ("one", "two"):
            linker.link(str(source), str(tmp_path / name / str(number)), facts_of(str(source)))

    assert asked == [str(tmp_path / "one"), str(tmp_path / "two")]
    assert linker.made["hardlink"] == 6
