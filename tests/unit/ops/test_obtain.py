from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from capsa.errors import BuildError, FetchError
from capsa.model.distribution import Distribution
from capsa.model.manifest import Manifest
from capsa.model.metadata import Metadata
from capsa.model.solution import Chosen
from capsa.ops.obtain import fetch_reported, obtain_archives, renewing
from capsa.ops.source import Sources
from capsa.ops.supply import Supply
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from capsa.value import replace
from support.session import make_supply


class FakeBuilds:
    """Builds nothing; knows what it was asked for, by whom and when."""

    def __init__(self, manifest: Manifest) -> None:
        self.calls: list[tuple[str, str, bool]] = []
        self.present: set[str] = set()
        self._manifest = manifest

    def metadata(self, distribution: Distribution) -> Metadata:
        raise AssertionError(distribution)

    def prepare(self, chosen: Chosen) -> Callable[[], None] | None:
        return None if chosen.name in self.present else partial(self._note, "prepare", chosen)

    def manifest(self, chosen: Chosen) -> Manifest:
        self._note("manifest", chosen)
        return self._manifest

    def _note(self, what: str, chosen: Chosen) -> None:
        self.calls.append((what, chosen.name, self._is_main()))

    def _is_main(self) -> bool:
        return threading.current_thread() is threading.main_thread()


def source(name: str) -> Chosen:
    url = f"https://example.org/{name}-1.0.tar.gz"
    return Chosen(distribution=Distribution(project=name, version="1.0", filename=f"{name}-1.0.tar.gz", url=url))


def wheel(folder: Path, name: str) -> Chosen:
    path = make_wheel(str(folder), name, "1.0")
    return Chosen(
        distribution=Distribution(
            project=name, version="1.0", filename=Path(path).name, url=f"file://{path}", tags="py3-none-any"
        )
    )


def test_everything_is_fetched_before_anything_is_built_and_builds_are_the_callers_own_work(tmp_path: Path) -> None:
    supply = make_supply(tmp_path)
    chosen = (wheel(tmp_path, "wick"), source("lamp"), source("oil"))
    first = obtain_archives(supply, chosen[:1])["wick"]
    builds = FakeBuilds(first)
    found = obtain_archives(supply, chosen, builds)
    assert sorted(found) == ["lamp", "oil", "wick"]
    assert [call[:2] for call in builds.calls[-2:]] == [("manifest", "lamp"), ("manifest", "oil")]
    assert sorted(call[:2] for call in builds.calls[:-2]) == [("prepare", "lamp"), ("prepare", "oil")]
    assert all(is_main for _, _, is_main in builds.calls[-2:])


def test_where_nothing_is_built_a_source_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"lamp 1.0 is only there as source"):
        obtain_archives(make_supply(tmp_path), (source("lamp"),))


def fetches(supply: Supply) -> list[tuple[str, int, int | None]]:
    """Return name, done and total of every event about a download."""
    reporter = supply.session.reporter
    assert isinstance(reporter, RememberingReporter)
    return [(event.text, event.done, event.total) for event in reporter.events if event.kind == "fetch"]


def test_what_will_be_fetched_is_told_before_anything_is(tmp_path: Path) -> None:
    supply = make_supply(tmp_path)
    wick, oil = wheel(tmp_path, "wick"), wheel(tmp_path, "oil")
    size = Path(tmp_path, wick.distribution.filename).stat().st_size
    wick = replace(wick, distribution=replace(wick.distribution, size=size))
    builds = FakeBuilds(obtain_archives(make_supply(tmp_path / "other"), (oil,))["oil"])
    builds.present = {"vase"}
    obtain_archives(supply, (oil, wick, source("lamp"), source("vase")), builds)
    assert fetches(supply)[:3] == [
        ("wick-1.0-py3-none-any.whl", 0, size),
        ("oil-1.0-py3-none-any.whl", 0, None),
        ("lamp-1.0.tar.gz", 0, None),
    ]
    assert not [name for name, _, _ in fetches(supply) if name.startswith("vase")]


def test_a_download_tells_the_size_that_the_server_tells_and_then_its_end(tmp_path: Path) -> None:
    supply, oil = make_supply(tmp_path), wheel(tmp_path, "oil").distribution
    size = Path(tmp_path, oil.filename).stat().st_size
    fetch_reported(supply, oil, str(tmp_path / "a"))
    assert fetches(supply) == [(oil.filename, 0, size), (oil.filename, size, size)]


def test_the_store_remembers_when_an_archive_was_taken(tmp_path: Path) -> None:
    supply, oil = make_supply(tmp_path), wheel(tmp_path, "oil")
    sha256 = obtain_archives(supply, (oil,))["oil"].sha256
    folder = Path(supply.session.store.archive(sha256))
    os.utime(folder, (1000, 1000))
    known = replace(oil, distribution=replace(oil.distribution, sha256=sha256))
    assert obtain_archives(supply, (known,))["oil"].sha256 == sha256
    assert folder.stat().st_mtime > 1000


def test_the_store_remembers_when_a_source_was_taken(tmp_path: Path) -> None:
    supply = make_supply(tmp_path)
    (tmp_path / "lamp-1.0.tar.gz").write_bytes(b"anything")
    lamp = replace(source("lamp").distribution, url=f"file://{tmp_path}/lamp-1.0.tar.gz")
    fetched = Sources(supply).fetch(lamp)
    os.utime(fetched.path, (1000, 1000))
    assert Sources(supply).fetch(replace(lamp, sha256=fetched.sha256)).path == fetched.path
    assert os.stat(fetched.path).st_mtime > 1000


def test_without_a_network_a_changed_archive_can_not_be_had_anew_and_that_is_said(tmp_path: Path) -> None:
    supply = make_supply(tmp_path, offline=True)
    distribution = replace(wheel(tmp_path, "oil").distribution, url="https://index.example/oil-1.0-py3-none-any.whl")
    with pytest.raises(FetchError) as caught:
        renewing(supply)(Chosen(distribution=distribution))
    assert str(caught.value) == "oil-1.0-py3-none-any.whl in the store was changed, and capsa works offline"
    assert caught.value.hints == ("run it once without `--offline`",)


def test_what_the_index_promises_is_believed_until_the_end(tmp_path: Path) -> None:
    supply, oil = make_supply(tmp_path), replace(wheel(tmp_path, "oil").distribution, size=1_000_000)
    size = Path(tmp_path, oil.filename).stat().st_size
    fetch_reported(supply, oil, str(tmp_path / "a"))
    assert fetches(supply) == [
        (oil.filename, 0, 1_000_000),
        (oil.filename, size, 1_000_000),
        (oil.filename, size, size),
    ]


def test_a_download_that_fails_is_over_too(tmp_path: Path) -> None:
    supply = make_supply(tmp_path)
    gone = replace(source("lamp").distribution, url=f"file://{tmp_path}/lamp-1.0.tar.gz", size=9)
    with pytest.raises(FetchError):
        fetch_reported(supply, gone, str(tmp_path / "a"))
    assert fetches(supply) == [("lamp-1.0.tar.gz", 0, 0)]


def test_the_archive_of_a_source_is_fetched_with_its_end_told_and_is_here_then(tmp_path: Path) -> None:
    supply = make_supply(tmp_path)
    (tmp_path / "lamp-1.0.tar.gz").write_bytes(b"anything")
    lamp = replace(source("lamp").distribution, url=f"file://{tmp_path}/lamp-1.0.tar.gz")
    sources = Sources(supply)
    assert not sources.has_archive(lamp)
    sha256 = sources.fetch(lamp).sha256
    assert fetches(supply)[-1] == ("lamp-1.0.tar.gz", 8, 8)
    assert sources.has_archive(lamp)
    assert not Sources(supply).has_archive(lamp)  # another run can't know what lies there today
    assert Sources(supply).has_archive(replace(lamp, sha256=sha256))
