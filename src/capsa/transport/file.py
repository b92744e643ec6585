"""``file:`` URLs: a folder laid out as an index (PEP 503), or single files. Never lists a folder. RFC 8089."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote, unquote

from capsa.errors import FetchError
from capsa.transport.port import Headers, Request, Response

_CHUNK = 262_144
_TYPES = {".html": "text/html", ".htm": "text/html", ".json": "application/vnd.pypi.simple.v1+json"}


def path_of(url: str, *, is_windows: bool = os.name == "nt") -> str:
    """Return the path that a ``file:`` URL names; raises FetchError when it names another machine."""
    rest = url.partition(":")[2].partition("?")[0].partition("#")[0]
    if rest.startswith("//"):
        host, _, rest = rest[2:].partition("/")
        if host.lower() not in {"", "localhost"}:
            raise FetchError(f"{url} names a file on another machine")
        rest = "/" + rest
    path = unquote(rest)
    if "\0" in path:
        raise FetchError(f"{url} is not the name of a file")
    if is_windows and len(path) > 2 and path[0] == "/" and path[2] in ":|":  # noqa: PLR2004 - "/C:"
        return f"{path[1]}:{path[3:]}".replace("/", "\\")
    return path


def url_of(path: str) -> str:
    """Return the ``file:`` URL of an absolute path; a trailing separator is kept."""
    slashed = path.replace("\\", "/") if path[1:2] == ":" else path
    return "file://" + quote(slashed if slashed.startswith("/") else "/" + slashed, safe="/:~+!,@=-_.")


class FileTransport:
    """A `Transport` for ``file:`` URLs. A folder answers with its index.html; what is missing, with 404.

    A Range of bytes is honoured, so that metadata is read out of a local wheel as out of a remote one.
    """

    def send(self, request: Request) -> Response:
        """Return the file's content."""
        path = path_of(request.url)
        url = request.url
        if os.path.isdir(path):
            path = os.path.join(path, "index.html")
            url = url if url.endswith("/") else url + "/"
        try:
            stream = open(path, "rb")  # noqa: SIM115 - closed with the response
        except (FileNotFoundError, NotADirectoryError):
            return Response(status=404, url=url, headers=Headers(), chunks=iter(()))
        except OSError as error:
            raise FetchError(f"{path} can't be read: {error.strerror}") from error
        return _answer(stream, url, request)


def _answer(stream: BinaryIO, url: str, request: Request) -> Response:
    size = os.fstat(stream.fileno()).st_size
    kind = _TYPES.get(os.path.splitext(stream.name)[1].lower(), "application/octet-stream")
    pairs = [("Content-Type", kind)]
    asked = next((value for name, value in request.headers.items() if name.lower() == "range"), "")
    span = _span(asked, size)
    start, stop = span or (0, size)
    if span:
        pairs.append(("Content-Range", f"bytes {start}-{stop - 1}/{size}"))
    pairs.append(("Content-Length", str(stop - start)))
    return Response(
        status=206 if span else 200,
        url=url,
        headers=Headers(pairs),
        chunks=_chunks(stream, start, stop, url) if request.method != "HEAD" else iter(()),
        close=stream.close,
    )


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """Return (start, stop) of a single byte range, or None for none or one that can't be honoured."""
    first, mark, last = asked.removeprefix("bytes=").partition("-")
    if not mark or not (first + last).isdigit() or not size:
        return None
    if not first:
        return max(size - int(last), 0), size
    start, stop = int(first), min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else None


def _chunks(stream: BinaryIO, start: int, stop: int, url: str) -> Iterator[bytes]:
    with stream:
        try:
            stream.seek(start)
            while start < stop and (chunk := stream.read(min(_CHUNK, stop - start))):
                start += len(chunk)
                yield chunk
        except OSError as error:
            raise FetchError(f"{url} can't be read: {error.strerror}") from error
