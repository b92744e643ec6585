"""What of a lock an environment takes: markers, extras, groups, environments; and everything in the way at once."""

from pathlib import Path

import pytest

from capsa.errors import LockError
from capsa.model.lock import Lock, LockedFile, LockedPackage
from capsa.model.selection import Selection
from capsa.project.lock_file import read_lock
from capsa.resolution.choice import select
from capsa.testing.catalog import make_target
from capsa.value import replace

LOCKS = Path(__file__).parents[1] / "project" / "locks"
TARGET = make_target("3.11.7")
ALL = Selection(extras=frozenset({"fast"}), groups=frozenset({"default", "dev"}))


def wheel(name, version="1", tags="py3-none-any"):
    filename = f"{name}-{version}-{tags}.whl"
    return LockedFile(name=filename, url=f"https://h.example/{filename}", hashes={"sha256": "ab" * 32})


def package(name, version="1", **facts):
    return LockedPackage(name=name, version=version, **({"wheels": (wheel(name, version),)} | facts))


def lock(*packages, **facts):
    return Lock(packages=packages, created_by="x", **facts)


def names(locked, selection=None, target=TARGET):
    chosen = select(locked, target, selection or Selection(), folder="/srv/demo").packages
    return [package.name for package in chosen]


def refusal(locked, selection=None, **options):
    with pytest.raises(LockError) as caught:
        select(locked, TARGET, selection or Selection(), folder="/srv/demo", **options)
    return str(caught.value)


def test_of_a_lock_of_uv_everything_for_this_platform_is_taken():
    assert names(read_lock(str(LOCKS / "uv.toml"))) == ["attrs", "iniconfig", "six"]
    assert "colorama" in names(read_lock(str(LOCKS / "uv.toml")), target=make_target(platform="win32"))


def test_of_a_lock_of_pdm_the_groups_and_extras_that_are_wanted_are_taken():
    locked = read_lock(str(LOCKS / "pdm.toml"))
    assert names(locked, ALL) == ["attrs", "iniconfig", "six"]
    assert names(locked, Selection(groups=frozenset(locked.default_groups))) == ["six"]
    assert names(locked) == []


def test_of_a_lock_of_pip_all_is_taken():
    assert names(read_lock(str(LOCKS / "pip.toml"))) == ["colorama", "local-thing", "six"]


def test_a_default_group_without_a_public_name_always_applies():
    locked = lock(package("a", marker="'hidden' in dependency_groups"), default_groups=("hidden",))
    assert names(locked) == ["a"]
    assert names(replace(locked, dependency_groups=("hidden",))) == []


def test_names_in_markers_count_in_their_normalized_form():
    locked = lock(package("a", marker="'Fast_Mode' in extras"), extras=("fast-mode",))
    assert names(locked, Selection(extras=frozenset({"fast-mode"}))) == ["a"]


def test_packages_come_by_name_with_those_they_demand_here():
    here, elsewhere = package("b", dependencies=("a", "b", "c")), package("c", marker="os_name == 'nt'")
    solution = select(lock(here, package("a"), elsewhere), TARGET, Selection(), folder="/p")
    assert [(one.name, one.dependencies) for one in solution.packages] == [("a", ()), ("b", ("a",))]
    assert not any(one.is_direct for one in solution.packages)
    assert solution.edges == {}


def test_an_extra_or_group_that_the_lock_does_not_have_is_named_with_those_it_has():
    wanted = Selection(extras=frozenset({"x"}), groups=frozenset({"y"}))
    assert refusal(lock(extras=("b", "a")), wanted) == (
        "pylock.toml can't be used here: there is no extra `x` in pylock.toml; it has: a, b; "
        "there is no group `y` in pylock.toml; it has: none"
    )


def test_a_lock_can_be_called_by_its_own_name():
    assert refusal(lock(), Selection(extras=frozenset({"x"})), name="pylock.ci.toml") == (
        "there is no extra `x` in pylock.ci.toml; it has: none"
    )


def test_a_lock_for_other_environments_is_refused():
    locked = lock(package("a"), environments=("sys_platform == 'win32'", "python_version >= '3.12'"))
    assert refusal(locked) == (
        "pylock.toml is for `sys_platform == 'win32'` or `python_version >= '3.12'`; "
        "this box is CPython 3.11.7 on linux-x86_64"
    )
    assert names(locked, target=make_target("3.12.0")) == ["a"]


def test_a_lock_for_another_python_is_refused():
    told = refusal(lock(requires_python=">=3.12", environments=("python_version >= '3.12'",)))
    assert told == "pylock.toml is for Python >=3.12; this box is CPython 3.11.7 on linux-x86_64"


def test_a_package_for_another_python_is_refused_only_where_it_applies():
    locked = lock(package("a", requires_python=">=3.12", marker="python_version >= '3.12'"))
    assert names(locked) == []
    told = refusal(lock(package("a", requires_python=">=3.12")))
    assert told == "a 1 is for Python >=3.12; this box is CPython 3.11.7 on linux-x86_64"


def test_entries_of_one_name_must_narrow_down_to_one():
    old, new = package("a", "1", marker="python_version < '3.11'"), package("a", "2", marker="python_version >= '3.11'")
    assert names(lock(old, new)) == ["a"]
    assert refusal(lock(package("b"), replace(old, marker=None), new)) == (
        "more than one entry for a applies here: packages[1] (1) and packages[2] (2)"
    )


@pytest.mark.parametrize("marker", ["extra == 'x'", "'x' in extra"])
def test_a_marker_that_has_no_meaning_in_a_lock_is_refused_with_its_place(marker):
    told = refusal(lock(package("b"), package("a", marker=marker)))
    assert told.startswith(f"packages[1], a: the marker `{marker}` has no meaning in a lock: ")


def test_everything_in_the_way_is_told_at_once():
    told = refusal(
        lock(
            package("a", wheels=(wheel("a", tags="cp312-cp312-win_amd64"),)),
            package("b", wheels=(replace(wheel("b"), hashes={"sha512": "1"}),)),
            package("c"),
            package("c"),
        )
    )
    assert told == (
        "pylock.toml can't be used here: more than one entry for c applies here: packages[2] (1) and packages[3] (1); "
        "a 1 has wheels for cp312-cp312-win_amd64, none for CPython 3.11.7 on linux-x86_64, "
        "and has no source distribution; "
        "`b-1-py3-none-any.whl` has sha512 in the lock, and capsa checks sha256 alone"
    )
