"""Where packages come from: the archives of the store, the transport, the indexes; opened when first asked for.

Apart from `session`, so that verbs which only look inside a box load nothing of the network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Protocol

from capsa.cache.archive import Archives
from capsa.cache.page import Pages
from capsa.index.catalog import IndexCatalog
from capsa.index.client import IndexClient
from capsa.index.metadata import MetadataReader
from capsa.model.distribution import Distribution, Releases
from capsa.model.manifest import Manifest
from capsa.model.metadata import Metadata
from capsa.model.solution import Chosen
from capsa.ops.session import Session
from capsa.ops.wiring import index_configuration, transport_configuration
from capsa.resolution.forecast import Forecast
from capsa.resolution.request import ResolutionRequest
from capsa.transport.port import Transport
from capsa.transport.route import open_transport


class SourceBuilds(Protocol):
    """Whoever makes wheels of sources (`capsa.ops.build.Builds`): index and builder know nothing of each other."""

    def metadata(self, distribution: Distribution, /) -> Metadata:
        """Return the core metadata of a source; may fetch, read and build, in the calling thread."""

    def manifest(self, chosen: Chosen, /) -> Manifest:
        """Return the wheel of a source, which is in the archives then; may fetch and build, in the calling thread."""

    def prepare(self, chosen: Chosen, /) -> Callable[[], object] | None:
        """Return what fetches the archive that `manifest` will need, to be called in any thread; None if it is here."""


class Supply:
    """The supply of one session, by the settings that it has when this is made."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.archives = Archives(session.store, session.reporter)

    @cached_property
    def transport(self) -> Transport:
        """The way to the network; the first request opens it."""
        session = self.session
        return open_transport(transport_configuration(session.settings, session.surroundings), session.reporter)

    @cached_property
    def index(self) -> IndexClient:
        """The indexes of the settings."""
        pages = Pages(f"{self.session.store.root}/listing-v1")
        configuration = index_configuration(self.session.settings, self.session.refresh)
        return IndexClient(self.transport, pages, configuration, time.time)

    @contextmanager
    def catalog(self, request: ResolutionRequest, builds: SourceBuilds | None = None) -> Iterator[IndexCatalog]:
        """Open the indexes for one resolution; what was fetched ahead and not needed is let go at the end.

        ``builds`` tells the metadata of sources; without it the request should allow no builds.
        """
        store = self.session.store
        reader = MetadataReader(self.transport, Pages(f"{store.root}/metadata-v1"), store.temporary)
        forecast, lock = Forecast(request), Lock()

        def likely(releases: Releases) -> Distribution | None:
            with lock:
                return forecast.likely(releases)

        def wanted(_: Distribution, metadata: Metadata) -> tuple[str, ...]:
            with lock:
                return forecast.names(metadata)

        sources = builds.metadata if builds is not None else None
        with IndexCatalog(self.index, reader, likely=likely, wanted=wanted, sources=sources) as catalog:
            yield catalog
