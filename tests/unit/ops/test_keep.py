"""What no store has is kept beside the box, once, and brought back only as it was."""

import os

import pytest

from capsa.environment.site import scan
from capsa.errors import EnvironmentDamagedError
from capsa.model.history import StatePackage
from capsa.ops.keep import brought_back, check_kept, drop_kept, keep
from capsa.value import replace
from support.box import SITE, box, entry, unpack
from support.landing import put_by


@pytest.fixture
def root(tmp_path):
    (tmp_path / "box").mkdir()
    return tmp_path / "box"


@pytest.fixture
def environment(tmp_path, root):
    environment = box(root)
    put_by("pip", environment, tmp_path, {"sample/__init__.py": b"light = 1\n", "sample/bulb.py": b""})
    return environment


def kept(environment):
    (installed,) = scan(environment).installed
    return StatePackage(
        name=installed.name, version=installed.version, info=installed.info, kept=keep(environment, installed)
    )


def facts(root, path):
    status = os.lstat(root / path)
    return status.st_size, status.st_mtime_ns, status.st_mode & 0o7777


def test_every_file_comes_back_with_its_size_time_and_mode(environment, root):
    package = kept(environment)
    before = {path: facts(root, path) for path in files(root)}
    installation = brought_back(environment, package)
    assert set(installation.paths) == set(before)
    assert {link[1]: link[2:] for link in installation.links} == before
    assert not installation.entry.sha256


def files(root):
    return [str(path.relative_to(root)) for path in (root / SITE).rglob("*") if path.is_file()]


def test_it_is_kept_once_and_shares_its_space(environment, root):
    assert kept(environment) == kept(environment)
    assert os.stat(root / SITE / "sample/__init__.py").st_nlink == 2
    assert len(os.listdir(root / ".capsa/history/kept")) == 1


def test_it_stays_when_another_program_removes_the_package(environment, root):
    package = kept(environment)
    for path in files(root):
        (root / path).unlink()
    check_kept(environment, package)
    (link,) = [link for link in brought_back(environment, package).links if link[1].endswith("__init__.py")]
    with open(f"{brought_back(environment, package).source}/{link[0]}", "rb") as stream:
        assert stream.read() == b"light = 1\n"


def test_what_was_written_to_meanwhile_is_no_longer_what_was_kept(environment, root):
    package = kept(environment)
    place = root / SITE / "sample/__init__.py"
    place.chmod(0o644)
    with open(place, "a") as stream:
        stream.write("more = 1\n")
    with pytest.raises(EnvironmentDamagedError, match=r"^sample 1\.0 can't be brought back: .*was changed or is gone"):
        check_kept(environment, package)


@pytest.mark.parametrize("text", ["", "[]x", "[[1]]", '[["../outside", 1, 1, 1]]'])
def test_a_damaged_list_is_a_sentence(environment, root, text):
    package = kept(environment)
    (root / f".capsa/history/kept/{package.kept}/manifest").write_text(text)
    with pytest.raises(EnvironmentDamagedError, match=r"^sample 1\.0 can't be brought back: "):
        brought_back(environment, package)


def test_what_holds_a_link_is_not_kept(environment, root):
    place = root / SITE / "sample/bulb.py"
    place.unlink()
    place.symlink_to("__init__.py")
    with pytest.raises(EnvironmentDamagedError, match=r"sample/bulb\.py is not a plain file"):
        kept(environment)
    assert not (root / ".capsa/history/kept").exists()


def test_what_was_patched_comes_back_as_files_of_its_own(tmp_path, environment):
    manifest, _ = unpack(tmp_path / "other", {"sample/__init__.py": b""})
    edited = replace(entry(manifest), is_edited=True)
    package = kept(environment)
    package = StatePackage(name=edited.name, version=edited.version, info=edited.info, entry=edited, kept=package.kept)
    installation = brought_back(environment, package)
    assert not installation.links
    assert {file.path: file.content for file in installation.written}[f"{SITE}/sample/__init__.py"] == b"light = 1\n"


def test_what_no_state_needs_goes_also_what_was_cut_off(environment, root):
    package = kept(environment)
    (root / ".capsa/history/kept/.capsa-1-2/tree").mkdir(parents=True)
    drop_kept(environment, frozenset({package.kept}))
    assert os.listdir(root / ".capsa/history/kept") == [package.kept]
    drop_kept(environment, frozenset())
    assert os.listdir(root / ".capsa/history/kept") == []


def test_where_nothing_was_kept_there_is_nothing_to_drop(environment, root):
    drop_kept(environment, frozenset())
    assert not (root / ".capsa").exists()


def test_files_that_are_gone_are_not_missed(environment, root):
    (root / SITE / "sample/bulb.py").unlink()
    assert f"{SITE}/sample/bulb.py" not in brought_back(environment, kept(environment)).paths
