from __future__ import annotations

import pytest

from capsa.model.closure import has_all, is_met, newly_unmet, unmet_demands
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from capsa.model.requirement import parse_requirement

MARKERS = {"python_full_version": "3.12.1", "python_version": "3.12", "sys_platform": "linux", "extra": ""}


def installed(name: str, version: str, *requires: str, python: str | None = None, url: str | None = None) -> Installed:
    return Installed(
        metadata=Metadata(name=name, version=version, requires=requires, requires_python=python),
        info=f"lib/{name}-{version}.dist-info",
        direct_url={"url": url} if url else None,
    )


@pytest.mark.parametrize(
    ("demand", "version", "met"),
    [
        ("lamp", "1.0", True),
        ("lamp>=2", "1.0", False),
        ("lamp>=1", "1.1rc1", True),
        ("lamp", "not a version", False),
        ("lamp==1.0", "1.0+local", True),
    ],
)
def test_a_demand_is_met_by_a_version_that_fits(demand: str, version: str, *, met: bool) -> None:
    assert is_met(parse_requirement(demand), installed("lamp", version)) is met


def test_a_url_is_met_only_by_what_came_from_it_whatever_the_password() -> None:
    demand = parse_requirement("lamp @ https://user:word@example.org/lamp-1.0-py3-none-any.whl")
    bare = "https://example.org/lamp-1.0-py3-none-any.whl"
    assert is_met(demand, installed("lamp", "1.0", url=bare))
    assert not is_met(demand, installed("lamp", "1.0"))
    assert not is_met(demand, installed("lamp", "1.0", url="https://example.org/other.whl"))


def test_the_walk_follows_dependencies_extras_and_circles() -> None:
    site = (
        installed("lamp", "1.0", "wick>=1", 'oil; extra == "fuel"', 'never; sys_platform == "win32"'),
        installed("wick", "1.5", "lamp"),
    )
    assert has_all([parse_requirement("lamp")], site, MARKERS)
    assert not has_all([parse_requirement("lamp[fuel]")], site, MARKERS)
    assert has_all([parse_requirement("lamp[fuel]")], (*site, installed("oil", "3")), MARKERS)
    assert has_all([parse_requirement('absent; sys_platform == "win32"')], site, MARKERS)


def test_a_dependency_that_does_not_hold_is_not_enough() -> None:
    assert not has_all(
        [parse_requirement("lamp")], (installed("lamp", "1.0", "wick>=2"), installed("wick", "1")), MARKERS
    )


def test_every_demand_that_does_not_hold_is_found() -> None:
    site = (
        installed("lamp", "1.0", "wick>=2", "oil", python=">=3.13"),
        installed("wick", "1.5"),
        installed("odd", "1.0", "what is this?", python="what?"),
    )
    found = [(problem.name, problem.requirement, problem.found) for problem in unmet_demands(site, MARKERS)]
    assert found == [("lamp", "Python >=3.13", "3.12.1"), ("lamp", "wick>=2", "1.5"), ("lamp", "oil", None)]


def test_only_what_held_before_and_holds_no_longer_is_newly_unmet() -> None:
    parchment = installed("parchment", "2.0", "Ink>=2", "wick>=9", 'oil; extra == "fuel"', "what is this?")
    before = (parchment, installed("ink", "2.0"), installed("wick", "1.0"), installed("oil", "1"))
    names = frozenset({"ink", "wick", "oil"})
    lower = newly_unmet(before, (parchment, installed("ink", "1.0"), installed("wick", "2.0")), names, MARKERS)
    assert [(problem.name, problem.version, problem.requirement, problem.found) for problem in lower] == [
        ("parchment", "2.0", "Ink>=2", "1.0")
    ]
    gone = newly_unmet(before, (parchment,), names, MARKERS)
    assert [(problem.requirement, problem.found) for problem in gone] == [("Ink>=2", None)]
    assert newly_unmet(before, (parchment,), frozenset({"oil"}), MARKERS) == ()
    assert newly_unmet(before, before[1:], names, MARKERS) == (), "who demanded it has gone too"
