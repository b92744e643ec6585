"""From a solution to a lock: who reaches a package says its marker."""

import pytest
from packaging.markers import Marker

from capsa.errors import LockError
from capsa.model.distribution import Distribution
from capsa.model.lock import Lock
from capsa.model.requirement import parse_requirement
from capsa.model.solution import Chosen, Solution
from capsa.resolution.reach import LockDetails, Roots, environment_marker, lock_of
from capsa.testing.catalog import make_target
from capsa.value import replace

TARGET = make_target("3.11.7")
DETAILS = LockDetails(target=TARGET, folder="/p")


def chosen(name, **facts):
    filename = f"{name}-1-py3-none-any.whl"
    return Chosen(
        distribution=Distribution(
            project=name,
            version="1",
            filename=filename,
            url=f"https://h.example/{filename}",
            **({"sha256": "ab" * 32, "tags": "py3-none-any"} | facts),
        )
    )


def solution(**edges):
    names = sorted({key.split("[")[0] for key in edges})
    return Solution(packages=tuple(map(chosen, names)), edges=edges)


def demands(*texts):
    return tuple(map(parse_requirement, texts))


def markers(solved, roots):
    return {package.name: package.marker for package in lock_of(solved, roots, DETAILS).packages}


def test_what_the_base_reaches_is_for_everybody():
    solved = solution(a=("b",), b=(), c=("b",))
    assert markers(solved, Roots(requirements=demands("a"), extras={"x": demands("c")})) == {
        "a": None,
        "b": None,
        "c": "'x' in extras",
    }


def test_what_extras_and_groups_reach_is_for_those_who_want_them():
    roots = Roots(
        extras={"y": demands("a"), "x": demands("b")}, groups={"dev": demands("b"), "a-test": demands("b", "a")}
    )
    assert markers(solution(a=("b",), b=()), roots) == {
        "a": "'y' in extras or 'a-test' in dependency_groups",
        "b": "'x' in extras or 'y' in extras or 'a-test' in dependency_groups or 'dev' in dependency_groups",
    }


def test_an_extra_of_a_package_leads_further_only_for_who_asks_for_it():
    solved = solution(**{"a": (), "a[fast]": ("a", "b"), "b": ("a",)})
    roots = Roots(requirements=demands("a"), groups={"dev": demands("a[fast]")})
    assert markers(solved, roots) == {"a": None, "b": "'dev' in dependency_groups"}


def test_a_demand_that_does_not_apply_here_reaches_nothing():
    roots = Roots(requirements=demands("a; os_name == 'nt'"), extras={"x": demands("a; os_name == 'posix'")})
    assert markers(solution(a=()), roots) == {"a": "'x' in extras"}


def test_what_nobody_reaches_is_for_everybody_rather_than_for_nobody():
    assert markers(solution(a=()), Roots()) == {"a": None}


def test_the_lock_says_what_it_was_made_of():
    details = replace(
        DETAILS,
        requires_python=">=3.11",
        default_groups=("dev",),
        notes={"inputs": "12", "target": TARGET.title},
        indexes={"a": "https://me:secret@index.example/simple"},
    )
    lock = lock_of(solution(a=()), Roots(extras={"y": (), "x": ()}, groups={"dev": ()}), details)
    assert lock == Lock(
        packages=lock.packages,
        created_by="capsa",
        requires_python=">=3.11",
        environments=(environment_marker(TARGET),),
        extras=("x", "y"),
        dependency_groups=("dev",),
        default_groups=("dev",),
        tool={"capsa": {"inputs": "12", "target": TARGET.title}},
    )
    assert (lock.inputs, lock.packages[0].index) == ("12", "https://index.example/simple")
    assert lock_of(solution(a=()), Roots(), DETAILS).tool == {}


def test_every_file_without_a_hash_is_named():
    solved = Solution(packages=(chosen("a", sha256=None), chosen("b", sha256=None)), edges={"a": (), "b": ()})
    with pytest.raises(LockError) as caught:
        lock_of(solved, Roots(), DETAILS)
    assert str(caught.value) == (
        "a-1-py3-none-any.whl has no sha256, and a lock needs one: its index tells none; "
        "b-1-py3-none-any.whl has no sha256, and a lock needs one: its index tells none"
    )


def test_the_environment_is_told_in_four_words():
    assert environment_marker(TARGET) == (
        "python_version == '3.11' and sys_platform == 'linux' and platform_machine == 'x86_64' "
        "and implementation_name == 'cpython'"
    )


@pytest.mark.parametrize("version", ["3.14.0rc1", "3.14.0", "3.14.0+", "3.14.2.dev1"])
def test_the_environment_holds_for_pre_releases_and_untagged_builds_too(version):
    target = make_target("3.14.0")
    target = replace(target, markers={**target.markers, "python_full_version": version})
    assert Marker(environment_marker(target)).evaluate(target.markers, context="requirement")


def test_a_fact_that_is_not_known_or_has_a_quote_does_no_harm():
    target = replace(TARGET, markers={**TARGET.markers, "platform_machine": "", "sys_platform": "o'x"})
    marker = environment_marker(target)
    assert marker == "python_version == '3.11' and sys_platform == \"o'x\" and implementation_name == 'cpython'"
    assert Marker(marker).evaluate(target.markers, context="requirement")
