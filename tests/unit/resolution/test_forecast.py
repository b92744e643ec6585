"""Guesses at what comes next."""

from capsa.model.build import BuildRules
from capsa.model.metadata import Metadata
from capsa.model.requirement import parse_requirement
from capsa.resolution.forecast import Forecast, likely
from capsa.resolution.request import ResolutionRequest
from capsa.testing.catalog import World, make_target

_WORLD = World(
    {
        "app": {"1": [], "2": [], "3": {"files": ["cp311-cp311-win_amd64"]}, "4rc1": []},
        "none": {"1": {"files": ["cp311-cp311-win_amd64"]}},
        "source": {"1": {"files": ["sdist"]}},
    }
)


def _request(*demands, **facts):
    requirements = tuple(parse_requirement(text) for text in demands)
    return ResolutionRequest(requirements=requirements, target=make_target(), **facts)


def test_the_newest_file_that_the_users_demands_admit_is_likely():
    releases = _WORLD.releases("app")
    assert likely(releases, _request()).version == "2"
    assert likely(releases, _request("app<2")).version == "1"
    assert likely(releases, _request("app>=4rc1")).version == "4rc1"
    assert likely(releases, _request("app<2; os_name == 'nt'")).version == "2"


def test_the_preferred_version_is_likely():
    assert likely(_WORLD.releases("app"), _request(preferences={"app": "1"})).version == "1"
    assert likely(_WORLD.releases("app"), _request(preferences={"app": "1"}, is_upgrade=True)).version == "2"


def test_nothing_is_likely_where_nothing_fits():
    assert likely(_WORLD.releases("none"), _request()) is None
    assert likely(_WORLD.releases("app"), _request("app>9")) is None


def test_a_source_distribution_is_likely_where_it_may_be_built():
    releases = _WORLD.releases("source")
    assert likely(releases, _request()).filename == "source-1.tar.gz"
    assert likely(releases, _request(builds=BuildRules(no_build=frozenset({"source"})))) is None


def test_names_are_those_of_the_demands_that_hold_here_without_extras():
    metadata = Metadata(
        name="app",
        version="1",
        requires=(
            "One_Two>=1",
            "x; extra == 'x'",
            "win; os_name == 'nt'",
            "not readable",
            "url @ https://example.org/u.whl",
        ),
    )
    assert Forecast(_request()).names(metadata) == ("one-two",)
    assert Forecast(_request(is_shallow=True)).names(metadata) == ()
