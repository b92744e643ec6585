import json

import pytest

from capsa.errors import CacheError, DiskError, FetchError, IntegrityError
from capsa.index.client import IndexClient
from capsa.index.configuration import IndexConfiguration
from capsa.index.page import index_key
from capsa.testing.transport import Answer, FakeTransport
from capsa.transport.file import FileTransport, url_of
from capsa.transport.port import OfflineError, RefusedError, UnreachableError
from capsa.transport.route import RoutingTransport

MAIN = "https://index.example/simple"
EXTRA = "https://extra.example/simple"
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


class Documents:
    """The cache's stand-in: a dict."""

    def __init__(self):
        self.kept = {}
        self.writes = 0

    def read(self, name):
        return self.kept.get(name)

    def write(self, name, document):
        self.kept[name] = document
        self.writes += 1


def page(*names, url="/files/", **headers):
    rows = [{"filename": name, "url": url + name} for name in names]
    body = json.dumps({"meta": {"api-version": "1.0"}, "files": rows}).encode()
    return Answer(body=body, headers={**JSON, **{key.replace("_", "-"): value for key, value in headers.items()}})


class World:
    def __init__(self, answers=None, **settings):
        self.fake = FakeTransport(answers)
        self.settings = {"index_url": f"{MAIN}/", **settings}
        self.documents = Documents()
        self.now = 1_000_000.0

    def client(self, **settings):
        configuration = IndexConfiguration(**{**self.settings, **settings})
        routing = RoutingTransport(http=self.fake, file=FileTransport(), is_offline=configuration.is_offline)
        return IndexClient(routing, self.documents, configuration, lambda: self.now)

    def versions(self, name="six", **settings):
        releases = self.client(**settings).releases(name)
        return releases and releases.versions


SIX = {f"{MAIN}/six/": page("six-1.0-py3-none-any.whl")}


def test_a_project_is_asked_for_by_its_name_with_a_slash():
    world = World(SIX)
    releases = world.client().releases("six")
    assert releases.versions == ("1.0",)
    assert releases.files("1.0")[0].url == "https://index.example/files/six-1.0-py3-none-any.whl"
    assert releases.index == f"{MAIN}/"
    assert world.fake.urls == [f"{MAIN}/six/"]


@pytest.mark.parametrize("status", [404, 410])
def test_no_such_page_is_no_such_project(status):
    assert World({f"{MAIN}/six/": Answer(status=status)}).versions() is None


@pytest.mark.parametrize("name", ["", "../up", "a/b", "Six", "x" * 300, "six%2f", "-a"])
def test_what_is_no_name_is_not_asked_for(name):
    world = World()
    assert world.versions(name) is None
    assert world.client().is_known(name)
    assert world.fake.urls == []


@pytest.mark.parametrize(("status", "hint"), [(401, True), (403, True), (500, False), (418, False)])
def test_other_answers_are_failures(status, hint):
    with pytest.raises(RefusedError, match=f"six/ answered with status {status}") as caught:
        World({f"{MAIN}/six/": Answer(status=status)}).versions()
    assert bool(caught.value.hints) == hint


def test_extra_indexes_are_asked_first_and_the_first_that_has_the_project_wins():
    world = World({**SIX, f"{EXTRA}/six/": page("six-0.5.zip")}, extra_index_urls=("https://none.example", EXTRA))
    assert world.versions() == ("0.5",)
    assert world.fake.urls == ["https://none.example/six/", f"{EXTRA}/six/"]


def test_all_indexes_are_compared_when_the_strategy_says_so():
    answers = {**SIX, f"{EXTRA}/six/": page("six-0.5.zip", "six-1.0.zip")}
    world = World(answers, extra_index_urls=(EXTRA,), strategy="version-priority")
    releases = world.client().releases("six")
    assert releases.versions == ("0.5", "1.0")
    assert [d.filename for d in releases.files("1.0")] == ["six-1.0.zip", "six-1.0-py3-none-any.whl"]


def test_an_index_that_fails_is_not_passed_over():
    world = World({**SIX, f"{EXTRA}/six/": Answer(status=503)}, extra_index_urls=(EXTRA,))
    with pytest.raises(RefusedError, match=r"extra\.example"):
        world.versions()


def test_passwords_are_sent_and_not_kept():
    world = World(SIX)
    releases = world.client(index_url="https://ann:secret@index.example/simple/").releases("six")
    assert world.fake.urls == ["https://ann:secret@index.example/simple/six/"]
    assert "secret" not in repr(world.documents.kept) + repr(releases.files("1.0")) + releases.index


def test_an_index_has_a_readable_name_of_its_own():
    assert index_key("https://u:p@index.example:8080/simple/") == index_key("https://index.example:8080/simple")
    assert index_key(MAIN).startswith("index.example-")
    assert index_key(MAIN) != index_key(EXTRA) != index_key("https://extra.example/other")
    assert "/" not in index_key("file:///srv/index") + index_key("https://[::1]/simple")


@pytest.mark.parametrize(
    ("headers", "age", "is_asked"),
    [
        ({}, 599, False),
        ({}, 600, True),
        ({"Cache-Control": "max-age=100"}, 99, False),
        ({"Cache-Control": "max-age=100"}, 100, True),
        ({"Cache-Control": "max-age=10000"}, 9999, False),
        ({"Cache-Control": "no-cache"}, 1, True),
        ({"Cache-Control": "immutable"}, 10_000_000, False),
        ({}, -1, True),
    ],
)
def test_a_page_is_used_while_it_is_fresh(headers, age, is_asked):
    world = World({f"{MAIN}/six/": Answer(body=page("six-1.0.zip").body, headers={**JSON, **headers})})
    world.versions()
    world.now += age
    assert world.client().is_known("six") != is_asked
    assert world.versions() == ("1.0",)
    assert len(world.fake.urls) == (2 if is_asked else 1)


def test_the_age_that_is_allowed_is_a_setting():
    world = World(SIX, max_age=5.0)
    world.versions()
    world.now += 6
    world.versions()
    assert len(world.fake.urls) == 2


def test_a_stale_page_is_revalidated_and_its_lifetime_renewed():
    body = page("six-1.0.zip").body
    headers = {**JSON, "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT", "Cache-Control": "max-age=100"}
    world = World({f"{MAIN}/six/": Answer(body=body, has_etag=True, headers=headers)})
    for _ in range(3):
        assert world.versions() == ("1.0",)
        world.now += 100
    world.now -= 1
    assert world.versions() == ("1.0",)
    fields = [request.headers for request in world.fake.requests]
    assert len(fields) == 3
    assert "If-None-Match" not in fields[0]
    assert fields[1]["If-None-Match"].startswith('"')
    assert fields[2]["If-Modified-Since"] == "Wed, 21 Oct 2015 07:28:00 GMT"


def test_an_absent_project_is_remembered_as_long_as_a_page():
    world = World()
    assert [world.versions(), world.versions()] == [None, None]
    assert len(world.fake.urls) == 1
    world.fake.answers.update(SIX)
    world.now += 601
    assert world.versions() == ("1.0",)


def test_what_may_not_be_stored_is_not():
    world = World({f"{MAIN}/six/": page("six-1.0.zip", Cache_Control="no-store")})
    world.versions()
    assert world.documents.kept == {}


def test_a_page_is_asked_for_once_by_one_client():
    world = World({f"{MAIN}/six/": page("six-1.0.zip", Cache_Control="no-store")})
    client = world.client()
    assert [client.releases("six").versions for _ in range(2)] == [("1.0",)] * 2
    assert len(world.fake.urls) == 1


@pytest.mark.parametrize(
    ("settings", "is_asked"),
    [
        ({"refresh": frozenset({"six"})}, True),
        ({"refresh": frozenset({"other"})}, False),
        ({"is_refresh_all": True}, True),
    ],
)
def test_refresh_asks_anew(settings, is_asked):
    world = World(SIX)
    world.versions()
    assert world.versions(**settings) == ("1.0",)
    assert len(world.fake.urls) == (2 if is_asked else 1)


def test_renewing_asks_again_for_what_came_out_of_the_cache_and_only_for_that():
    world = World(SIX)
    world.versions()
    client = world.client()
    client.releases("six")
    client.releases("none")
    world.fake.answers[f"{MAIN}/six/"] = page("six-2.0.zip")
    assert client.renew()
    assert client.releases("six").versions == ("2.0",)
    assert not client.renew()
    assert world.fake.urls == [f"{MAIN}/{name}/" for name in ("six", "none", "six")]


def test_offline_uses_whatever_the_cache_has():
    world = World(SIX)
    world.versions()
    world.now += 1_000_000
    assert world.versions(is_offline=True) == ("1.0",)
    assert not world.client(is_offline=True).renew()
    with pytest.raises(OfflineError, match=r"simple/none/ is not in the store"):
        world.versions("none", is_offline=True)
    assert world.versions(is_offline=True, extra_index_urls=(EXTRA,)) == ("1.0",)
    assert len(world.fake.urls) == 1


def test_a_failure_is_not_hidden_by_a_stale_page():
    world = World(SIX)
    world.versions()
    world.now += 601
    world.fake.answers[f"{MAIN}/six/"] = UnreachableError("index.example can't be reached", url=MAIN)
    with pytest.raises(UnreachableError):
        world.versions()


def test_a_document_that_is_of_another_index_is_not_used():
    world = World(SIX)
    world.versions()
    (entry,) = world.documents.kept.values()
    entry["url"] = f"{EXTRA}/six/"
    world.versions()
    assert len(world.fake.urls) == 2


def test_a_local_index_is_read_each_time(tmp_path):
    folder = tmp_path / "index" / "six"
    folder.mkdir(parents=True)
    world = World(index_url=url_of(str(tmp_path / "index")))
    for version in ("1.0", "2.0"):
        (folder / "index.html").write_text(f"<a href='../../files/six-{version}.zip'>")
        releases = world.client().releases("six")
        assert releases.versions == (version,)
    assert releases.files("2.0")[0].url == url_of(str(tmp_path / "files" / "six-2.0.zip"))
    assert world.versions("none") is None
    assert world.documents.kept == {}


def test_folders_pages_and_files_to_find_links_in_are_merged_with_the_index(tmp_path):
    (tmp_path / "six-3.0-py3-none-any.whl").write_text("")
    (tmp_path / "other-1.0.zip").write_text("")
    (tmp_path / "links.html").write_text("<a href='https://files.example/six-4.0.zip'><a href='six-4.5.zip'>")
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "six-5.0.tar.gz").write_text("")
    answers = {**SIX, "https://links.example/all": Answer(body=b"<a href='six-6.0.zip'>")}
    places = (str(tmp_path), url_of(f"{tmp_path}/links.html"), f"{tmp_path}/one/six-5.0.tar.gz")
    world = World(answers, find_links=(*places, "https://links.example/all"))
    releases = world.client().releases("six")
    assert releases.versions == ("1.0", "3.0", "4.0", "4.5", "5.0", "6.0")
    assert releases.files("3.0")[0].url == url_of(f"{tmp_path}/six-3.0-py3-none-any.whl")
    assert world.versions("other") == ("1.0",)
    assert world.fake.urls.count("https://links.example/all") == 1
    assert world.versions("other", index_url=None) == ("1.0",)
    assert world.versions("other", is_offline=True) == ("1.0",)


@pytest.mark.parametrize("place", ["{}/none", "file://{}/none", "https://links.example/none"])
def test_a_find_links_place_that_is_not_there_is_named(tmp_path, place):
    place = place.format(tmp_path)
    with pytest.raises(FetchError, match=r"the find-links .* does not exist"):
        World(find_links=(place,)).versions()


def test_an_archive_is_downloaded_and_held_to_its_hash(tmp_path):
    row = {"filename": "six-1.0.zip", "url": "/f/six-1.0.zip", "hashes": {"sha256": "0" * 64}}
    body = json.dumps({"files": [row]}).encode()
    world = World({f"{MAIN}/six/": Answer(body=body), "https://index.example/f/six-1.0.zip": Answer(body=b"zip")})
    client = world.client()
    distribution = client.releases("six").files("1.0")[0]
    with pytest.raises(IntegrityError, match=r"six-1\.0\.zip has the sha256 .* where 0000.* was promised"):
        client.fetch(distribution, str(tmp_path / "a"), lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_who_downloads_is_told_the_size_and_the_pieces(tmp_path):
    url = "https://index.example/files/six-1.0-py3-none-any.whl"
    client = World({**SIX, url: Answer(body=b"wheel")}).client()
    pieces, sizes = [], []
    client.fetch(client.releases("six").files("1.0")[0], str(tmp_path / "a"), pieces.append, sizes.append)
    assert (pieces, sizes) == ([5], [5])


@pytest.mark.parametrize("failure", [DiskError("the disk is full"), CacheError("not a store")])
def test_a_store_that_takes_nothing_costs_only_time(failure):
    world = World(SIX)

    def write(*_):
        raise failure

    world.documents.write = write
    client = world.client()
    assert client.releases("six").versions == ("1.0",)
    assert client.releases("six").versions == ("1.0",)
    assert world.fake.urls == [f"{MAIN}/six/"]
