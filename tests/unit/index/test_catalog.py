import hashlib
import json
import threading

import pytest

from capsa.errors import IntegrityError
from capsa.index.catalog import IndexCatalog
from capsa.index.client import IndexClient
from capsa.index.configuration import IndexConfiguration
from capsa.index.metadata import MetadataReader
from capsa.model.metadata import Metadata
from capsa.testing.transport import Answer, FakeTransport
from capsa.transport.port import RefusedError

MAIN = "https://index.example/simple"


def page(name, version="1.0"):
    wheel = f"{name}-{version}-py3-none-any.whl"
    row = {"filename": wheel, "url": f"https://files.example.org/{wheel}", "core-metadata": True}
    return Answer(body=json.dumps({"files": [row]}).encode())


def metadata(name, *requires):
    lines = "".join(f"Requires-Dist: {text}\n" for text in requires)
    return Answer(body=f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{lines}".encode())


class World(dict):
    """A chain of projects a -> b -> c -> d, a cache in memory, and a catalog over both."""

    def __init__(self):
        super().__init__()
        self.fake = FakeTransport()
        self.arrived = threading.Condition()
        names = "abcd"
        for name, after in zip(names, [*names[1:], ""], strict=True):
            self.fake.answers[f"{MAIN}/{name}/"] = page(name)
            beside = f"https://files.example.org/{name}-1.0-py3-none-any.whl.metadata"
            self.fake.answers[beside] = metadata(name, *([after] if after else []))

    def read(self, name):
        return self.get(name)

    def write(self, name, document):
        with self.arrived:
            self[name] = document
            self.arrived.notify_all()

    def catalog(self, **functions):
        client = IndexClient(self.fake, self, IndexConfiguration(index_url=MAIN), lambda: 1e6)
        return IndexCatalog(client, MetadataReader(self.fake, self), **functions)

    def wait_for(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self) >= count, 5)


def newest(releases):
    return releases.files(releases.versions[-1])[0]


@pytest.fixture
def world():
    return World()


def test_releases_and_metadata_are_had_once_each(world):
    with world.catalog() as catalog:
        for _ in range(2):
            assert catalog.releases("none") is None
            distribution = newest(catalog.releases("a"))
            assert catalog.metadata(distribution).requires == ("b",)
    assert len(world.fake.urls) == len(set(world.fake.urls)) == 3


def test_what_is_expected_is_fetched_before_it_is_asked_for(world):
    with world.catalog() as catalog:
        catalog.expect(["a", "b"])
        world.wait_for(2)
        asked = len(world.fake.urls)
        assert catalog.releases("a").versions == catalog.releases("b").versions == ("1.0",)
        assert len(world.fake.urls) == asked == 2


def test_likely_metadata_follows_a_page_and_leads_to_the_next(world):
    with world.catalog(likely=newest, wanted=lambda _, metadata: metadata.requires) as catalog:
        catalog.expect(["a"])
        world.wait_for(8)
        world.fake.answers.clear()
        for name in "abcd":
            assert catalog.metadata(newest(catalog.releases(name))).name == name


def test_a_second_run_starts_no_thread_and_asks_nobody(world):
    functions = {"likely": newest, "wanted": lambda _, metadata: metadata.requires}
    with world.catalog(**functions) as catalog:
        catalog.expect(["a"])
        world.wait_for(8)
    world.fake.requests.clear()
    before = threading.active_count()
    with world.catalog(**functions) as catalog:
        catalog.expect("abcd")
        for name in "abcd":
            assert catalog.metadata(newest(catalog.releases(name))).name == name
        assert threading.active_count() <= before
    assert world.fake.requests == []


def test_a_failure_in_advance_is_raised_when_it_is_asked_for_and_only_then(world):
    world.fake.answers["https://files.example.org/a-1.0-py3-none-any.whl.metadata"] = Answer(status=500)
    world.fake.answers[f"{MAIN}/b/"] = Answer(status=500)
    with world.catalog(likely=newest) as catalog:
        catalog.expect(["a", "b", "c"])
        world.wait_for(3)
        assert catalog.releases("c").versions == ("1.0",)
        distribution = newest(catalog.releases("a"))
        for _ in range(2):
            with pytest.raises(RefusedError, match=r"a-1\.0.* answered with status 500"):
                catalog.metadata(distribution)
            with pytest.raises(RefusedError, match="/b/ answered with status 500"):
                catalog.releases("b")


def test_renewing_forgets_pages_that_came_out_of_the_cache(world):
    with world.catalog() as catalog:
        catalog.releases("a")
        assert not catalog.renew()
    world.fake.answers[f"{MAIN}/a/"] = page("a", "2.0")
    with world.catalog() as catalog:
        assert catalog.releases("a").versions == ("1.0",)
        assert catalog.renew()
        assert catalog.releases("a").versions == ("2.0",)
        assert not catalog.renew()


def test_an_archive_is_fetched_into_a_file(world, tmp_path):
    with world.catalog() as catalog:
        distribution = newest(catalog.releases("a"))
        world.fake.answers[distribution.url] = Answer(body=b"wheel")
        seen = []
        digest = catalog.fetch(distribution, str(tmp_path / "a.whl"), seen.append)
    assert (tmp_path / "a.whl").read_bytes() == b"wheel"
    assert digest == hashlib.sha256(b"wheel").hexdigest()
    assert seen == [5]


def test_after_closing_nothing_more_is_fetched_in_advance(world):
    catalog = world.catalog()
    catalog.close()
    catalog.expect(["a"])
    assert world.fake.requests == []
    assert catalog.releases("a").versions == ("1.0",)


def test_broken_metadata_names_the_wheel(world):
    world.fake.answers["https://files.example.org/a-1.0-py3-none-any.whl.metadata"] = Answer(body=b"nonsense")
    with world.catalog() as catalog, pytest.raises(IntegrityError, match=r"METADATA of a-1\.0.*has no Name"):
        catalog.metadata(newest(catalog.releases("a")))


def sdist(name):
    row = {"filename": f"{name}-1.0.tar.gz", "url": f"https://files.example.org/{name}-1.0.tar.gz"}
    return Answer(body=json.dumps({"files": [row]}).encode())


def test_the_metadata_of_a_source_is_told_by_whom_it_was_handed_and_never_in_advance(world):
    world.fake.answers[f"{MAIN}/a/"] = sdist("a")
    asked = []

    def sources(distribution):
        asked.append((distribution.filename, threading.current_thread() is threading.main_thread()))
        return Metadata(name="a", version="1.0", requires=("b",))

    with world.catalog(likely=newest, wanted=lambda *_: (), sources=sources) as catalog:
        catalog.expect(["a", "b"])
        world.wait_for(2)
        distribution = newest(catalog.releases("a"))
        assert asked == []
        assert catalog.metadata(distribution).requires == ("b",)
        assert catalog.metadata(newest(catalog.releases("b"))).requires == ("c",)
    assert asked == [("a-1.0.tar.gz", True)]
    assert "https://files.example.org/a-1.0.tar.gz" not in world.fake.urls
