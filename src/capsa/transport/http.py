"""HTTP as capsa speaks it: redirects, credentials that stay with their host, and at most 24 requests in flight.

Never retries (`retry` does) and never answers from a cache (`capsa.index` does). RFC 9110, RFC 7617.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore, Lock
from urllib.parse import urljoin

from capsa.errors import FetchError
from capsa.model.address import without_userinfo
from capsa.model.event import Event, Reporter
from capsa.transport.auth import Credential, Credentials, origin_of, split_url
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.port import Request, Response, without_secrets
from capsa.transport.wire import Wire
from capsa.value import replace, value
from capsa.version import __version__

PLACES = 24
_REDIRECTS = 10
_MOVED = frozenset({301, 302, 303, 307, 308})
_PRIVATE = frozenset({"authorization", "cookie", "proxy-authorization"})


@value
class _Hop:
    """One step on the way to an answer; once ``is_exposed`` the way has left https and no secret may be sent."""

    url: str
    headers: dict[str, str]
    credential: Credential | None
    is_exposed: bool = False

    @property
    def is_authenticated(self) -> bool:
        return self.credential is not None or any(name.lower() in _PRIVATE for name in self.headers)

    @property
    def fields(self) -> dict[str, str]:
        """All header fields, the credential among them."""
        own = {"Authorization": self.credential.header} if self.credential else {}
        return {"User-Agent": f"capsa/{__version__}", "Accept-Encoding": "gzip", **own, **self.headers}


class HttpTransport:
    """A `Transport` for http and https URLs. Thread-safe.

    A request holds one of 24 places, over all hosts, from before it is sent until its body is read or closed.
    """

    def __init__(self, configuration: TransportConfiguration, reporter: Reporter) -> None:
        self._wire = Wire(configuration, places=PLACES)
        self._credentials = Credentials(configuration.credential_urls, netrc_path=configuration.netrc_path)
        self._places = BoundedSemaphore(PLACES)
        for host in configuration.trusted_hosts:
            text = f"the certificate of {host} is not checked, as the `trusted-host` setting asks"
            reporter.event(Event(kind="detail", text=text))

    def send(self, request: Request) -> Response:
        """Return the answer after at most 10 redirects."""
        place = _Place(self._places)
        try:
            response = self._follow(request)
        except BaseException:
            place.leave()
            raise
        return _held(response, place)

    def close(self) -> None:
        """Close the idle connections."""
        self._wire.close()

    def _follow(self, request: Request) -> Response:
        credential = self._credentials.find(request.url)
        hop = _Hop(url=request.url, headers=dict(request.headers), credential=credential)
        for _ in range(_REDIRECTS + 1):
            response = self._wire.exchange(request.method, without_userinfo(hop.url), hop.fields)
            location = response.headers.get("Location")
            if response.status not in _MOVED or not location:
                return response
            response.close()
            hop = self._next(hop, location)
        raise FetchError(f"{without_secrets(request.url)} leads through more than {_REDIRECTS} redirects")

    def _next(self, hop: _Hop, location: str) -> _Hop:
        try:
            target = without_userinfo(urljoin(hop.url, location))
        except ValueError as error:  # a bracket in the host's place; the address may hold a secret anywhere
            raise FetchError(f"{without_secrets(hop.url)} redirects to an address that can't be read") from error
        shown, scheme = without_secrets(target), target.partition(":")[0].lower()
        if scheme not in {"http", "https"}:
            raise FetchError(f"{without_secrets(hop.url)} redirects to {shown}, which is not a web address")
        is_exposed = hop.is_exposed or (split_url(hop.url).scheme == "https" and scheme == "http")
        if is_exposed and hop.is_authenticated:
            raise FetchError(
                f"{without_secrets(hop.url)} redirects to {shown}, where the password would travel unprotected",
                hints=("ask for an https address on that server",),
            )
        if origin_of(target) == origin_of(hop.url):
            return replace(hop, url=target)
        headers = {name: value for name, value in hop.headers.items() if name.lower() not in _PRIVATE}
        credential = None if is_exposed else self._credentials.find(target)
        return _Hop(url=target, headers=headers, credential=credential, is_exposed=is_exposed)


class _Place:
    """One of the places in flight: taken on creation, left once however often it is asked to."""

    __slots__ = ("_is_taken", "_lock", "_places")

    def __init__(self, places: BoundedSemaphore) -> None:
        places.acquire()
        self._places = places
        self._is_taken = True
        self._lock = Lock()

    def leave(self) -> None:
        with self._lock:
            is_taken, self._is_taken = self._is_taken, False
        if is_taken:
            self._places.release()


def _held(response: Response, place: _Place) -> Response:
    def close() -> None:
        try:
            response.close()
        finally:
            place.leave()

    def chunks() -> Iterator[bytes]:
        try:
            yield from response.chunks
        finally:
            close()

    return Response(status=response.status, url=response.url, headers=response.headers, chunks=chunks(), close=close)
