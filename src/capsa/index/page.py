"""Digested pages, out of the cache while they are fresh, else out of the index. Never keeps a raw page.

CACHE/listing-v1/<index>/<project>: what `capsa.index.listing` made of the page, with the time and validators of the
answer; also for a project that the index does not have. Conditional requests: RFC 9110.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from capsa.errors import CacheError, DiskError
from capsa.index.configuration import IndexConfiguration
from capsa.index.freshness import is_fresh, lifetime_of
from capsa.transport.download import fetch_bytes
from capsa.transport.port import Headers, Request, Transport, refused, without_secrets
from capsa.value import value

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_OK, _UNCHANGED, _ABSENT = 200, 304, frozenset({404, 410})

Entry = dict[str, Any]
Digest = Callable[[bytes, str, str], dict[str, Any]]


class Documents(Protocol):
    """Where documents are kept, by name: `capsa.cache.page.Pages`, or a dict in tests."""

    def read(self, name: str, /) -> object | None:
        """Return the document, or None where there is none that can be read."""

    def write(self, name: str, document: Any, /) -> None:
        """Keep a document of plain values."""


def index_key(url: str) -> str:
    """Return the name of an index (or a find-links page) in the cache: readable, and unlike that of any other."""
    bare = without_secrets(url).rstrip("/")
    host = "".join(mark if mark.isalnum() or mark in ".-" else "-" for mark in (urlsplit(bare).hostname or "local"))
    return f"{host[:60]}-{sha256(bare.encode()).hexdigest()[:16]}"


@value
class Page:
    """A page to be read: where it is, its name in the cache, whose it is, and what makes a document of it.

    ``digest`` is given content, content type and address. A page that is read for no project in particular has "" as
    its ``project``.
    """

    url: str
    name: str
    project: str
    digest: Digest


class PageReader:
    """Reads pages. Thread-safe; a page is asked for at most once in its life."""

    def __init__(
        self, transport: Transport, documents: Documents, configuration: IndexConfiguration, clock: Callable[[], float]
    ) -> None:
        self._transport = transport
        self._documents = documents
        self._configuration = configuration
        self._clock = clock
        self._lock = Lock()
        self._asked: dict[str, Entry] = {}
        self._unasked: dict[str, Entry | None] = {}
        self._is_anew = configuration.is_refresh_all

    def read(self, page: Page) -> dict[str, Any] | None:
        """Return the document of a page; None when the server says that there is no such page."""
        entry = self._known(page)
        if entry is None:
            entry = self._ask(page)
            with self._lock:
                self._asked[page.name] = entry
        return entry["document"] if entry["status"] == _OK else None

    def is_known(self, page: Page) -> bool:
        """Whether `read` needs no network for this page."""
        return self._known(page) is not None

    def renew(self) -> bool:
        """Ask anew, from now on, for every page not yet asked for; tells whether such pages were given out."""
        with self._lock:
            was_used = any(self._unasked.values())
            self._unasked.clear()
            self._is_anew = True
        return was_used and not self._configuration.is_offline

    def _known(self, page: Page) -> Entry | None:
        """Return the entry that may be used as it is."""
        with self._lock:
            if page.name in self._asked:
                return self._asked[page.name]
            if page.name in self._unasked:
                return self._unasked[page.name]
            is_anew = self._is_anew
        if page.url.startswith("file:"):
            return None  # as near as the cache, and people change them by hand
        entry = self._kept(page)
        is_anew = is_anew or page.project in self._configuration.refresh
        is_usable = entry is not None and (self._configuration.is_offline or (not is_anew and self._is_fresh(entry)))
        chosen = entry if is_usable else None
        with self._lock:
            self._unasked[page.name] = chosen
        return chosen

    def _is_fresh(self, entry: Entry) -> bool:
        max_age = self._configuration.max_age
        return is_fresh(asked=entry["asked"], lifetime=entry["lifetime"], max_age=max_age, now=self._clock())

    def _kept(self, page: Page) -> Entry | None:
        entry = self._documents.read(page.name)
        # The name is a hash of the address: two pages never share one by chance, but a file can be put there by hand.
        return entry if isinstance(entry, dict) and entry.get("url") == without_secrets(page.url) else None

    def _ask(self, page: Page) -> Entry:
        is_local = page.url.startswith("file:")
        old = None if is_local else self._kept(page)
        head, content = fetch_bytes(self._transport, Request(url=page.url, headers=_fields(old)))
        now = self._clock()
        if head.status == _UNCHANGED and old is not None:
            entry = {**old, "asked": now, "lifetime": lifetime_of(head.headers, now)}
        elif head.status == _OK:
            document = page.digest(content, head.headers.get("Content-Type"), head.url)
            entry = _entry(page, _OK, document, head.headers, now)
        elif head.status in _ABSENT:
            entry = _entry(page, head.status, None, head.headers, now)
        else:
            raise refused(head)
        if not is_local and "no-store" not in head.headers.get("Cache-Control").lower():
            try:
                self._documents.write(page.name, entry)
            except (CacheError, DiskError):
                # A store that is full or read-only costs the next run some time; this one has what it asked for.
                return entry
        return entry


def _fields(old: Entry | None) -> dict[str, str]:
    fields = {"Accept": _ACCEPT, "Cache-Control": "max-age=0"}
    if old is not None and old["etag"]:
        fields["If-None-Match"] = old["etag"]
    if old is not None and old["modified"]:
        fields["If-Modified-Since"] = old["modified"]
    return fields


def _entry(page: Page, status: int, document: dict[str, Any] | None, headers: Headers, now: float) -> Entry:
    return {
        "url": without_secrets(page.url),
        "status": status,
        "asked": now,
        "lifetime": lifetime_of(headers, now),
        "etag": headers.get("ETag") if status == _OK else "",
        "modified": headers.get("Last-Modified") if status == _OK else "",
        "document": document,
    }
