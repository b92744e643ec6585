"""A transport that does not give up at once: asks again after 429, 5xx, failed connections and cut transfers.

Never waits longer than a server asks for, nor longer than a minute. RFC 9110 for Retry-After, ranges and ETag; RFC 6585
for 429.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime

from capsa.model.event import Event, Reporter
from capsa.transport.port import (
    BrokenTransferError,
    ChangedError,
    Headers,
    Request,
    Response,
    Transport,
    UnreachableError,
    refused,
    without_secrets,
)
from capsa.value import replace, value

TRANSIENT = frozenset({429, 500, 502, 503, 504})
_OK, _PARTIAL = 200, 206
_FIRST = 0.5  # seconds
_LONGEST = 8.0
_LONGEST_ASKED = 60.0
_TRIES_WITHOUT_NETWORK = 3  # who has no network should be told within two seconds


@value
class Patience:
    """How often and how long: ``attempts`` counts the first try; the functions are the world's, or a test's.

    ``sleep`` takes seconds, ``chance`` gives 0 to 1.
    """

    attempts: int = 5
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


def seconds_asked(headers: Headers) -> float:
    """Return how long an answer's Retry-After asks to wait, 0 to 60 s; 0 where it is missing or unreadable.

    A moment is counted from the answer's own Date, so that a wrong clock here or there does no harm.
    """
    text = headers.get("Retry-After").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_ASKED)
    try:
        moment, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date"))
        asked = moment.timestamp() - now.timestamp()
    except (ValueError, OverflowError):  # no date, or one outside of the calendar
        return 0.0
    return min(max(asked, 0.0), _LONGEST_ASKED)


class RetryingTransport:
    """A `Transport` around another one. Each retry is reported as a "detail" event.

    Also the body mends itself: where a transfer is cut, the rest is asked for by Range and If-Range if the file has a
    strong ETag, else the file is asked for again and what came before is held against it (ChangedError if it differs).
    The tries for head and body are counted together.
    """

    def __init__(self, transport: Transport, reporter: Reporter, patience: Patience | None = None) -> None:
        self._transport = transport
        self._reporter = reporter
        self._patience = patience or Patience()

    def send(self, request: Request) -> Response:
        """Return the answer; a transient status is only returned, and a failure only raised, after the last try."""
        transfer = _Transfer(self._transport, self._reporter, self._patience, request)
        head = transfer.open({})
        return Response(
            status=head.status, url=head.url, headers=head.headers, chunks=transfer.chunks(head), close=transfer.close
        )


class _Transfer:
    """One request on its way through several tries."""

    __slots__ = ("_current", "_patience", "_reporter", "_request", "_transport", "_used")

    def __init__(self, transport: Transport, reporter: Reporter, patience: Patience, request: Request) -> None:
        self._transport = transport
        self._reporter = reporter
        self._patience = patience
        self._request = request
        self._used = 0
        self._current: Response | None = None

    def open(self, extra: Mapping[str, str]) -> Response:
        request = replace(self._request, headers={**self._request.headers, **extra})
        attempts = self._patience.attempts
        while True:
            self._used += 1
            try:
                response = self._transport.send(request)
            except UnreachableError as error:
                if not self._wait(error.message, min(attempts, _TRIES_WITHOUT_NETWORK)):
                    raise
            except BrokenTransferError as error:
                if not self._wait(error.message, attempts):
                    raise
            else:
                self._current = response
                if response.status not in TRANSIENT or self._used >= attempts:
                    return response
                response.close()
                self._wait(f"the server answered {response.status}", attempts, seconds_asked(response.headers))

    def close(self) -> None:
        if self._current is not None:
            self._current.close()

    def chunks(self, head: Response) -> Iterator[bytes]:
        pieces, received, check = head.chunks, 0, 0
        is_resumable = _is_resumable(head)
        while True:
            try:
                for piece in pieces:
                    received += len(piece)
                    check = check if is_resumable else zlib.crc32(piece, check)
                    yield piece
            except BrokenTransferError:
                self.close()
                if not self._wait(f"the transfer broke off after {received:,} bytes", self._patience.attempts):
                    raise
                pieces = self._rest(head, received, check)
            else:
                return

    def _rest(self, head: Response, received: int, check: int) -> Iterator[bytes]:
        tag, is_resumable = head.headers.get("ETag"), _is_resumable(head)
        again = self.open({"Range": f"bytes={received}-", "If-Range": tag} if is_resumable and received else {})
        shown = without_secrets(head.url)
        if again.headers.get("ETag") != tag and again.status in {_OK, _PARTIAL}:
            self.close()
            raise ChangedError(url=shown)
        is_rest = again.headers.get("Content-Range").startswith(f"bytes {received}-")
        if is_resumable and is_rest and again.status == _PARTIAL:
            return again.chunks
        if again.status != head.status:
            self.close()
            raise refused(again)
        return _after(again.chunks, received, None if is_resumable else check, shown)

    def _wait(self, reason: str, attempts: int, asked: float = 0.0) -> bool:
        """Report and sleep; returns False, at once, when the tries are used up."""
        if self._used >= attempts:
            return False
        delay = min(_FIRST * 2 ** (self._used - 1), _LONGEST) * (0.5 + 0.5 * self._patience.chance())
        delay = max(delay, asked)
        shown = without_secrets(self._request.url)
        text = f"retrying {shown} in {delay:.1f} s: {reason} (try {self._used + 1} of {attempts})"
        self._reporter.event(Event(kind="detail", text=text))
        self._patience.sleep(delay)
        return True


def _is_resumable(head: Response) -> bool:
    tag = head.headers.get("ETag")
    return head.status == _OK and tag.startswith('"') and not head.headers.get("Content-Encoding")


def _after(pieces: Iterator[bytes], count: int, check: int | None, shown: str) -> Iterator[bytes]:
    """Yield what follows the first ``count`` bytes, which must have the CRC ``check`` unless that is None."""
    seen, crc = 0, 0
    for piece in pieces:
        known = piece[: max(count - seen, 0)]
        crc = zlib.crc32(known, crc)
        seen += len(known)
        if seen == count and check is not None and crc != check:
            raise ChangedError(url=shown)
        if len(piece) > len(known):
            yield piece[len(known) :]
    if seen < count:
        raise ChangedError(url=shown)
