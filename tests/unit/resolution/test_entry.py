"""One package of a solution as an entry of a lock: which files are in it, how places are told, no secrets."""

import pytest

from capsa.errors import LockError
from capsa.model.distribution import Distribution, parse_filename
from capsa.model.lock import LockedArchive, LockedCommit, LockedFile, LockedFolder
from capsa.model.solution import Chosen
from capsa.resolution.candidate import Judge
from capsa.resolution.entry import Entries, public, relative
from capsa.testing.catalog import make_target
from capsa.value import replace

ENTRIES = Entries(Judge(make_target("3.11.7")), "/p/demo", frozenset({"x", "y"}))
SHA = "ab" * 32


def file(filename, **facts):
    told = parse_filename(filename)
    facts = {"url": f"https://u:p@h.example/{filename}#sha256=1", "sha256": SHA, "tags": told.tags} | facts
    return Distribution(project="x", version=told.version, filename=filename, **facts)


WHEEL = file("x-1-py3-none-any.whl", size=3, uploaded="2024-12-04 17:35:28.5+00:00", requires_python=">=3.8")


def entry(chosen, *files, index=None, marker=None):
    return ENTRIES.entry(chosen, files, index=index, marker=marker)


def names(chosen, *files):
    found = entry(Chosen(distribution=chosen), *files)
    return [one.name for one in found.wheels], found.sdist.name if found.sdist else None


def direct(url, direct_url=None, *, is_editable=False, **facts):
    distribution = Distribution(project="x", version="1", filename=url.rpartition("/")[2], url=url, **facts)
    return entry(Chosen(distribution=distribution, direct_url=direct_url or url, is_editable=is_editable))


def test_an_entry_tells_all_that_is_known():
    chosen = Chosen(distribution=WHEEL, dependencies=("z", "y"))
    found = entry(chosen, index="https://u:p@index.example/simple", marker="'a' in extras")
    assert (found.name, found.version, found.marker, found.requires_python) == ("x", "1", "'a' in extras", ">=3.8")
    assert (found.dependencies, found.index) == (("y",), "https://index.example/simple")
    assert found.wheels == (
        LockedFile(
            name="x-1-py3-none-any.whl",
            url="https://h.example/x-1-py3-none-any.whl",
            size=3,
            upload_time="2024-12-04T17:35:28.500000Z",
            hashes={"sha256": SHA},
        ),
    )


def test_wheels_that_serve_the_target_and_one_source_are_in_it_by_name():
    files = [
        WHEEL,
        file("x-1-cp311-cp311-manylinux_2_17_x86_64.whl"),
        file("x-1-cp311-cp311-win_amd64.whl"),
        file("x-1-cp310-cp310-manylinux_2_17_x86_64.whl"),
        file("x-1.zip"),
        file("x-1.tar.gz"),
    ]
    assert names(WHEEL, *files) == (
        ["x-1-cp311-cp311-manylinux_2_17_x86_64.whl", "x-1-py3-none-any.whl"],
        "x-1.tar.gz",
    )


def test_files_without_a_hash_for_another_python_or_yanked_are_left_out():
    files = [
        file("x-1-2-py3-none-any.whl", sha256=None),
        file("x-1-3-py3-none-any.whl", requires_python=">=3.12"),
        file("x-1-4-py3-none-any.whl", yanked=""),
        file("x-1.tar.gz", yanked="bad"),
    ]
    assert names(WHEEL, *files) == (["x-1-py3-none-any.whl"], None)
    assert names(replace(WHEEL, yanked="bad"), *files) == (
        ["x-1-4-py3-none-any.whl", "x-1-py3-none-any.whl"],
        "x-1.tar.gz",
    )


def test_a_chosen_source_stays_the_one_that_was_chosen():
    assert names(file("x-1.zip"), WHEEL, file("x-1.tar.gz")) == (["x-1-py3-none-any.whl"], "x-1.zip")


def test_a_requires_python_that_nobody_else_could_read_is_left_out():
    assert entry(Chosen(distribution=replace(WHEEL, requires_python=">=3.8,"))).requires_python == ">=3.8,"
    assert entry(Chosen(distribution=replace(WHEEL, requires_python="nonsense"))).requires_python is None


def test_a_file_on_this_machine_is_told_by_its_path():
    found = entry(Chosen(distribution=replace(WHEEL, url="file:///p/wheels%20here/x-1-py3-none-any.whl")))
    assert (found.wheels[0].url, found.wheels[0].path) == (None, "../wheels here/x-1-py3-none-any.whl")


def test_a_folder_has_no_version():
    found = direct("file:///p/x", is_editable=True)
    assert (found.version, found.direct) == (None, LockedFolder(path="../x", is_editable=True))
    assert direct("file:///p/demo#subdirectory=a/b").direct == LockedFolder(path=".", subdirectory="a/b")


def test_a_commit_has_what_was_asked_for_and_no_version():
    url = f"git+https://u:p@h.example/x.git@{'1' * 40}#subdirectory=a"
    found = direct(url, "git+https://u:p@h.example/x.git@main#subdirectory=a")
    assert found.version is None
    assert found.direct == LockedCommit(
        kind="git",
        commit_id="1" * 40,
        url="https://h.example/x.git",
        requested_revision="main",
        subdirectory="a",
    )
    local = direct(f"git+file:///p/r@{'1' * 40}", "git+file:///p/r").direct
    assert (local.url, local.path, local.requested_revision) == (None, "../r", None)


def test_an_archive_has_its_hash_and_its_version():
    found = direct("https://u:p@h.example/x-1.tar.gz#subdirectory=a", sha256=SHA, size=5)
    assert found.version == "1"
    assert found.direct == LockedArchive(
        url="https://h.example/x-1.tar.gz", size=5, hashes={"sha256": SHA}, subdirectory="a"
    )
    wheel = direct("file:///p/demo/x-1-py3-none-any.whl", sha256=SHA, tags="py3-none-any").direct
    assert (wheel.path, wheel.url) == ("x-1-py3-none-any.whl", None)


def test_an_archive_without_a_hash_is_refused():
    with pytest.raises(LockError, match=r"^x-1.tar.gz has no sha256"):
        direct("https://h.example/x-1.tar.gz")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@h.example/x", "https://h.example/x"),
        ("https://git@h.example/x", "https://h.example/x"),
        ("ssh://git@h.example/x", "ssh://git@h.example/x"),
        ("git+ssh://git@h.example/x", "git+ssh://git@h.example/x"),
        ("ssh://git:secret@h.example/x", "ssh://h.example/x"),
    ],
)
def test_no_secret_is_in_an_address(url, shown):
    assert public(url) == shown


@pytest.mark.parametrize(
    ("path", "folder", "written"),
    [
        ("/p/demo", "/p/demo", "."),
        ("/p/demo/a/b", "/p/demo/", "a/b"),
        ("/p/q/r", "/p/demo/sub", "../../q/r"),
        ("/p", "/p/demo", ".."),
        ("/elsewhere/x", "/p/demo", "/elsewhere/x"),
        ("/x", "/", "x"),
        ("C:\\a\\b", "C:\\a\\c", "../b"),
        ("D:\\a", "C:\\a", "D:/a"),
    ],
)
def test_a_path_is_told_from_the_folder_of_the_lock(path, folder, written):
    assert relative(path, folder) == written


@pytest.mark.parametrize("path", ["/p/a\\b", "/p/\udcff"])
def test_a_path_that_no_lock_can_hold_is_refused(path):
    with pytest.raises(LockError, match="has characters that no lock can hold"):
        relative(path, "/p")
