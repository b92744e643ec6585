"""One package of a lock: which file is taken, and what direct references look like."""

import pytest

from capsa.errors import LockError
from capsa.model.build import BuildRules
from capsa.model.lock import LockedArchive, LockedCommit, LockedFile, LockedFolder, LockedPackage
from capsa.model.source import parse_source
from capsa.resolution.candidate import Judge
from capsa.resolution.locked import Picker, local_url
from capsa.testing.catalog import make_target
from capsa.value import replace

JUDGE = Judge(make_target("3.11.7"))
SHA = {"sha256": "ab" * 32}
COMMIT = LockedCommit(kind="git", commit_id="1" * 40, url="https://h.example/x.git")
NO_BUILD, NO_BINARY = BuildRules(no_build=frozenset("*")), BuildRules(no_binary=frozenset({"x"}))


def file(name, **facts):
    return LockedFile(name=name, **({"url": f"https://h.example/{name}", "hashes": SHA} | facts))


def offering(*tags, sdist="x-1.tar.gz"):
    wheels = tuple(file(f"x-1-{tag}.whl") for tag in tags)
    return LockedPackage(name="x", version="1", wheels=wheels, sdist=file(sdist) if sdist else None)


def pick(package, builds=BuildRules(), folder="/p/demo"):  # noqa: B008 - a frozen value
    return Picker(JUDGE, builds, folder).pick(package, {"x", "y"})


def direct(source, **facts):
    return pick(LockedPackage(name="x", direct=source, **facts))


def refusal(package, builds=BuildRules()):  # noqa: B008 - a frozen value
    with pytest.raises(LockError) as caught:
        pick(package, builds)
    return str(caught.value)


def test_the_wheel_with_the_most_wanted_tag_is_taken_and_of_equals_the_greatest_build():
    chosen = pick(offering("py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-win_amd64"))
    assert chosen.distribution.tags == "cp311-cp311-manylinux_2_17_x86_64"
    assert pick(offering("2-py3-none-any", "10-py3-none-any")).distribution.build == (10, "")


def test_a_file_of_an_index_has_all_that_the_lock_tells():
    found = file("x-1-py3-none-any.whl", size=12, upload_time="2024-12-04T17:35:28Z")
    chosen = pick(LockedPackage(name="x", wheels=(found,), requires_python=">=3.8", dependencies=("y", "z")))
    distribution = chosen.distribution
    assert (distribution.version, distribution.url) == ("1", "https://h.example/x-1-py3-none-any.whl")
    assert (distribution.sha256, distribution.size, distribution.requires_python) == ("ab" * 32, 12, ">=3.8")
    assert (chosen.dependencies, chosen.direct_url, distribution.uploaded) == (("y",), None, "2024-12-04T17:35:28Z")


def test_a_path_counts_more_than_a_url_and_starts_from_the_folder_of_the_lock():
    chosen = pick(LockedPackage(name="x", wheels=(file("x-1-py3-none-any.whl", path="../w/x-1-py3-none-any.whl"),)))
    assert chosen.distribution.url == "file:///p/w/x-1-py3-none-any.whl"


def test_a_source_distribution_is_taken_where_no_wheel_fits_and_it_may_be_built():
    package = offering("cp312-cp312-win_amd64")
    assert pick(package).distribution.filename == "x-1.tar.gz"
    assert not pick(package).distribution.is_wheel
    assert refusal(package, NO_BUILD) == (
        "x 1 has wheels for cp312-cp312-win_amd64, none for CPython 3.11.7 on linux-x86_64, "
        "and may not be built from source"
    )


def test_a_source_distribution_is_taken_where_no_wheel_may_be():
    package = offering("py3-none-any")
    assert pick(package, NO_BINARY).distribution.filename == "x-1.tar.gz"
    assert refusal(replace(package, sdist=None), NO_BINARY) == (
        "x 1 has no source distribution in the lock, and its wheels may not be taken"
    )


def test_a_source_distribution_alone_must_be_built():
    assert refusal(offering(), NO_BUILD) == "x 1 is only there as a source distribution, and may not be built"


def test_of_many_wheels_that_do_not_fit_a_few_are_named():
    tags = [f"cp3{minor}-cp3{minor}-win32" for minor in range(12, 18)]
    assert refusal(offering(*tags, sdist=None)) == (
        "x 1 has wheels for cp312-cp312-win32, cp313-cp313-win32, cp314-cp314-win32, cp315-cp315-win32 and 2 more, "
        "none for CPython 3.11.7 on linux-x86_64, and has no source distribution"
    )


@pytest.mark.parametrize("sdist", ["x-1.tar.bz2", "X-1.0.tgz"])
def test_source_distributions_of_old_are_taken_by_the_version_of_their_entry(sdist):
    assert pick(offering(sdist=sdist)).distribution.version == "1"
    told = refusal(replace(offering(sdist=sdist), version=None))
    assert told == f"`{sdist}` of x names no version that can be read"


@pytest.mark.parametrize(
    ("hashes", "has"), [({"sha512": "1", "md5": "2"}, "md5, sha512"), ({"sha384": "1"}, "sha384"), ({}, "no hash")]
)
def test_a_file_without_sha256_can_not_be_checked(hashes, has):
    package = LockedPackage(name="x", wheels=(file("x-1-py3-none-any.whl", hashes=hashes),))
    assert refusal(package) == f"`x-1-py3-none-any.whl` has {has} in the lock, and capsa checks sha256 alone"


def test_a_folder_is_a_source_whose_version_is_told_by_its_build():
    chosen = direct(LockedFolder(path=".", is_editable=True))
    assert (chosen.distribution.url, chosen.direct_url, chosen.is_editable) == (
        "file:///p/demo",
        "file:///p/demo",
        True,
    )
    assert (chosen.version, chosen.distribution.filename, chosen.distribution.sha256) == ("", "demo", None)
    within = direct(LockedFolder(path="../a b", subdirectory="lib/x"))
    assert (within.distribution.url, within.is_editable) == ("file:///p/a%20b#subdirectory=lib/x", False)
    assert parse_source(within.distribution.url).subdirectory == "lib/x"


def test_a_commit_is_taken_exactly_and_remembers_what_was_asked_for():
    chosen = direct(replace(COMMIT, requested_revision="main", subdirectory="lib"))
    assert chosen.distribution.url == f"git+https://h.example/x.git@{'1' * 40}#subdirectory=lib"
    assert chosen.direct_url == "git+https://h.example/x.git@main#subdirectory=lib"
    assert direct(COMMIT).direct_url == "git+https://h.example/x.git"
    assert direct(replace(COMMIT, url=None, path="../r")).distribution.url == f"git+file:///p/r@{'1' * 40}"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ssh://git@h.example/x.git", "ssh://git@h.example/x.git"),
        ("git+https://h.example/x.git#frag", "https://h.example/x.git"),
        ("https://h.example/@scope/x", "https://h.example/%40scope/x"),
    ],
)
def test_the_address_of_a_repository_is_read_as_it_was_meant(url, address):
    source = parse_source(direct(replace(COMMIT, url=url, requested_revision="v#1")).distribution.url)
    assert (source.url, source.revision) == (address, "1" * 40)


def test_other_version_control_is_refused():
    package = LockedPackage(name="x", direct=replace(COMMIT, kind="hg"))
    assert refusal(package) == "x is kept in hg, and capsa takes sources out of git alone"


def test_a_wheel_by_its_address_is_taken_as_it_is():
    url = "https://h.example/x-1.0-py3-none-any.whl"
    chosen = direct(LockedArchive(url=url, hashes=SHA, size=3))
    assert (chosen.direct_url, chosen.version, chosen.distribution.tags) == (url, "1.0", "py3-none-any")
    assert (chosen.distribution.sha256, chosen.distribution.size) == ("ab" * 32, 3)


def test_a_source_archive_has_its_version_from_its_entry_or_its_name():
    assert direct(LockedArchive(path="x-1.0.zip", hashes=SHA)).version == "1.0"
    assert direct(LockedArchive(path="main.zip", hashes=SHA), version="1.00").version == "1.0"
    assert direct(LockedArchive(path="y-1.0.zip", hashes=SHA)).version == ""
    within = direct(LockedArchive(url="https://h.example/x.zip", hashes=SHA, subdirectory="a"))
    assert within.distribution.url == "https://h.example/x.zip#subdirectory=a"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("y-1-py3-none-any.whl", "`y-1-py3-none-any.whl` is not the name of a wheel of x"),
        ("x.whl", "`x.whl` is not the name of a wheel of x"),
        ("x-1-cp38-cp38-win32.whl", "is for cp38-cp38-win32; this box is CPython 3.11.7 on linux-x86_64"),
        ("x-1.exe", "the archive `x-1.exe` of x is neither a wheel nor a .tar.gz or .zip"),
    ],
)
def test_an_archive_that_can_not_be_used_is_refused(path, expected):
    assert expected in refusal(LockedPackage(name="x", direct=LockedArchive(path=path, hashes=SHA)))


def test_the_rules_of_builds_are_about_choices_and_not_about_direct_references():
    assert pick(LockedPackage(name="x", direct=COMMIT), NO_BUILD).direct_url
    assert pick(LockedPackage(name="x", direct=LockedArchive(path="x-1-py3-none-any.whl", hashes=SHA)), NO_BINARY)


@pytest.mark.parametrize(
    ("folder", "path", "url"),
    [
        ("/p", "a/../b%/é", "file:///p/b%25/%C3%A9"),
        ("/p", "/q/x", "file:///q/x"),
        ("C:\\Users\\me", "../x", "file:///C:/Users/x"),
        ("C:\\Users", "D:/x", "file:///D:/x"),
        ("/p\udcff", "x", "file:///p%FF/x"),
    ],
)
def test_a_path_becomes_a_file_url(folder, path, url):
    assert local_url(folder, path) == url
