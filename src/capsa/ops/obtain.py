"""Get archives into the store: what is missing is fetched, several at once, largest first; then sources are built."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial

from capsa.disk.atomic import remove_file
from capsa.errors import BuildError, FetchError
from capsa.index.worker import Task, Workers
from capsa.model.distribution import Distribution
from capsa.model.event import Event
from capsa.model.manifest import Manifest
from capsa.model.solution import Chosen
from capsa.ops.supply import SourceBuilds, Supply
from capsa.transport.port import OfflineError

_FETCHERS = 7  # beside the thread that asks: more connections to one host win nothing

Check = Callable[[str], object]


def obtain_archives(
    supply: Supply, chosen: tuple[Chosen, ...], builds: SourceBuilds | None = None
) -> dict[str, Manifest]:
    """Return the manifest of each package, by normalized project name, fetching and building what the store lacks.

    ``builds`` makes wheels of sources, one after the other, when everything is here. Raises FetchError, IntegrityError
    or BuildError of the first that fails; nothing half-fetched stays behind.
    """
    manifests: dict[str, Manifest] = {}
    missing = []
    for package in chosen:
        manifest = _present(supply, package.distribution)
        if manifest is None:
            missing.append(package)
        else:
            manifests[package.name] = manifest
    missing.sort(key=lambda package: package.distribution.size or 0, reverse=True)
    works = [(package, work) for package in missing if (work := _work(supply, package, builds)) is not None]
    _announce(supply, (package.distribution for package, _ in works))
    tasks = [(package, Task(work)) for package, work in works]
    with Workers(_FETCHERS) as workers:
        for _, task in tasks[1:]:
            workers.submit(task)
        for package, task in tasks:
            found = task.result()
            if isinstance(found, Manifest):
                manifests[package.name] = found
    manifests.update(_built(builds, (package for package in missing if not package.distribution.is_wheel)))
    supply.archives.note_use(manifests.values())
    return manifests


def renewing(supply: Supply, builds: SourceBuilds | None = None) -> Callable[[Chosen], Manifest]:
    """Return what gets an archive anew whose files in the store were changed: fetched, or built, as it was before."""

    def renew(package: Chosen) -> Manifest:
        if not package.distribution.is_wheel:
            if builds is None:
                raise BuildError(f"{package.name} {package.version} is only there as source, and nothing is built here")
            return builds.manifest(package)
        try:
            return obtain_archive(supply, package.distribution)
        except OfflineError as error:
            raise FetchError(
                f"{package.distribution.filename} in the store was changed, and capsa works offline", hints=error.hints
            ) from error

    return renew


def _present(supply: Supply, distribution: Distribution) -> Manifest | None:
    """Return the manifest of a wheel that the store has as what it claims to be; no file is looked at yet."""
    if not distribution.is_wheel or distribution.sha256 is None:
        return None
    manifest = supply.archives.manifest(distribution.sha256)
    if manifest is None or (manifest.project, manifest.release) != (distribution.project, distribution.version):
        return None
    return manifest


def _work(supply: Supply, package: Chosen, builds: SourceBuilds | None) -> Callable[[], object] | None:
    """Return what fetches a package that is missing, None where what it is built of is here."""
    if package.distribution.is_wheel:
        return partial(obtain_archive, supply, package.distribution)
    if builds is None:
        raise BuildError(f"{package.name} {package.version} is only there as source, and nothing is built here")
    return builds.prepare(package)


def _announce(supply: Supply, distributions: Iterable[Distribution]) -> None:
    """Report everything that will be fetched, so that its sum is known before the first file is here."""
    for distribution in distributions:
        supply.session.report(Event(kind="fetch", text=distribution.filename, done=0, total=distribution.size))


def _built(builds: SourceBuilds | None, packages: Iterable[Chosen]) -> dict[str, Manifest]:
    return {package.name: builds.manifest(package) for package in packages} if builds is not None else {}


def obtain_archive(supply: Supply, distribution: Distribution, check: Check | None = None) -> Manifest:
    """Fetch one wheel and put it into the store; return its manifest.

    ``check`` is given the path of the file before it is unpacked, and may raise.
    """
    path = supply.session.store.temporary(".whl")
    try:
        fetch_reported(supply, distribution, path)
        if check is not None:
            check(path)
        return supply.archives.add(
            path,
            filename=distribution.filename,
            sha256=distribution.sha256,
            size=distribution.size,
            origin=distribution.url,
        )
    finally:
        if os.path.lexists(path):
            remove_file(path)


def fetch_reported(supply: Supply, distribution: Distribution, path: str) -> str:
    """Download a distribution into a new file and report how that goes; return its sha256: see `IndexClient.fetch`.

    The last event says that it is over, with as much done as there is in total, also of a download that failed.
    """
    account = _Account(supply, distribution)
    try:
        return supply.index.fetch(distribution, path, account.add, account.expect)
    finally:
        account.close()


class _Account:
    """What has come of one file, and what will: the index is believed first, then the server."""

    def __init__(self, supply: Supply, distribution: Distribution) -> None:
        self._report = supply.session.report
        self._name = distribution.filename
        self._promised = distribution.size
        self._total = distribution.size
        self._done = 0

    def expect(self, size: int) -> None:
        self._total = size if self._promised is None else self._promised
        self._tell()

    def add(self, count: int) -> None:
        self._done += count
        self._tell()

    def close(self) -> None:
        if self._total != self._done or not self._done:
            self._total = self._done
            self._tell()

    def _tell(self) -> None:
        self._report(Event(kind="fetch", text=self._name, done=self._done, total=self._total))
