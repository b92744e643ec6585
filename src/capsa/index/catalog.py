"""The catalog that resolution asks, with pages and metadata fetched before they are asked for.

Never chooses: which file is likely to be wanted, and what it will want, is told by functions of the caller. Implements
`capsa.resolution.catalog.Catalog`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Self

from capsa.index.client import IndexClient
from capsa.index.metadata import MetadataReader
from capsa.index.worker import Task, Workers
from capsa.model.distribution import Distribution, Releases
from capsa.model.metadata import Metadata

WORKERS = 24

Likely = Callable[[Releases], Distribution | None]
Wanted = Callable[[Distribution, Metadata], Iterable[str]]
Sources = Callable[[Distribution], Metadata]


class IndexCatalog:
    """What the indexes offer. A context manager; `close` it when the solving is over, however it ends.

    ``likely`` names the file of a project whose metadata will probably be asked for; ``wanted`` the normalized names
    of the projects that such metadata leads to. Both are called from several threads and must be pure. ``sources``
    tells the metadata of a source: it may take a build, so it is called by the thread that asks, and never in advance.
    A failure of something fetched in advance is raised when it is asked for, and never otherwise.
    """

    def __init__(
        self,
        client: IndexClient,
        reader: MetadataReader,
        *,
        likely: Likely | None = None,
        wanted: Wanted | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._client = client
        self._reader = reader
        self._likely = likely
        self._wanted = wanted
        self._sources = sources
        self._workers = Workers(WORKERS)
        self._lock = Lock()
        self._pages: dict[str, Task[Releases | None]] = {}
        self._metadata: dict[str, Task[Metadata]] = {}

    def releases(self, name: str) -> Releases | None:
        """Return the files of a project by its normalized name, or None when no index has it."""
        return self._page(name).result()

    def metadata(self, distribution: Distribution) -> Metadata:
        """Return the metadata of a file; raises NoMetadataError for a source where nobody tells those of sources."""
        if self._sources is not None and not distribution.is_wheel:
            return self._sources(distribution)
        return self._task(distribution).result()

    def expect(self, names: Iterable[str]) -> None:
        """Have the pages of these projects fetched. What the cache can answer is left until it is asked for."""
        for name in names:
            with self._lock:
                is_new = name not in self._pages
            if is_new and not self._client.is_known(name):
                self._workers.submit(self._page(name))

    def renew(self) -> bool:
        """Ask the indexes anew for every page that came out of the cache; whether that may change an answer.

        A demand that can't be met is tried once more after this, before it is reported.
        """
        if not self._client.renew():
            return False
        with self._lock:
            self._pages.clear()
        return True

    def fetch(self, distribution: Distribution, path: str, on_bytes: Callable[[int], None]) -> str:
        """Download a distribution into a new file and return its sha256: see `IndexClient.fetch`."""
        return self._client.fetch(distribution, path, on_bytes)

    def close(self) -> None:
        """Let go of everything that was fetched in advance and is not needed any more."""
        self._workers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _page(self, name: str) -> Task[Releases | None]:
        with self._lock:
            if name not in self._pages:
                self._pages[name] = Task(lambda: self._read(name))
            return self._pages[name]

    def _task(self, distribution: Distribution) -> Task[Metadata]:
        key = distribution.url
        with self._lock:
            if key not in self._metadata:
                self._metadata[key] = Task(lambda: self._reader.read(distribution))
            return self._metadata[key]

    def _read(self, name: str) -> Releases | None:
        releases = self._client.releases(name)
        likely = self._likely(releases) if self._likely and releases else None
        if likely is not None and likely.is_wheel:
            self._foresee(likely)
        return releases

    def _foresee(self, distribution: Distribution) -> None:
        known = self._reader.kept(distribution)
        if known is None:
            self._workers.submit(Task(lambda: self._read_ahead(distribution)))
            return
        with self._lock:
            self._metadata.setdefault(distribution.url, Task(lambda: known))

    def _read_ahead(self, distribution: Distribution) -> None:
        metadata = self._task(distribution).result()
        if self._wanted is not None:
            self.expect(self._wanted(distribution, metadata))
