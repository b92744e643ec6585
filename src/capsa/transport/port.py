"""The port through which bytes come in: one request, one response, one method; and what can go wrong with it.

Never opens a socket or a file: `http`, `file` and the tests' fake do, behind `Transport`. Words are those of HTTP
semantics (RFC 9110).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit, urlunsplit

from capsa.errors import FetchError
from capsa.model.address import without_userinfo
from capsa.value import field, value

_DIGITS = 18  # of a count: no file has more bytes, and Python reads no number of any length


@value
class Request:
    """One question: ``url`` is absolute (http, https, file) and may hold credentials; ``method`` is GET or HEAD."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"


class Headers:
    """The header fields of an answer, by name in any case; fields that occur twice are joined with ", "."""

    __slots__ = ("_fields",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, str] = {}
        for name, text in pairs:
            key = name.lower()
            self._fields[key] = f"{self._fields[key]}, {text}" if key in self._fields else text

    def get(self, name: str, default: str = "") -> str:
        """Return the value of a field, or ``default`` where there is none."""
        return self._fields.get(name.lower(), default)

    def number(self, name: str) -> int | None:
        """Return the value of a field that is a count, or None where there is none or it is not a count."""
        value = self.get(name).strip()
        return int(value) if value.isascii() and value.isdigit() and len(value) <= _DIGITS else None


def _nothing() -> None:
    """Close what needs no closing."""


class Response:
    """One answer: its head is here, its body comes in pieces and only once.

    ``status`` is the HTTP status; ``url`` the address that answered after redirects, without credentials. Whoever gets
    a response closes it (it is a context manager): until then it holds one of the transport's places.
    """

    __slots__ = ("_close", "chunks", "headers", "status", "url")

    def __init__(
        self,
        *,
        status: int,
        url: str,
        headers: Headers,
        chunks: Iterator[bytes],
        close: Callable[[], None] = _nothing,
    ) -> None:
        self.status = status
        self.url = url
        self.headers = headers
        self.chunks = chunks
        self._close = close

    def close(self) -> None:
        """Give the place and the connection back; the rest of the body is lost. May be called twice."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Transport(Protocol):
    """Whatever answers requests. Called from several threads at once."""

    def send(self, request: Request, /) -> Response:
        """Return the answer, whatever its status; raises a `FetchError` when there is none."""


class UnreachableError(FetchError):
    """Nobody answers at an address: no such host, connection refused, time out, a proxy that does not."""

    def __init__(self, message: str, *, url: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.url = url


class BrokenTransferError(FetchError):
    """The connection ended before the answer did; ``received`` counts the bytes of its body that came."""

    def __init__(self, message: str, *, url: str, received: int = 0) -> None:
        super().__init__(message, hints=("the connection broke off again and again; try later",))
        self.url = url
        self.received = received


class ChangedError(FetchError):
    """A file changed at its address while it was being read, so that its two halves don't belong together."""

    def __init__(self, *, url: str) -> None:
        super().__init__(f"{url} changed while it was being read", hints=("try again",))
        self.url = url


class RefusedError(FetchError):
    """A server answered, but not with what was asked for; ``status`` is its HTTP status."""

    def __init__(self, message: str, *, url: str, status: int, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.url = url
        self.status = status


class CertificateError(FetchError):
    """TLS could not be agreed on, mostly because the server's certificate is not trusted here."""

    def __init__(self, message: str, *, url: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.url = url


class OfflineError(FetchError):
    """The network was needed under ``--offline``."""

    def __init__(self, *, url: str) -> None:
        super().__init__(
            f"{without_secrets(url)} is not in the store, and capsa works offline",
            hints=("run it once without `--offline`",),
        )
        self.url = without_secrets(url)


_AUTHENTICATE = (
    "put the user name and password into the index URL or into .netrc; in a URL write special characters as %XX",
)


def refused(response: Response) -> RefusedError:
    """Return the error that says how a server refused, with a hint where the user can cure it."""
    url = without_secrets(response.url)
    hints = _AUTHENTICATE if response.status in {401, 403, 407} else ()
    return RefusedError(f"{url} answered with status {response.status}", url=url, status=response.status, hints=hints)


def without_secrets(url: str) -> str:
    """Return a URL fit for messages: no user name, password or query, in which tokens travel."""
    bare = without_userinfo(url)
    try:
        parts = urlsplit(bare)
    except ValueError:
        return bare.partition("?")[0]
    return urlunsplit(parts._replace(query=""))
