"""The in-memory twin of `capsa.transport`: canned answers by URL, and a note of what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from capsa.errors import FetchError
from capsa.model.address import without_userinfo
from capsa.transport.port import BrokenTransferError, Headers, Request, Response
from capsa.value import field, value


@value
class Answer:
    """What a server would say.

    ``cut_at`` breaks the transfer off after that many bytes; a server with ``has_ranges`` honours Range; one with
    ``has_etag`` sends an ETag made of the body and answers 304 to it.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    has_ranges: bool = False
    has_etag: bool = False


Script = Answer | FetchError | list[Answer | FetchError] | Callable[[Request], Answer]


class FakeTransport:
    """A `Transport` that answers out of ``answers``, by URL without user name and password; others get 404.

    A list gives its answers in turn and then repeats the last; a `FetchError` is raised; a function is asked. Every
    request is kept in ``requests``, in order. Thread-safe.
    """

    def __init__(self, answers: Mapping[str, Script] | None = None) -> None:
        self.answers: dict[str, Script] = dict(answers or {})
        self.requests: list[Request] = []
        self.open_count = 0
        self._lock = Lock()

    @property
    def urls(self) -> list[str]:
        """The URLs asked for, in order."""
        return [request.url for request in self.requests]

    def send(self, request: Request) -> Response:
        """Return the canned answer."""
        with self._lock:
            self.requests.append(request)
            script = self.answers.get(without_userinfo(request.url), Answer(status=404))
            if isinstance(script, list):
                script = script.pop(0) if len(script) > 1 else script[0]
            self.open_count += 1
        if isinstance(script, FetchError):
            self._left()
            raise script
        answer = script if isinstance(script, Answer) else script(request)
        return self._response(answer, request)

    def _left(self) -> None:
        with self._lock:
            self.open_count -= 1

    def _response(self, answer: Answer, request: Request) -> Response:
        asked = Headers(request.headers.items())
        fields = dict(answer.headers)
        status, body = answer.status, answer.body
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.has_etag:
            fields["ETag"] = tag
            if asked.get("If-None-Match") == tag:
                status, body = 304, b""
        span = asked.get("Range").removeprefix("bytes=")
        if answer.has_ranges and span and status == 200 and asked.get("If-Range", tag) == tag:  # noqa: PLR2004 - OK
            first, _, last = span.partition("-")
            start = int(first) if first else max(len(body) - int(last), 0)
            stop = min(int(last) + 1, len(body)) if first and last else len(body)
            fields["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
            status, body = 206, body[start:stop]
        fields.setdefault("Content-Length", str(len(body)))
        closed: list[bool] = []

        def close() -> None:
            if not closed:
                closed.append(True)
                self._left()

        return Response(
            status=status,
            url=without_userinfo(request.url),
            headers=Headers(fields.items()),
            chunks=_pieces(body, answer.cut_at, request.url, close),
            close=close,
        )


def _pieces(body: bytes, cut_at: int | None, url: str, close: Callable[[], None]) -> Iterator[bytes]:
    whole = body if cut_at is None else body[:cut_at]
    try:
        for start in range(0, len(whole), 1000):
            yield whole[start : start + 1000]
        if len(whole) < len(body):
            raise BrokenTransferError(f"the transfer of {url} broke off", url=url, received=len(whole))
    finally:
        close()
