"""The indexes and find-links places together: all files of one project, by the order in which indexes are asked.

Never chooses among files (`capsa.resolution` does) and never starts a thread (`catalog` does). Simple repository API.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from capsa.disk.atomic import remove_file
from capsa.errors import IntegrityError
from capsa.index.configuration import IndexConfiguration
from capsa.index.links import FindLinks
from capsa.index.listing import merge_releases, parse_listing, releases_from
from capsa.index.page import Documents, Page, PageReader, index_key
from capsa.model.distribution import Distribution, Releases
from capsa.transport.download import fetch_file
from capsa.transport.port import OfflineError, Request, Transport, without_secrets

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,200}[a-z0-9])?")


class IndexClient:
    """Asks the indexes. Thread-safe.

    ``documents`` keeps the digested pages (CACHE/listing-v1); ``clock`` gives seconds since the epoch.
    """

    def __init__(
        self,
        transport: Transport,
        documents: Documents,
        configuration: IndexConfiguration,
        clock: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._configuration = configuration
        self._reader = PageReader(transport, documents, configuration, clock)
        self._links = FindLinks(configuration.find_links, self._reader)

    def releases(self, project: str) -> Releases | None:
        """Return the files of a project by its normalized name; None when no place has it.

        Raises FetchError when a place that has to be asked does not answer.
        """
        if not _NAME.fullmatch(project):
            return None
        found = self._links.releases(project)
        missed: OfflineError | None = None
        for index in self._configuration.indexes:
            try:
                document = self._reader.read(_page(index, project))
            except OfflineError as error:
                missed = missed or error
                continue
            if document is not None:
                found.append(releases_from(document, index=without_secrets(index)))
                if self._configuration.strategy == "first-index":
                    break
        if missed is not None and not found:
            raise missed
        return merge_releases(found) if found else None

    def is_known(self, project: str) -> bool:
        """Whether `releases` will answer without the network, as far as the indexes are concerned."""
        if not _NAME.fullmatch(project):
            return True
        for index in self._configuration.indexes:
            page = _page(index, project)
            if not self._reader.is_known(page):
                return self._configuration.is_offline
            if self._configuration.strategy == "first-index" and self._reader.read(page) is not None:
                return True
        return True

    def fetch(
        self,
        distribution: Distribution,
        path: str,
        on_bytes: Callable[[int], None],
        on_size: Callable[[int], None] | None = None,
    ) -> str:
        """Download a distribution into a new file; return its sha256.

        ``on_bytes`` and ``on_size`` are told how it goes: see `fetch_file`. Raises IntegrityError when the hash is not
        the one that was promised; no file is left then.
        """
        digest, _ = fetch_file(self._transport, Request(url=distribution.url), path, on_bytes, on_size)
        if distribution.sha256 is not None and digest != distribution.sha256:
            remove_file(path)
            promised = f"where {distribution.sha256} was promised"
            raise IntegrityError(f"{distribution.filename} has the sha256 {digest}, {promised}")
        return digest

    def renew(self) -> bool:
        """Ask anew for what so far came out of the cache without asking.

        Tells whether there was such a page, so that asking `releases` again may give another answer.
        """
        was_used = self._reader.renew()
        if was_used:
            self._links.forget()
        return was_used


def _page(index: str, project: str) -> Page:
    return Page(
        url=f"{index.rstrip('/')}/{project}/",
        name=f"{index_key(index)}/{project}",
        project=project,
        digest=partial(_digest, project),
    )


def _digest(project: str, content: bytes, content_type: str, url: str) -> dict[str, Any]:
    return parse_listing(content, content_type=content_type, url=url, project=project)
