"""From a request to exact files. Worlds and their outcomes are in tests/scenarios, the oracles in tests/property."""

import pytest

from capsa.errors import FetchError, ResolutionError
from capsa.model.build import ALL, BuildRules
from capsa.model.distribution import Distribution
from capsa.model.metadata import Metadata
from capsa.model.requirement import Origin, parse_requirement
from capsa.resolution.solver import Pinned, ResolutionRequest, UnsolvableError, resolve
from capsa.testing.catalog import World, make_target
from capsa.value import replace

_URL = "https://files.example.org/lib-3-py3-none-any.whl"


def _request(*demands, **facts):
    requirements = tuple(
        demand if not isinstance(demand, str) else parse_requirement(demand, Origin(place="r.txt", line=line))
        for line, demand in enumerate(demands, start=1)
    )
    return ResolutionRequest(requirements=requirements, target=make_target(), **facts)


def _pinned(requires=(), **facts):
    file = World({"lib": {"3": {"requires": list(requires), **facts}}}).files("lib", "3")[0]
    return Pinned(
        distribution=replace(file, url=_URL),
        metadata=Metadata(name="lib", version="3", requires=tuple(requires)),
        url=_URL,
    )


class Recorder:
    def __init__(self):
        self.events = []

    def event(self, event):
        self.events.append(event)


def test_a_lock_tells_files_extras_dependencies_and_what_was_asked_for():
    world = World(
        {
            "app": {"1": {"requires": ["lib"], "extras": {"x": ["more"]}, "sha256": {"app-1-py3-none-any.whl": "ab"}}},
            "lib": {"2": []},
            "more": {"3": ["app", "lib[y]"]},
        }
    )
    lock = resolve(_request("App[X]"), world)
    assert [(package.name, package.version, package.is_direct) for package in lock.packages] == [
        ("app", "1", True),
        ("lib", "2", False),
        ("more", "3", False),
    ]
    app, lib, more = lock.packages
    assert (app.extras, app.dependencies, app.distribution.sha256) == (frozenset({"x"}), ("lib", "more"), "ab")
    assert (lib.extras, lib.dependencies) == (frozenset({"y"}), ())
    assert more.dependencies == ("app", "lib")
    assert app.direct_url is None


def test_nothing_demanded_is_nothing_locked():
    assert resolve(_request(), World({})).packages == ()
    assert resolve(_request("app; os_name == 'nt'"), World({})).packages == ()


def test_a_file_by_its_url_stands_for_its_project():
    lock = resolve(
        _request(f"lib @ {_URL}", "app", pinned={"lib": _pinned(["more"])}),
        World({"app": {"1": ["lib>=2"], "2": ["lib<2"]}, "more": {"1": []}, "lib": {"1": []}}),
    )
    assert {package.name: package.version for package in lock.packages} == {"app": "1", "lib": "3", "more": "1"}
    assert lock.package("lib").direct_url == _URL
    assert lock.package("lib").distribution.url == _URL


def test_a_package_may_demand_the_url_that_the_user_demands_too():
    world = World({"app": {"1": [f"lib @ {_URL}"]}})
    lock = resolve(_request(f"lib @ {_URL}", "app", pinned={"lib": _pinned()}), world)
    assert lock.package("app").dependencies == ("lib",)


def test_a_source_that_the_user_names_is_taken_whatever_the_rules_of_builds_say_of_choices():
    folder = "file:///w/lib"
    source = Distribution(project="lib", version="3", filename="lib", url=folder)
    pinned = Pinned(distribution=source, metadata=Metadata(name="lib", version="3"), url=folder, is_editable=True)
    rules = BuildRules(no_build=frozenset({ALL}))
    lock = resolve(_request(f"lib @ {folder}", pinned={"lib": pinned}, builds=rules), World({}))
    assert lock.packages[0].distribution == source
    assert lock.packages[0].is_editable


def test_a_conflict_with_a_url_is_told():
    with pytest.raises(UnsolvableError) as caught:
        resolve(_request(f"lib @ {_URL}", "lib<2", pinned={"lib": _pinned()}), World({}))
    assert str(caught.value) == "`lib<2` (r.txt line 2) can't be met: the file that is demanded by its URL is lib 3"


def test_hashes_choose_among_files_and_their_demand_is_named_when_none_has_one():
    files = {"app-1-py3-none-any.whl": "a" * 64, "app-1-1-py3-none-any.whl": "b" * 64}
    world = World({"app": {"1": {"files": list(files), "sha256": files}}})

    def demanded(*hashes):
        return parse_requirement("app==1", Origin(place="r.txt", line=1), tuple(f"sha256:{sha * 64}" for sha in hashes))

    lock = resolve(_request(demanded("a")), world)
    assert lock.packages[0].distribution.filename == "app-1-py3-none-any.whl"
    with pytest.raises(UnsolvableError, match=r"app 1, .* has no file with a hash that r\.txt line 1 names"):
        resolve(_request(demanded("c")), world)
    with pytest.raises(UnsolvableError, match="has no file with a hash"):
        resolve(_request(demanded("a"), demanded("b")), world)


def test_decisions_are_reported_and_an_extra_that_is_not_there_is_warned_of():
    recorder = Recorder()
    resolve(_request("app[x]", reporter=recorder), World({"app": {"1": []}}))
    assert [(event.kind, event.text) for event in recorder.events] == [
        ("resolve", "app 1"),
        ("resolve", "app[x] 1"),
        ("warning", "app 1 has no extra `x`"),
    ]


def test_errors_of_the_catalog_pass_through():
    class Broken(World):
        def metadata(self, distribution):
            raise FetchError(f"{distribution.filename} can't be fetched")

    with pytest.raises(FetchError, match=r"app-1-py3-none-any\.whl can't be fetched"):
        resolve(_request("app"), Broken({"app": {"1": []}}))


def test_a_refusal_is_a_resolution_error_that_holds_its_demands_and_steps():
    world = World({"app": {"1": ["lib>=2"]}, "lib": {"1": [], "2": []}})
    with pytest.raises(ResolutionError) as caught:
        resolve(_request("app", "lib<2"), world)
    error = caught.value
    assert [demand.text for demand in error.demands] == ["app", "lib<2"]
    assert str(error).splitlines()[1:] == list(error.steps)
    assert error.exit_code == 1


def test_the_same_request_gives_the_same_words():
    world = {
        "a": {"1": ["c<2"], "2": ["c<2"]},
        "b": {"1": ["c>=2"], "2": ["c>=3"]},
        "c": {str(n): [] for n in range(5)},
    }
    texts = set()
    for _ in range(3):
        with pytest.raises(UnsolvableError) as caught:
            resolve(_request("a", "b"), World(world))
        texts.add(str(caught.value))
    assert len(texts) == 1


def test_versions_that_fail_alike_are_not_told_one_by_one():
    world = {
        "sdk": {f"1.{n}": [f"core==1.{n}"] for n in range(120)},
        "core": {f"1.{n}": ["net>=2"] for n in range(120)},
        "net": {"1": [], "2": []},
    }
    with pytest.raises(UnsolvableError) as caught:
        resolve(_request("sdk", "net<2"), World(world))
    assert len(str(caught.value).splitlines()) == 4
    assert "118 more versions of sdk demand other versions of core" in str(caught.value)
