"""Files that are put back when what follows fails."""

import pytest

from capsa.ops.restore import replace_file, restoring


def test_files_are_put_back_when_something_fails(tmp_path):
    kept, new, gone = tmp_path / "kept", tmp_path / "new", tmp_path / "gone"
    kept.write_bytes(b"\xef\xbb\xbfa\r\n")
    gone.write_bytes(b"b")
    kept.chmod(0o640)

    def fail():
        kept.write_bytes(b"other")
        new.write_bytes(b"new")
        gone.unlink()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), restoring(str(kept), str(new), str(gone)):
        fail()
    assert kept.read_bytes() == b"\xef\xbb\xbfa\r\n"
    assert kept.stat().st_mode & 0o777 == 0o640
    assert not new.exists()
    assert gone.read_bytes() == b"b"


def test_what_was_not_changed_is_not_touched(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"a")
    before = path.stat()
    with pytest.raises(OSError, match="x"), restoring(str(path)):
        raise OSError("x")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_a_link_and_its_file_keeps_its_permissions(tmp_path):
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"a")
    path.chmod(0o666)
    link.symlink_to("file")
    replace_file(str(link), b"b")
    assert link.is_symlink()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"b", 0o666)
