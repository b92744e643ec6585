"""Find-links places: folders full of wheels, pages that link them, single files; consulted for every project.

Never builds an index out of them: each place is looked through once and sorted by project.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import Any

from capsa.errors import FetchError
from capsa.index.listing import Document, parse_find_links, parse_names, releases_from
from capsa.index.page import Page, PageReader, index_key
from capsa.model.distribution import Releases
from capsa.transport.file import path_of, url_of
from capsa.transport.port import without_secrets

_ARCHIVES = (".whl", ".tar.gz", ".zip")


class FindLinks:
    """The files of all find-links places. Thread-safe; looks at a place when it is first asked for a project."""

    def __init__(self, locations: tuple[str, ...], reader: PageReader) -> None:
        self._locations = locations
        self._reader = reader
        self._lock = Lock()
        self._found: list[tuple[str, dict[str, Document]]] | None = None

    def releases(self, project: str) -> list[Releases]:
        """Return what each place has of a project, in the order of the places."""
        found = self._all()
        return [releases_from(by_project[project], index=place) for place, by_project in found if project in by_project]

    def forget(self) -> None:
        """Look through all places again when asked next."""
        with self._lock:
            self._found = None

    def _all(self) -> list[tuple[str, dict[str, Document]]]:
        with self._lock:
            if self._found is None:
                self._found = [(without_secrets(place), self._look(place)) for place in self._locations]
            return self._found

    def _look(self, location: str) -> dict[str, Document]:
        is_url = "://" in location or location.startswith("file:")
        if is_url and not location.startswith("file:"):
            return self._read(location)
        path = path_of(location) if is_url else location
        try:
            if os.path.isdir(path):
                return parse_names(os.listdir(path), url=url_of(path.rstrip("/") + "/"))
        except OSError as error:
            raise FetchError(f"the find-links folder {path} can't be read: {error.strerror}") from error
        if not os.path.exists(path):
            raise FetchError(
                f"the find-links place {path} does not exist", hints=("it is a folder of wheels, or an HTML page",)
            )
        if path.endswith(_ARCHIVES):
            return parse_names([os.path.basename(path)], url=url_of(os.path.dirname(path) + "/"))
        return self._read(url_of(path))

    def _read(self, url: str) -> dict[str, Document]:
        # "_links" can't be the name of a project.
        page = Page(url=url, name=f"{index_key(url)}/_links", project="", digest=_digest)
        document = self._reader.read(page)
        if document is None:
            raise FetchError(f"the find-links page {without_secrets(url)} does not exist")
        return document


def _digest(content: bytes, content_type: str, url: str) -> dict[str, Any]:
    return parse_find_links(content, content_type=content_type, url=url)
