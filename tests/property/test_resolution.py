"""The solver against brute force on small worlds, and against resolvelib on larger ones."""

from __future__ import annotations

import itertools
import random

import pytest
import resolvelib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement as ParsedRequirement
from packaging.version import Version

from capsa.model.requirement import Origin, parse_requirement
from capsa.resolution.solver import ResolutionRequest, UnsolvableError, resolve
from capsa.testing.catalog import World, make_target

_NAMES = ("a", "b", "c", "d")
_TARGET = make_target()

_demands = st.builds(
    lambda name, extra, clause: f"{name}{extra}{clause}",
    st.sampled_from(_NAMES),
    st.sampled_from(["", "", "", "", "[x]"]),
    st.sampled_from(["", "", ">=2", "<2", "==1", "==2", "!=2", "<3", ">=3", "==3"]),
)
_releases = st.fixed_dictionaries(
    {"requires": st.lists(_demands, max_size=2)},
    optional={
        "extras": st.fixed_dictionaries({"x": st.lists(_demands, min_size=1, max_size=2)}),
        "requires-python": st.sampled_from([">=3.8", ">=3.12"]),
    },
)
_projects = st.dictionaries(st.sampled_from(["1", "2", "3"]), _releases, min_size=1, max_size=3)
_worlds = st.fixed_dictionaries(dict.fromkeys(_NAMES[:3], _projects), optional={"d": _projects})


def _request(demands, constraints=()):
    return ResolutionRequest(
        requirements=tuple(
            parse_requirement(text, Origin(place="requirements.txt", line=number))
            for number, text in enumerate(demands, start=1)
        ),
        constraints=tuple(
            parse_requirement(text, Origin(place="constraints.txt", line=number))
            for number, text in enumerate(constraints, start=1)
        ),
        target=_TARGET,
    )


def _holds(world, versions, demands, constraints=()):
    """Whether one version of each project meets the demands, those they bring in, and the constraints on all these."""
    waiting = [ParsedRequirement(text) for text in demands]
    seen = set()
    while waiting:
        demand = waiting.pop()
        version = versions.get(demand.name)
        if version is None or not demand.specifier.contains(version, prereleases=True):
            return False
        release = world[demand.name][version]
        if release.get("requires-python") == ">=3.12":
            return False
        for extra in ("", *demand.extras):
            if (demand.name, extra) in seen:
                continue
            seen.add((demand.name, extra))
            texts = release.get("extras", {}).get(extra, []) if extra else release["requires"]
            waiting.extend(ParsedRequirement(text) for text in texts)
    used = {name for name, _ in seen}
    limits = [ParsedRequirement(text) for text in constraints]
    return all(limit.specifier.contains(versions[limit.name]) for limit in limits if limit.name in used)


def _all_solutions(world, demands, constraints=()):
    names = sorted(world)
    for versions in itertools.product(*(sorted(world[name]) for name in names)):
        candidate = dict(zip(names, versions, strict=True))
        if _holds(world, candidate, demands, constraints):
            yield candidate


def _pins(world, demands, constraints=()):
    try:
        lock = resolve(_request(demands, constraints), World(world))
    except UnsolvableError as error:
        return None, error
    return {package.name: package.version for package in lock.packages}, None


_many = settings(max_examples=2 * settings.default.max_examples, suppress_health_check=[HealthCheck.too_slow])


@_many
@given(_worlds, st.lists(_demands, min_size=1, max_size=3), st.lists(_demands, max_size=1))
def test_small_worlds_are_solved_exactly_when_brute_force_solves_them(world, demands, constraints):
    constraints = [text.replace("[x]", "") for text in constraints]

    pins, error = _pins(world, demands, constraints)

    solutions = list(_all_solutions(world, demands, constraints))
    if pins is None:
        assert not solutions, str(error)
    else:
        assert _holds(world, pins, demands, constraints)


@_many
@given(_worlds, _demands)
def test_the_only_project_demanded_is_as_new_as_any_solution_has_it(world, demand):
    pins, _ = _pins(world, [demand])

    name = ParsedRequirement(demand).name
    newest = max((solution[name] for solution in _all_solutions(world, [demand])), default=None)
    assert (pins or {}).get(name) == newest


@_many
@given(_worlds, st.lists(_demands, min_size=1, max_size=4), st.lists(_demands, max_size=1))
def test_the_demands_that_a_failure_names_can_not_hold_together(world, demands, constraints):
    constraints = [text.replace("[x]", "") for text in constraints]

    _, error = _pins(world, demands, constraints)

    if error is None:
        return
    stated = {str(demand.origin): demand.text for demand in error.demands}
    named = [text for place, text in stated.items() if place.startswith("requirements")]
    limits = [text for place, text in stated.items() if place.startswith("constraints")]
    assert not list(_all_solutions(world, named, limits))
    assert "too long" not in str(error)
    for place, text in stated.items():
        assert place in str(error)
        assert text in str(error)


@_many
@given(_worlds, st.lists(_demands, min_size=1, max_size=3))
def test_no_package_is_there_without_a_demand_for_it(world, demands):
    try:
        lock = resolve(_request(demands), World(world))
    except UnsolvableError:
        return
    reached = {package.name for package in lock.packages if package.is_direct}
    assert reached == {ParsedRequirement(text).name for text in demands}
    while (
        more := {name for package in lock.packages if package.name in reached for name in package.dependencies}
        - reached
    ):
        reached |= more
    assert reached == {package.name for package in lock.packages}


# -- against resolvelib --------------------------------------------------------------------------------------------


class _OtherProvider(resolvelib.AbstractProvider):
    """The same worlds, without extras, for resolvelib."""

    def __init__(self, world):
        self._world = world

    def identify(self, requirement_or_candidate):
        if isinstance(requirement_or_candidate, tuple):
            return requirement_or_candidate[0]
        return requirement_or_candidate.name

    def get_preference(self, identifier, resolutions, candidates, information, backtrack_causes):
        del resolutions, information, backtrack_causes
        return sum(1 for _ in candidates[identifier])

    def find_matches(self, identifier, requirements, incompatibilities):
        wanted, barred = list(requirements[identifier]), {item[1] for item in incompatibilities[identifier]}
        versions = sorted(self._world.get(identifier, ()), key=Version, reverse=True)
        return [
            (identifier, version)
            for version in versions
            if version not in barred and all(demand.specifier.contains(version) for demand in wanted)
        ]

    def is_satisfied_by(self, requirement, candidate):
        return requirement.specifier.contains(candidate[1])

    def get_dependencies(self, candidate):
        name, version = candidate
        return [ParsedRequirement(text) for text in self._world[name][version]["requires"]]


def _medium_world(seed, *, projects, versions):
    chance = random.Random(seed)
    names = [f"p{number}" for number in range(projects)]
    world = {}
    for index, name in enumerate(names):
        releases = world[name] = {}
        for version in range(1, versions + 1):
            requires = []
            for other in chance.sample(names[index + 1 :], k=min(len(names) - index - 1, chance.randint(0, 3))):
                low = chance.randint(1, versions)
                clause = chance.choice([f">={low}", f"<={low}", f"!={low}", f"=={low}", "", f">={max(1, version - 2)}"])
                requires.append(f"{other}{clause}")
            releases[str(version)] = {"requires": requires}
    return world


@pytest.mark.parametrize("seed", range(40))
def test_medium_worlds_are_solved_exactly_when_resolvelib_solves_them(seed):
    world = _medium_world(seed, projects=12, versions=8)
    demands = ["p0", "p1>=2", "p2<7"]

    pins, error = _pins(world, demands)

    try:
        other = resolvelib.Resolver(_OtherProvider(world), resolvelib.BaseReporter()).resolve(
            [ParsedRequirement(text) for text in demands], max_rounds=20_000
        )
    except resolvelib.ResolutionImpossible:
        assert pins is None
        assert "can't be met" in str(error)
        return
    assert pins is not None, str(error)
    assert _holds(world, pins, demands)
    assert _holds(world, {name: candidate[1] for name, candidate in other.mapping.items()}, demands)
