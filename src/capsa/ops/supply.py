"""Where packages come from: the archives of the store, the transport, the indexes; opened when first asked for.

Apart from `session`, so that verbs which only look inside a box load nothing of the network.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock

from capsa.cache.archive import Archives
from capsa.cache.page import Pages
from capsa.index.catalog import IndexCatalog
from capsa.index.client import IndexClient
from capsa.index.metadata import MetadataReader
from capsa.model.distribution import Distribution, Releases
from capsa.model.metadata import Metadata
from capsa.ops.session import Session
from capsa.ops.wiring import index_configuration, transport_configuration
from capsa.resolution.forecast import Forecast
from capsa.resolution.request import ResolutionRequest
from capsa.transport.port import Transport
from capsa.transport.route import open_transport


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
    def catalog(self, request: ResolutionRequest) -> Iterator[IndexCatalog]:
        """Open the indexes for one resolution; what was fetched ahead and not needed is let go at the end."""
        store = self.session.store
        reader = MetadataReader(self.transport, Pages(f"{store.root}/metadata-v1"), store.temporary)
        forecast, lock = Forecast(request), Lock()

        def likely(releases: Releases) -> Distribution | None:
            with lock:
                return forecast.likely(releases)

        def wanted(_: Distribution, metadata: Metadata) -> tuple[str, ...]:
            with lock:
                return forecast.names(metadata)

        with IndexCatalog(self.index, reader, likely=likely, wanted=wanted) as catalog:
            yield catalog
