"""Small worlds in TOML, and what must come of them: the pins, or every word that a user reads.

A file holds `[[scenario]]` tables: `name`; `requirements` (line 1, 2, ... of requirements.txt); optionally
`constraints` (of constraints.txt), `python`, `platform`, `prereleases`, `preferences`, `upgrades`, `shallow`,
`no_build` and `no_binary` (names, "*" for all);
`world` as `capsa.testing.catalog.World` takes it; and `pins`, or `message` with `hints`.
"""

from __future__ import annotations

import os
import tomllib

import pytest

from capsa.model.build import BuildRules
from capsa.model.requirement import Origin, parse_requirement
from capsa.resolution.solver import ResolutionRequest, UnsolvableError, resolve
from capsa.testing.catalog import World, make_target

_FOLDER = os.path.dirname(__file__)


def _scenarios():
    for filename in sorted(os.listdir(_FOLDER)):
        if filename.endswith(".toml"):
            with open(os.path.join(_FOLDER, filename), "rb") as stream:
                for scenario in tomllib.load(stream)["scenario"]:
                    yield pytest.param(scenario, id=f"{filename.removesuffix('.toml')}: {scenario['name']}")


def _demands(texts, place):
    return tuple(parse_requirement(text, Origin(place=place, line=line)) for line, text in enumerate(texts, start=1))


@pytest.mark.parametrize("scenario", list(_scenarios()))
def test_a_world_resolves_to_these_pins_or_is_refused_in_these_words(scenario):
    request = ResolutionRequest(
        requirements=_demands(scenario["requirements"], "requirements.txt"),
        constraints=_demands(scenario.get("constraints", []), "constraints.txt"),
        target=make_target(scenario.get("python", "3.11.7"), scenario.get("platform", "linux")),
        prereleases=scenario.get("prereleases", "if-necessary-or-explicit"),
        preferences=scenario.get("preferences", {}),
        upgrades=frozenset(scenario.get("upgrades", [])),
        builds=BuildRules(
            no_build=frozenset(scenario.get("no_build", [])), no_binary=frozenset(scenario.get("no_binary", []))
        ),
        is_shallow=scenario.get("shallow", False),
    )
    world = World(scenario["world"])

    if "pins" in scenario:
        lock = resolve(request, world)
        assert [f"{package.name}=={package.version}" for package in lock.packages] == scenario["pins"]
        if "files" in scenario:
            assert [package.distribution.filename for package in lock.packages] == scenario["files"]
    else:
        with pytest.raises(UnsolvableError) as caught:
            resolve(request, world)
        assert str(caught.value) == scenario["message"].strip()
        assert list(caught.value.hints) == scenario.get("hints", [])
