"""Archives had anew by their hash, and files of the store put right or taken out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from capsa.disk.unpack import FILE_MODE, MTIME_NS
from capsa.errors import FetchError
from capsa.model.receipt import ReceiptEntry
from capsa.ops.renewal import NotToBeHadError, is_good, reinstalling, renew_archive, restored, take_out_spoiled
from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.session import make_supply, this_python


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    (tmp_path / "wheels").mkdir()
    return Path(make_wheel(str(tmp_path / "wheels"), "wick", "1.5", files={"wick.py": "length = 3\n"}))


def entry_of(wheel: Path, url: str = "") -> ReceiptEntry:
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return ReceiptEntry(
        name="wick", version="1.5", filename=wheel.name, sha256=sha256, url=url, info="wick-1.5.dist-info"
    )


def stored(supply, wheel: Path):
    """Take a wheel into the store; return its manifest and the path of its module there."""
    manifest = supply.archives.add(str(wheel), filename=wheel.name, sha256=None, size=None, origin="here")
    return manifest, Path(supply.archives.tree(manifest.sha256)) / "wick.py"


def row_of(manifest):
    return next(row for row in manifest.files if row[0] == "wick.py")


def hide(place: Path) -> None:
    """Alter a file so that only its content tells."""
    place.chmod(0o644)
    place.write_text("length = 9\n")
    os.utime(place, ns=(MTIME_NS, MTIME_NS))
    place.chmod(FILE_MODE)


def test_times_and_modes_are_put_right_without_a_download_under_a_new_inode(tmp_path, wheel) -> None:
    supply = make_supply(tmp_path)
    manifest, place = stored(supply, wheel)
    os.link(place, tmp_path / "shared.py")
    place.chmod(0o666)
    os.utime(place)
    assert restored(supply.session, manifest) == ()
    assert is_good(str(place), row_of(manifest))
    assert place.stat().st_ino != (tmp_path / "shared.py").stat().st_ino
    assert renew_archive(supply, this_python(), entry_of(wheel)).sha256 == manifest.sha256


def test_what_was_altered_stays_to_be_had_anew(tmp_path, wheel) -> None:
    supply = make_supply(tmp_path)
    manifest, place = stored(supply, wheel)
    place.chmod(0o644)
    place.write_text("length = 9\n")
    assert restored(supply.session, manifest) == ("wick.py",)


def test_only_a_file_whose_content_alone_is_another_is_taken_out(tmp_path, wheel) -> None:
    supply = make_supply(tmp_path)
    manifest, place = stored(supply, wheel)
    row = row_of(manifest)
    assert not take_out_spoiled(supply.session, str(place), row)
    hide(place)
    assert not is_good(str(place), row)
    assert take_out_spoiled(supply.session, str(place), row)
    assert not place.exists()
    assert not take_out_spoiled(supply.session, str(place), row)


@pytest.mark.parametrize("is_known", [True, False])
def test_it_comes_from_where_it_came_or_from_an_index_that_has_the_very_same(tmp_path, wheel, *, is_known) -> None:
    with serve(LoopbackIndex(wheel.parent)) as index:
        supply = make_supply(tmp_path, index=index.url)
        url = f"http://{index.address}/files/{wheel.name}" if is_known else "https://index.example/wick-1.5.tar.gz"
        manifest = renew_archive(supply, this_python(), entry_of(wheel, url))
        assert not supply.archives.changed(manifest)
        assert ("/simple/wick/" in index.requests) is not is_known


def test_the_wheel_that_python_brings_along_needs_no_network(tmp_path, wheel) -> None:
    supply = make_supply(tmp_path)
    python = this_python()
    facts = {**python.facts(), "ensurepip_wheel": str(wheel)}
    assert renew_archive(supply, type(python)(facts), entry_of(wheel)).project == "wick"


def test_another_file_of_the_same_name_is_never_taken(tmp_path, wheel) -> None:
    wanted = entry_of(wheel)
    make_wheel(str(wheel.parent), "wick", "1.5", files={"wick.py": "length = 4\n"})
    with serve(LoopbackIndex(wheel.parent)) as index:
        supply = make_supply(tmp_path, index=index.url)
        with pytest.raises(NotToBeHadError) as caught:
            renew_archive(supply, this_python(), wanted)
    assert caught.value.hints == ("put it in anew: `capsa install --reinstall wick`",)
    assert isinstance(caught.value, FetchError)
    assert supply.archives.manifest(wanted.sha256) is None


@pytest.mark.parametrize(
    ("document", "rest"),
    [
        (None, "wick"),
        ({"url": "https://index.example/wick.whl", "archive_info": {}}, "https://index.example/wick.whl"),
        ({"url": "file:///my%20work/wick", "dir_info": {}}, "'/my work/wick'"),
        ({"url": "file:///desk/wick", "dir_info": {"editable": True}}, "-e /desk/wick"),
        (
            {"url": "https://example.org/w", "vcs_info": {"vcs": "git", "commit_id": "ab"}},
            "git+https://example.org/w@ab",
        ),
    ],
)
def test_a_package_is_put_in_anew_from_where_it_came(document, rest) -> None:
    assert reinstalling("wick", document) == f"capsa install --reinstall {rest}"
