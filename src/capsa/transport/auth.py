"""Who to say one is: credentials for a URL, out of the URL itself, the index URLs, or a netrc file.

Never sends anything and never puts a secret into a message. A netrc "default" entry is not used: it would give one
password to every host. Basic authentication: RFC 7617.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from threading import Lock
from urllib.parse import SplitResult, unquote, urlsplit

from capsa.errors import FetchError
from capsa.transport.port import without_secrets
from capsa.value import value

_PORTS = {"http": 80, "https": 443}


@value
class Credential:
    """A user name and a password; has no ``repr`` that could end up in a log."""

    user: str
    password: str

    __repr__ = object.__repr__

    @property
    def header(self) -> str:
        """The value of the Authorization field."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


def split_url(url: str) -> SplitResult:
    """Return the parts of an absolute URL; raises FetchError when it has no host or can't be read."""
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError as error:
        raise FetchError(f"{without_secrets(url)} is not a URL: {error}") from error
    if not is_usable:
        raise FetchError(f"{without_secrets(url)} is not a URL: it names no host")
    return parts


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL: what credentials are bound to."""
    parts = split_url(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def credential_in(url: str) -> Credential | None:
    """Return the credential written into a URL, or None."""
    parts = split_url(url)
    if parts.username is None:
        return None
    return Credential(user=unquote(parts.username), password=unquote(parts.password or ""))


class Credentials:
    """Finds the credential for a URL. ``urls`` hold credentials for their own scheme, host and port."""

    def __init__(self, urls: Iterable[str] = (), *, netrc_path: str | None = None) -> None:
        self._known: dict[tuple[str, str, int], Credential] = {}
        for url in urls:
            credential = credential_in(url)
            if credential is not None:
                self._known.setdefault(origin_of(url), credential)
        self._netrc_path = netrc_path
        self._netrc: dict[str, Credential] | None = None
        self._lock = Lock()

    def find(self, url: str) -> Credential | None:
        """Return what to send to this URL: what stands in it, else what is known of its origin, else netrc's."""
        return credential_in(url) or self._known.get(origin_of(url)) or self._netrc_entries().get(origin_of(url)[1])

    def _netrc_entries(self) -> dict[str, Credential]:
        with self._lock:
            if self._netrc is None:
                self._netrc = {} if self._netrc_path is None else _read_netrc(self._netrc_path)
            return self._netrc


def _read_netrc(path: str) -> dict[str, Credential]:
    import netrc  # noqa: PLC0415 - pulls shlex and re; needed only by those who have the file

    try:
        entries = netrc.netrc(path).hosts
    except FileNotFoundError:
        return {}
    except netrc.NetrcParseError as error:
        raise FetchError(f"line {error.lineno} of {path} can't be read", hints=("see the netrc format",)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise FetchError(f"{path} can't be read, and passwords for indexes may stand in it") from error
    return {
        host.lower(): Credential(user=user, password=password or "")
        for host, (user, _, password) in entries.items()
        if host != "default"
    }
