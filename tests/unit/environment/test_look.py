"""A look at every file of a package: everything that is missing or altered is found, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsa.environment.look import Subject, claims, differences, holds, listed
from capsa.environment.wheel import installation
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from capsa.value import replace
from support.box import SITE, box, entry, put_in, unpack

FILES = {"sample/__init__.py": b"one = 1\n", "sample/inner/two.py": b"two = 2\n"}
INFO = f"{SITE}/sample-1.0.dist-info"


@pytest.fixture
def laid(tmp_path: Path):
    """A box with one package; what is held against the manifest, and the same held against RECORD alone."""
    (tmp_path / "box").mkdir()
    environment = box(tmp_path / "box")
    manifest, tree = unpack(tmp_path / "archive", FILES, console={"tool": "sample:main"})
    line = replace(entry(manifest), is_requested=True)
    expected = installation(environment, manifest, tree, entry=line)
    put_in(tmp_path / "box", expected)
    installed = Installed(metadata=Metadata(name="sample", version="1.0"), info=INFO)
    ours = Subject(name="sample", installed=installed, entry=line, expected=expected, manifest=manifest)
    return environment, ours, Subject(name="sample", installed=installed)


def told(environment, subject):
    return [
        (finding.kind, finding.path.removeprefix(f"{SITE}/"), finding.text)
        for finding in differences(environment, subject)
    ]


def rewrite(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(mode)


def test_a_package_that_is_as_it_was_put_in_has_no_finding(laid) -> None:
    environment, ours, by_record = laid
    assert told(environment, ours) == []
    assert told(environment, by_record) == []


def test_bytecode_that_came_later_counts_for_nothing(laid) -> None:
    environment, ours, by_record = laid
    cache = Path(environment.layout.site) / "sample/__pycache__"
    cache.mkdir()
    (cache / "two.cpython-311.pyc").write_bytes(b"x")
    assert told(environment, ours) == told(environment, by_record) == []


@pytest.mark.parametrize("path", ["sample/inner/two.py", "sample-1.0.dist-info/METADATA"])
def test_a_missing_file_is_named(laid, path: str) -> None:
    environment, ours, by_record = laid
    (Path(environment.layout.site) / path).unlink()
    assert told(environment, ours) == told(environment, by_record) == [("missing", path, "is missing")]


def test_all_that_is_wrong_is_found_and_not_only_the_first(laid) -> None:
    environment, ours, _ = laid
    for path in FILES:
        (Path(environment.layout.site) / path).unlink()
    assert [row[1] for row in told(environment, ours)] == list(FILES)


def test_a_missing_program_is_named(laid) -> None:
    environment, ours, by_record = laid
    (Path(environment.root) / "bin/tool").unlink()
    assert told(environment, ours) == told(environment, by_record) == [("missing", "bin/tool", "is missing")]


def test_an_edit_of_equal_length_is_seen_by_its_time(laid) -> None:
    environment, ours, _ = laid
    rewrite(Path(environment.layout.site) / "sample/__init__.py", b"one = 9\n")
    what = "was changed: its time is not the one that it was given"
    assert told(environment, ours) == [("altered", "sample/__init__.py", what)]


def test_another_mode_is_a_change(laid) -> None:
    environment, ours, _ = laid
    (Path(environment.layout.site) / "sample/__init__.py").chmod(0o666)
    what = "was changed: its mode is 0666, and 0444 was given to it"
    assert told(environment, ours) == [("altered", "sample/__init__.py", what)]


def test_a_folder_or_a_link_in_the_place_of_a_file_is_a_change(laid) -> None:
    environment, ours, _ = laid
    place = Path(environment.layout.site) / "sample/__init__.py"
    os.replace(place, place.with_name("kept.py"))
    place.symlink_to("kept.py")
    assert told(environment, ours) == [("altered", "sample/__init__.py", "was changed: it is no file any more")]


def test_another_size_is_seen_also_where_only_record_tells(laid) -> None:
    environment, ours, by_record = laid
    rewrite(Path(environment.layout.site) / "sample/inner/two.py", b"longer than before\n")
    what = "was changed: it has 19 bytes, and 8 were put in"
    assert told(environment, ours) == told(environment, by_record) == [("altered", "sample/inner/two.py", what)]


def test_an_edit_that_restores_size_and_time_shows_in_the_content_alone(laid) -> None:
    environment, ours, by_record = laid
    place = Path(environment.layout.site) / "sample/__init__.py"
    rewrite(place, b"one = 9\n")
    os.utime(place, ns=(0, 0))
    assert told(environment, ours) == told(environment, by_record) == []
    for subject in (ours, by_record):
        wrong = [claim.path for claim in claims(environment, subject) if not holds(environment, claim)]
        assert wrong == [f"{SITE}/sample/__init__.py"]


def test_a_launcher_that_reads_otherwise_is_a_change(laid) -> None:
    environment, ours, _ = laid
    with (Path(environment.root) / "bin/tool").open("ab") as stream:
        stream.write(b"# mine\n")
    assert told(environment, ours) == [("altered", "bin/tool", "was changed: its content is another")]


def test_a_launcher_that_can_not_be_run_is_a_change(laid) -> None:
    environment, ours, _ = laid
    (Path(environment.root) / "bin/tool").chmod(0o644)
    assert told(environment, ours) == [("altered", "bin/tool", "was changed: it can't be run any more")]


def test_a_launcher_of_another_capsa_is_none_where_the_list_in_the_box_has_it(laid) -> None:
    environment, ours, _ = laid
    earlier = b"#!/earlier\n"
    files = tuple(replace(file, content=earlier) if file.path == "bin/tool" else file for file in ours.expected.written)
    assert told(environment, replace(ours, expected=replace(ours.expected, written=files))) == []


@pytest.mark.parametrize("change", ["gone", "line", "hash"])
def test_a_list_that_is_not_what_was_put_there_is_a_finding_of_its_own(laid, change: str) -> None:
    environment, ours, _ = laid
    record = Path(environment.layout.site) / "sample-1.0.dist-info/RECORD"
    if change == "gone":
        record.unlink()
        assert told(environment, ours) == [("missing", "sample-1.0.dist-info/RECORD", "is missing")]
        return
    lines = record.read_text().splitlines(keepends=True)
    text = "".join(lines[1:]) if change == "line" else "".join(lines).replace("sha256=", "sha256=A", 1)
    rewrite(record, text.encode())
    assert told(environment, ours)[0][:2] == ("record", "sample-1.0.dist-info/RECORD")


def test_a_list_without_the_hashes_of_launchers_is_as_good(laid) -> None:
    """As `create` writes it for the pip that it puts in."""
    environment, ours, _ = laid
    record = Path(environment.layout.site) / "sample-1.0.dist-info/RECORD"
    lines = record.read_text().splitlines(keepends=True)
    size = (Path(environment.root) / "bin/tool").stat().st_size
    plain = [line for line in lines if "bin/tool" not in line]
    rewrite(record, "".join([*plain, f"../../../bin/tool,,{size}\n"]).encode())
    assert told(environment, ours) == []


def test_what_a_box_has_to_be_edited_is_told_as_that_and_its_mode_counts_for_nothing(laid) -> None:
    environment, ours, _ = laid
    edited = replace(ours, entry=replace(ours.entry, is_edited=True))
    site = Path(environment.layout.site)
    for path in FILES:
        (site / path).chmod(0o644)
    assert told(environment, edited) == []
    os.utime(site / "sample/inner/two.py")
    assert told(environment, edited) == [], "the content is as it was"
    (site / "sample/__init__.py").write_bytes(b"patched\n")
    (site / "sample/inner/two.py").unlink()
    assert told(environment, edited) == [
        ("edited", "sample/__init__.py", "was edited in this box"),
        ("edited", "sample/inner/two.py", "is missing"),
    ]


def test_a_package_whose_list_is_damaged_is_not_whole(laid) -> None:
    environment, _, by_record = laid
    (Path(environment.layout.site) / "sample-1.0.dist-info/RECORD").unlink()
    ((kind, path, text),) = told(environment, by_record)
    assert (kind, path) == ("record", "sample-1.0.dist-info")
    assert text.startswith("is not whole: sample has no RECORD")
    assert listed(environment, by_record) == ()


def test_what_kept_no_list_of_its_files_is_held_against_nothing(laid) -> None:
    environment, _, _ = laid
    link = Installed(metadata=Metadata(name="old", version="1"), info=f"{SITE}/old.egg-link")
    (Path(environment.layout.site) / "old.egg-link").write_text("/src\n")
    assert told(environment, Subject(name="old", installed=link)) == []
