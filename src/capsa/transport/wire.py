"""One exchange over HTTP by urllib3: the only module that knows it, and the border where its errors are translated.

Never follows a redirect, retries, or adds credentials. Why urllib3: docs/adr/0001-http-client.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any

from capsa.errors import FetchError
from capsa.model.address import without_userinfo
from capsa.transport.auth import credential_in, split_url
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.port import (
    BrokenTransferError,
    CertificateError,
    Headers,
    Response,
    UnreachableError,
    without_secrets,
)
from capsa.transport.proxy import proxy_for
from capsa.transport.tls import tls_context

_PIECE = 65_536  # bytes; what was read of a piece is lost when a transfer is cut
_LARGE, _LARGE_PIECE = 1 << 22, 262_144  # above so many bytes, larger pieces cost half the time
_DRAINED = 65_536  # bytes that are cheaper to read than a connection is to make anew

_CERTIFICATE_HINTS = (
    "behind a proxy that inspects TLS, name its certificate with the `cert` setting or SSL_CERT_FILE",
    "a clock that is wrong makes good certificates look expired",
)


class Wire:
    """Pooled connections that are kept alive. Thread-safe; opens nothing before the first exchange."""

    def __init__(self, configuration: TransportConfiguration, *, places: int) -> None:
        self._configuration = configuration
        self._places = places
        self._pools: dict[tuple[str | None, bool, bool], Any] = {}
        self._contexts: dict[bool, Any] = {}
        self._lock = Lock()

    def exchange(self, method: str, url: str, headers: Mapping[str, str]) -> Response:
        """Return the answer of one server; ``url`` is http or https and holds no credentials."""
        import urllib3  # noqa: PLC0415 - 50 ms, which a run that finds everything in the cache does not pay

        proxy = proxy_for(url, self._configuration.proxies, self._configuration.no_proxy)
        pool = self._pool(url, proxy)
        try:
            raw = pool.urlopen(method, url, headers=dict(headers), redirect=False, retries=False, preload_content=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise self._translated(error, url, proxy) from error
        return Response(
            status=raw.status,
            url=url,
            headers=Headers(raw.headers.items()),
            chunks=_chunks(raw, without_secrets(url)),
            close=lambda: _give_back(raw),
        )

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.clear()

    def _pool(self, url: str, proxy: str | None) -> Any:
        parts = split_url(url)
        trusted = {host.lower() for host in self._configuration.trusted_hosts}
        is_trusted = parts.hostname in trusted or f"{parts.hostname}:{parts.port}" in trusted
        is_tls = parts.scheme == "https"
        key = (proxy, is_tls, is_trusted)
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._new_pool(proxy, is_verified=not is_trusted, is_tls=is_tls)
            return self._pools[key]

    def _new_pool(self, proxy: str | None, *, is_verified: bool, is_tls: bool) -> Any:
        import urllib3  # noqa: PLC0415 - see `exchange`

        options: dict[str, Any] = {
            "maxsize": self._places,
            "timeout": urllib3.Timeout(connect=self._configuration.timeout, read=self._configuration.timeout),
        }
        if is_tls:
            options["ssl_context"] = self._context(is_verified=is_verified)
        if not is_verified:
            # urllib3 would print this to the standard error; capsa reports it as an event.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        if proxy is None:
            return urllib3.PoolManager(**options)
        credential = credential_in(proxy)
        fields = {"Proxy-Authorization": credential.header} if credential else {}
        if proxy.startswith("https:"):
            options["proxy_ssl_context"] = self._context(is_verified=True)
        try:
            return urllib3.ProxyManager(without_userinfo(proxy), proxy_headers=fields, **options)
        except ValueError as error:
            text = f"the proxy {without_secrets(proxy)} can't be used: only http and https proxies can"
            raise FetchError(text) from error

    def _context(self, *, is_verified: bool) -> Any:
        if is_verified not in self._contexts:
            self._contexts[is_verified] = tls_context(self._configuration, is_verified=is_verified)
        return self._contexts[is_verified]

    def _translated(self, error: Exception, url: str, proxy: str | None) -> FetchError:
        from urllib3 import exceptions  # noqa: PLC0415 - see `exchange`

        shown, host, seconds = without_secrets(url), split_url(url).netloc, self._configuration.timeout
        if isinstance(error, exceptions.ProxyError):
            text = f"the proxy {without_secrets(proxy or '')} gave no way to {host}: {_reason(error.original_error)}"
            return UnreachableError(text, url=shown, hints=("see the `proxy` setting, HTTPS_PROXY and NO_PROXY",))
        if isinstance(error, exceptions.SSLError):
            return _certificate_error(error, shown, host)
        if isinstance(error, exceptions.NewConnectionError):
            is_unknown = isinstance(error, exceptions.NameResolutionError)
            reason = "its name has no address" if is_unknown else _reason(error)
            return UnreachableError(f"{host} can't be reached: {reason}", url=shown, hints=_NETWORK)
        if isinstance(error, exceptions.TimeoutError):
            hints = ("the `timeout` setting is how long capsa waits",)
            return UnreachableError(f"{shown} did not answer within {seconds:g} s", url=shown, hints=hints)
        if isinstance(error, exceptions.ProtocolError):
            return BrokenTransferError(f"{host} broke off the connection before it answered for {shown}", url=shown)
        # Not the error's own words: they may repeat a URL with its secrets.
        return FetchError(f"{shown} can't be asked for: it is not an address that HTTP can carry")


_NETWORK = ("check the network; `--offline` uses what is in the store",)


def _certificate_error(error: Exception, shown: str, host: str) -> FetchError:
    import ssl  # noqa: PLC0415 - loaded already, as it raised this

    inner = error.args[0] if error.args else error
    if isinstance(inner, ssl.SSLCertVerificationError):
        text = f"the certificate of {host} is not trusted: {inner.verify_message}"
        return CertificateError(text, url=shown, hints=_CERTIFICATE_HINTS)
    if isinstance(inner, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return BrokenTransferError(f"{host} broke off the connection before it answered for {shown}", url=shown)
    return CertificateError(f"no secure connection to {host} could be made: {_reason(inner)}", url=shown)


def _reason(error: BaseException) -> str:
    """Return the innermost plain words: "Connection refused" rather than a chain of class names."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(getattr(error, "strerror", None) or getattr(error, "reason", None) or error)


def _chunks(raw: Any, shown: str) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - loaded already, as it made the answer

    received = 0
    try:
        size = _LARGE_PIECE if (raw.length_remaining or 0) > _LARGE else _PIECE
        for chunk in raw.stream(size, decode_content=True):
            received += len(chunk)
            yield chunk
    except HTTPError as error:
        text = f"the transfer of {shown} broke off after {received:,} bytes"
        raise BrokenTransferError(text, url=shown, received=received) from error


def _give_back(raw: Any) -> None:
    """Put the connection back for the next request where little is left to read, else close it."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - loaded already, as it made the answer

    try:
        if not raw.closed and (raw.length_remaining or 0) <= _DRAINED:
            raw.read(_DRAINED + 1, decode_content=False)
    except HTTPError:
        raw.close()
    if not raw.closed:
        raw.close()
    raw.release_conn()
