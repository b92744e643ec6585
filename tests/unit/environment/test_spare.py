import os

import pytest

from capsa.disk.facts import facts_of
from capsa.disk.link import SourceChangedError
from capsa.environment.spare import make_spare, spares_in, take_spare
from capsa.errors import DiskError
from support.box import unpack

FILES = {"pip/__init__.py": b"", "pip/deep/er/x.py": b"x = 1\n", "top.py": b"y = 2\n"}


@pytest.fixture
def archive(tmp_path):
    return unpack(tmp_path / "store", FILES, name="pip")


@pytest.fixture
def spares(tmp_path, archive):
    folder = str(tmp_path / "spares")
    assert make_spare(folder, *archive, str(tmp_path / "temporary"))
    return folder


@pytest.fixture
def site(tmp_path):
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def the_one(spares):
    [name] = spares_in(spares)
    return os.path.join(spares, name)


def test_a_spare_is_taken_once_and_shares_its_files_with_the_store(spares, archive, site):
    manifest, tree = archive
    assert take_spare(spares, str(site), manifest)
    for path, *facts, _ in manifest.files:
        assert os.path.samefile(site / path, os.path.join(tree, path))
        assert facts_of(f"{site}/{path}") == tuple(facts)
    assert not (site / manifest.info / "RECORD").exists(), "each box writes its own"
    assert spares_in(spares) == []
    assert not take_spare(spares, str(site), manifest)


def edited(spare):
    place = os.path.join(spare, "top.py")
    os.chmod(place, 0o644)
    with open(place, "ab") as file:
        file.write(b"evil")


def removed(spare):
    os.unlink(os.path.join(spare, "pip", "__init__.py"))


def added(spare):
    with open(os.path.join(spare, "pip", "deep", "er", "evil.py"), "w") as file:
        file.write("evil")


def replaced(spare):
    os.unlink(os.path.join(spare, "top.py"))
    os.symlink("pip/__init__.py", os.path.join(spare, "top.py"))


@pytest.mark.parametrize("harm", [edited, removed, added, replaced])
def test_a_spare_that_is_not_what_it_should_be_is_thrown_away(spares, archive, site, harm):
    harm(the_one(spares))
    assert not take_spare(spares, str(site), archive[0])
    assert os.listdir(site) == []
    assert spares_in(spares) == []


def test_the_next_spare_is_taken_where_one_is_harmed(tmp_path, spares, archive, site):
    first = the_one(spares)
    assert make_spare(spares, *archive, str(tmp_path / "temporary"))
    removed(first)
    assert take_spare(spares, str(site), archive[0])
    assert (site / "pip" / "__init__.py").exists()


def test_what_is_no_spare_is_passed_over(spares, archive, site):
    os.mkdir(os.path.join(spares, ".hidden"))
    os.mkdir(os.path.join(spares, "note-1"))
    os.mkdir(os.path.join(spares, "-1"))
    assert len(spares_in(spares)) == 1
    assert take_spare(spares, str(site), archive[0])


def test_a_store_that_was_changed_gives_no_spare_and_nothing_is_left(tmp_path, archive):
    manifest, tree = archive
    os.unlink(os.path.join(tree, "top.py"))
    with pytest.raises(SourceChangedError):
        make_spare(str(tmp_path / "spares"), manifest, tree, str(tmp_path / "temporary"))
    assert sorted(os.listdir(tmp_path)) == ["store"]


def test_where_files_would_be_copied_there_are_no_spares(tmp_path, archive, monkeypatch):
    monkeypatch.setattr("capsa.disk.link._hardlink", lambda *_: False)
    monkeypatch.setattr("capsa.disk.link.Linker._reflink", lambda *_: "")
    assert not make_spare(str(tmp_path / "spares"), *archive, str(tmp_path / "temporary"))
    assert sorted(os.listdir(tmp_path)) == ["store"]


def test_a_full_disk_leaves_nothing(tmp_path, archive, monkeypatch):
    def full(path):
        raise DiskError(f"no space for {path}")

    monkeypatch.setattr("capsa.environment.spare.make_folders", full)
    with pytest.raises(DiskError):
        make_spare(str(tmp_path / "spares"), *archive, str(tmp_path / "temporary"))
    assert sorted(os.listdir(tmp_path)) == ["store"]
