import io
import os
import stat
import tarfile
import zipfile

import pytest

from capsa.builder.source import read_pkg_info, unpack_source
from capsa.errors import IntegrityError
from capsa.testing.wheel import archive_of


def tarball(tmp_path, members):
    path = tmp_path / "a-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return str(path)


def zipped(tmp_path, members):
    path = tmp_path / "a-1.0.zip"
    path.write_bytes(archive_of(members, programs={"a-1.0/configure"}))
    return str(path)


@pytest.mark.parametrize("pack", [tarball, zipped])
def test_the_one_folder_of_an_sdist_is_the_tree(tmp_path, pack):
    path = pack(tmp_path, {"a-1.0/setup.py": b"x", "a-1.0/src/a.py": b"y"})
    root = unpack_source(path, str(tmp_path / "in"), "a 1.0")
    assert root == str(tmp_path / "in" / "a-1.0")
    assert (tmp_path / "in" / "a-1.0" / "src" / "a.py").read_bytes() == b"y"


@pytest.mark.parametrize("pack", [tarball, zipped])
@pytest.mark.parametrize("other", ["setup.py", "b-1.0/setup.py"])
def test_without_one_folder_the_archive_itself_is_the_tree(tmp_path, pack, other):
    path = pack(tmp_path, {"a-1.0/setup.py": b"x", other: b"x"})
    assert unpack_source(path, str(tmp_path / "in"), "a 1.0") == str(tmp_path / "in")


def test_a_file_alone_is_no_tree(tmp_path):
    assert unpack_source(tarball(tmp_path, {"setup.py": b"x"}), str(tmp_path / "in"), "a") == str(tmp_path / "in")


def test_what_a_mac_adds_beside_the_folder_does_not_count(tmp_path):
    path = tarball(tmp_path, {"._a-1.0": b"x", "a-1.0/setup.py": b"x"})
    assert unpack_source(path, str(tmp_path / "in"), "a 1.0") == str(tmp_path / "in" / "a-1.0")


def test_the_files_of_a_zip_may_be_written_over_by_a_backend(tmp_path):
    root = unpack_source(zipped(tmp_path, {"a-1.0/a.py": b"", "a-1.0/configure": b""}), str(tmp_path / "in"), "a 1.0")
    modes = {name: stat.S_IMODE(os.stat(os.path.join(root, name)).st_mode) for name in ("a.py", "configure")}
    assert modes == {"a.py": 0o644, "configure": 0o755}


@pytest.mark.parametrize("pack", [tarball, zipped])
def test_pkg_info_is_the_one_at_the_root(tmp_path, pack):
    members = {"a-1.0/a.egg-info/PKG-INFO": b"no", "a-1.0/PKG-INFO": b"yes", "a-1.0/z": b""}
    assert read_pkg_info(pack(tmp_path, members), "a 1.0") == b"yes"
    assert read_pkg_info(pack(tmp_path, {"a-1.0/setup.py": b""}), "a 1.0") is None


def test_a_member_that_would_leave_the_folder_is_refused_in_both_kinds(tmp_path):
    with pytest.raises(IntegrityError, match=r"a 1\.0: member \.\./evil"):
        unpack_source(tarball(tmp_path, {"../evil": b"x"}), str(tmp_path / "in"), "a 1.0")
    with pytest.raises(IntegrityError, match=r"a 1\.0: member `\.\./evil`"):
        unpack_source(zipped(tmp_path, {"../evil": b"x"}), str(tmp_path / "in"), "a 1.0")
    assert not (tmp_path / "evil").exists()


def test_a_link_in_a_zip_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("a/l")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(IntegrityError, match="a: member a/l is not a regular file"):
        unpack_source(str(path), str(tmp_path / "in"), "a")
