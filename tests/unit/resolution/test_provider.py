"""The packaging rules as the solver meets them."""

import pytest

from capsa.errors import ResolutionError
from capsa.model.metadata import Metadata
from capsa.model.requirement import parse_requirement
from capsa.resolution.package import Cap, Tie
from capsa.resolution.provider import Provider, ReconsiderError
from capsa.resolution.reason import UrlDemand, WrongPython
from capsa.resolution.request import Pinned, ResolutionRequest
from capsa.testing.catalog import World, make_target


def _provider(world, *demands, constraints=(), **facts):
    request = ResolutionRequest(
        requirements=tuple(parse_requirement(text) for text in demands),
        constraints=tuple(parse_requirement(text) for text in constraints),
        target=make_target(),
        **facts,
    )
    return Provider(request, World(world) if isinstance(world, dict) else world)


def _newest(provider, name):
    return provider.offer(name).versions.newest_first(-1).__next__()


def test_a_demand_with_extras_is_about_the_project_and_each_extra():
    provider = _provider({"app": {"1": []}}, "app[x,y]>=1")
    assert [key for key, _, _ in provider.root_sets()] == ["app", "app[x]", "app[y]"]


def test_all_projects_of_a_step_are_announced_before_the_first_is_asked_for():
    world = World({"app": {"1": ["one", "two[x]", "three"]}, "one": {}, "two": {}, "three": {}})
    provider = _provider(world, "app")
    provider.root_sets()
    version = provider.choose("app", -1)
    assert world.asked == ["app", "app-1-py3-none-any.whl"]
    provider.demanded_sets("app", version)
    assert world.expected == ["app", "one", "two", "three"]


def test_an_extra_is_tied_to_its_project_in_both_ways():
    provider = _provider({"app": {"1": {"extras": {"x": ["lib"]}}}, "lib": {"1": []}}, "app[x]")
    provider.root_sets()
    version = provider.choose("app", -1)
    assert provider.pending() == [Tie(name="app", key="app[x]", version=version)]
    assert provider.choose("app[x]", -1) == version
    sets = provider.demanded_sets("app[x]", version)
    assert list(sets) == ["lib", "app"]
    assert version in sets["app"]
    assert version + 2 not in sets["app"]


def test_constraints_are_told_when_their_project_is_first_looked_at():
    world = World({"app": {"1": [], "2": []}, "lib": {"1": []}})
    provider = _provider(world, "app", constraints=["app<2", "lib<1"])
    provider.root_sets()
    assert provider.choose("app", -1) is None
    [cap] = provider.pending()
    assert isinstance(cap, Cap)
    assert cap.name == "app"
    assert "lib" not in world.asked


def test_a_demand_that_admits_what_was_refused_starts_the_search_anew():
    world = {"app": {"1": ["lib>=2rc1"]}, "lib": {"1": [], "2rc1": []}}
    provider = _provider(world, "lib", "app")
    provider.root_sets()
    assert provider.offer("lib").versions.text(provider.choose("lib", -1)) == "1"
    version = provider.choose("app", -1)
    with pytest.raises(ReconsiderError):
        provider.demanded_sets("app", version)
    provider.begin()
    provider.root_sets()
    assert provider.offer("lib").versions.text(provider.choose("lib", -1)) == "2rc1"


def test_metadata_may_rule_out_a_version():
    world = {"app": {"1": {"metadata-python": ">=3.12"}}, "url": {"1": ["lib @ https://example.org/lib-1.whl"]}}
    provider = _provider(world, "app", "url")
    assert provider.fitness("app", _newest(provider, "app")) == WrongPython(wanted=">=3.12", python="3.11.7")
    assert provider.fitness("url", _newest(provider, "url")) == UrlDemand(text="lib @ https://example.org/lib-1.whl")


def test_each_question_is_answered_once():
    world = World({"app": {"1": ["lib"]}, "lib": {"1": []}})
    provider = _provider(world, "app")
    provider.root_sets()
    version = provider.choose("app", -1)
    first = provider.demanded_sets("app", version)
    assert provider.choose("app", -1) == version
    assert provider.demanded_sets("app", version) is first
    assert world.asked == ["app", "app-1-py3-none-any.whl", "lib"]


def test_without_dependencies_no_metadata_is_read():
    world = World({"app": {"1": ["nowhere"]}})
    provider = _provider(world, "app[x]", is_shallow=True)
    assert [key for key, _, _ in provider.root_sets()] == ["app"]
    assert provider.demanded_sets("app", provider.choose("app", -1)) == {}
    assert world.asked == ["app"]


def test_a_url_that_was_not_looked_up_is_refused_at_once():
    with pytest.raises(ResolutionError, match="the command line demands `app @ https"):
        _provider({}, "app @ https://example.org/app-1-py3-none-any.whl")


def test_two_urls_for_one_project_are_refused_without_their_passwords():
    file = World({"app": {"1": []}}).files("app", "1")[0]
    pinned = Pinned(
        distribution=file, metadata=Metadata(name="app", version="1"), url="https://me:secret@example.org/app-1.whl"
    )
    with pytest.raises(ResolutionError, match=r"another demand takes app from https://\*\*\*\*@example") as caught:
        _provider({}, "app @ https://example.org/other.whl", pinned={"app": pinned})
    assert "secret" not in str(caught.value)


def test_a_marker_that_can_not_be_evaluated_is_refused_with_its_place():
    with pytest.raises(ResolutionError, match=r"the command line: the marker .* can't be read"):
        _provider({}, "app; 'x' in extras")


def test_decisions_are_taken_first_where_there_is_no_choice_then_where_there_is_trouble():
    many = {str(number): [] for number in range(9)}
    provider = _provider({"app": many, "lib": many, "one": {"1": []}}, "app")
    keys = [("lib", -1, 0), ("app", -1, 0), ("one", -1, 0), ("lib", -1, 8)]
    ordered = sorted(keys, key=lambda key: provider.priority(*key))
    assert ordered == [("one", -1, 0), ("lib", -1, 8), ("app", -1, 0), ("lib", -1, 0)]
