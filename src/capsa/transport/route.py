"""The whole transport: by scheme to HTTP or to a file, never to anything else, and with patience."""

from __future__ import annotations

from capsa.errors import FetchError
from capsa.model.event import Reporter
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.file import FileTransport
from capsa.transport.http import HttpTransport
from capsa.transport.port import OfflineError, Request, Response, Transport, without_secrets
from capsa.transport.retry import Patience, RetryingTransport


class RoutingTransport:
    """A `Transport` for http, https and file URLs; offline, the first two raise OfflineError."""

    def __init__(self, *, http: Transport, file: Transport, is_offline: bool = False) -> None:
        self._http = http
        self._file = file
        self._is_offline = is_offline

    def send(self, request: Request) -> Response:
        """Return the answer of the transport for the URL's scheme."""
        scheme = request.url.partition(":")[0].lower()
        if scheme == "file":
            return self._file.send(request)
        if scheme not in {"http", "https"}:
            shown = without_secrets(request.url)
            raise FetchError(f"{shown} can't be fetched: only http, https and file addresses can")
        if self._is_offline:
            raise OfflineError(url=request.url)
        return self._http.send(request)


def open_transport(
    configuration: TransportConfiguration, reporter: Reporter, patience: Patience | None = None
) -> Transport:
    """Return the transport that capsa works with. Opens nothing before the first request."""
    http = HttpTransport(configuration, reporter)
    routing = RoutingTransport(http=http, file=FileTransport(), is_offline=configuration.is_offline)
    return RetryingTransport(routing, reporter, patience or Patience(attempts=configuration.retries + 1))
