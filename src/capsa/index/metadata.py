"""The core metadata of a wheel by the shortest way: cache, PEP 658 file, byte ranges, the whole wheel.

CACHE/metadata-v1/<wheel sha256>: the fields that resolving and showing need. Never builds an sdist to learn its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, BinaryIO

from capsa.disk.atomic import remove_file
from capsa.errors import CacheError, DiskError, FetchError, IntegrityError
from capsa.index.page import Documents
from capsa.index.ranged import TAIL, read_metadata
from capsa.model.distribution import Distribution
from capsa.model.metadata import Metadata, parse_metadata
from capsa.transport.download import fetch_bytes, fetch_file
from capsa.transport.port import Request, Response, Transport, refused, without_secrets

_OK, _PARTIAL, _ABSENT = 200, 206, frozenset({404, 410})
_REFUSALS = frozenset({401, 403, 404, 407, 410})
_LONGEST = 1 << 26  # bytes of METADATA
_IN_MEMORY = 1 << 26  # bytes of a wheel from a server without ranges; a longer one becomes a file for a moment
_FULL = _IN_MEMORY + 1
_RANGE = r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})"


class NoMetadataError(FetchError):
    """Only a source distribution is offered, and nothing may be built here to learn its metadata."""

    def __init__(self, distribution: Distribution) -> None:
        super().__init__(
            f"{distribution.filename} is a source distribution, and nothing is built here",
            hints=(f"ask for a version of {distribution.project} that is offered as a wheel for this Python",),
        )
        self.distribution = distribution


class MetadataReader:
    """Reads metadata. Thread-safe.

    ``documents`` keeps what was read (CACHE/metadata-v1); ``temporary`` gives a fresh path with a suffix, for a wheel
    that has to be had whole and is long (without it, such a wheel is held in memory).
    """

    def __init__(
        self, transport: Transport, documents: Documents, temporary: Callable[[str], str] | None = None
    ) -> None:
        self._transport = transport
        self._documents = documents
        self._temporary = temporary

    def kept(self, distribution: Distribution) -> Metadata | None:
        """Return what the cache has, or None.

        Where the index tells the hash of the metadata, only what has that hash counts: another index may have claimed
        other metadata for the same wheel.
        """
        if distribution.url.startswith("file:") and distribution.sha256 is None:
            return None  # a local file may be another one tomorrow
        document = self._documents.read(_name(distribution))
        if not isinstance(document, dict):
            return None
        if distribution.metadata_sha256 and document.get("sha256") != distribution.metadata_sha256:
            return None
        return metadata_in(document)

    def read(self, distribution: Distribution) -> Metadata:
        """Return the metadata; raises NoMetadataError for an sdist, IntegrityError or FetchError."""
        known = self.kept(distribution)
        if known is not None:
            return known
        if not distribution.is_wheel:
            raise NoMetadataError(distribution)
        content = self._beside(distribution)
        if content is None:
            content = self._ranged(distribution)
        metadata = parse_metadata(content, f"METADATA of {distribution.filename}")
        try:
            self._documents.write(_name(distribution), document_of(metadata, hashlib.sha256(content).hexdigest()))
        except (CacheError, DiskError):
            # A store that is full or read-only costs the next run some time; this one has what it asked for.
            return metadata
        return metadata

    def _beside(self, distribution: Distribution) -> bytes | None:
        """Return the file beside the wheel (PEP 658), or None where there is none."""
        if distribution.metadata_sha256 is None:
            return None
        path, mark, query = distribution.url.partition("?")
        request = Request(url=f"{path}.metadata{mark}{query}")
        head, content = fetch_bytes(self._transport, request, limit=_LONGEST)
        if head.status in _ABSENT:
            return None  # promised and not there: the wheel itself will tell
        if head.status != _OK:
            raise refused(head)
        _hold(content, distribution.metadata_sha256, f"the metadata of {distribution.filename}")
        return content

    def _ranged(self, distribution: Distribution) -> bytes:
        asked = f"bytes=-{TAIL}"
        if distribution.size is not None:
            # Not every server knows ranges that count from the end.
            asked = f"bytes={max(distribution.size - TAIL, 0)}-{max(distribution.size - 1, 0)}"
        with self._send(distribution, asked) as head:
            if head.status in _REFUSALS:
                raise refused(head)
            if head.status == _OK and self._is_held(head):
                return self._from_memory(head, distribution)
            start, stop, total = _span(head)
            tail = _limited(head, TAIL) if head.status == _PARTIAL else b""
        if tail and stop == total and stop - start == len(tail):
            try:
                return read_metadata(self._reader(distribution, total, tail), total, distribution.filename)
            except _NoRangesError:
                return self._whole(distribution)
        return self._whole(distribution)

    def _is_held(self, head: Response) -> bool:
        return self._temporary is None or (head.headers.number("Content-Length") or _FULL) <= _IN_MEMORY

    def _from_memory(self, head: Response, distribution: Distribution) -> bytes:
        wheel = b"".join(head.chunks)
        if distribution.sha256 is not None:
            _hold(wheel, distribution.sha256, distribution.filename)
        return read_metadata(lambda start, stop: wheel[start:stop], len(wheel), distribution.filename)

    def _whole(self, distribution: Distribution) -> bytes:
        if self._temporary is None:
            with self._send(distribution, "") as head:
                if head.status != _OK:
                    raise refused(head)
                return self._from_memory(head, distribution)
        path = self._temporary(".whl")
        try:
            digest, size = fetch_file(self._transport, Request(url=distribution.url), path, _ignore)
            if distribution.sha256 is not None and digest != distribution.sha256:
                raise IntegrityError(_mismatch(distribution.filename, distribution.sha256, digest))
            with open(path, "rb") as wheel:
                return read_metadata(lambda start, stop: _piece(wheel, start, stop), size, distribution.filename)
        finally:
            remove_file(path)

    def _send(self, distribution: Distribution, span: str) -> Response:
        fields = {"Accept-Encoding": "identity", **({"Range": span} if span else {})}
        return self._transport.send(Request(url=distribution.url, headers=fields))

    def _reader(self, distribution: Distribution, total: int, tail: bytes) -> Any:
        def read(start: int, stop: int) -> bytes:
            if start >= total - len(tail):
                return tail[start - total + len(tail) : stop - total + len(tail)]
            with self._send(distribution, f"bytes={start}-{stop - 1}") as head:
                if head.status != _PARTIAL or _span(head) != (start, stop, total):
                    raise _NoRangesError
                return _limited(head, stop - start)

        return read


class _NoRangesError(Exception):
    """A server that gave the tail of a wheel does not give the rest by ranges; never leaves this module."""


def _piece(wheel: BinaryIO, start: int, stop: int) -> bytes:
    wheel.seek(start)
    return wheel.read(stop - start)


def _limited(head: Response, size: int) -> bytes:
    content = bytearray()
    for piece in head.chunks:
        content += piece
        if len(content) > size:
            raise FetchError(f"{without_secrets(head.url)} gives more bytes than it was asked for")
    return bytes(content)


def _ignore(_: int) -> None:
    """Nobody watches this download."""


def _span(head: Response) -> tuple[int, int, int]:
    """Return start, stop and the whole file's size out of ``Content-Range: bytes 0-9/1234``; zeros if unreadable."""
    found = re.fullmatch(_RANGE, head.headers.get("Content-Range").strip(), flags=re.ASCII)
    return (int(found[1]), int(found[2]) + 1, int(found[3])) if found else (0, 0, 0)


def _hold(content: bytes, promised: str, what: str) -> None:
    digest = hashlib.sha256(content).hexdigest()
    if promised and digest != promised:
        raise IntegrityError(_mismatch(what, promised, digest))


def _mismatch(what: str, promised: str, found: str) -> str:
    return f"{what} has the sha256 {found}, where {promised} was promised"


def _name(distribution: Distribution) -> str:
    return distribution.sha256 or "url-" + hashlib.sha256(distribution.url.encode()).hexdigest()


def document_of(metadata: Metadata, sha256: str = "") -> dict[str, Any]:
    """Return what is kept of metadata, in plain values; ``sha256`` is that of the METADATA file where there was one."""
    plain = {
        "name": metadata.name,
        "version": metadata.version,
        "requires": metadata.requires,
        "requires_python": metadata.requires_python,
        "extras": metadata.extras,
        "details": dict(metadata.details),
    }
    return {"sha256": sha256, "metadata": plain}


def metadata_in(document: object) -> Metadata | None:
    """Return the metadata in a document that was kept, or None where there is none that can be read."""
    try:
        return Metadata(**document["metadata"])  # type: ignore[index] # what is no dict is a TypeError
    except (KeyError, TypeError):
        return None  # damaged: it is read from its source again
