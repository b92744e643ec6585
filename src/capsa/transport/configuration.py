"""What the transport has to know, as one value: it reads no setting, variable or file name by itself."""

from __future__ import annotations

from collections.abc import Mapping

from capsa.value import field, value


@value
class TransportConfiguration:
    """Settings of the network.

    ``timeout`` is in seconds, for connecting and for each wait on data; ``ca_file`` and ``ca_folder`` replace the
    system's certificates (the ``cert`` setting, else SSL_CERT_FILE and SSL_CERT_DIR); ``client_cert`` is a PEM file of
    certificate and key; ``proxies`` maps "http", "https" or "all" to a proxy's URL and ``no_proxy`` names hosts that
    are asked directly; ``trusted_hosts`` ("host" or "host:port") are not asked for a certificate; ``credential_urls``
    are the index URLs with user name and password, which are sent to the same scheme, host and port only;
    ``netrc_path`` is the file that is read for other hosts; ``retries`` counts the tries after the first.
    """

    timeout: float = 15.0
    ca_file: str | None = None
    ca_folder: str | None = None
    client_cert: str | None = None
    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    credential_urls: tuple[str, ...] = ()
    netrc_path: str | None = None
    is_offline: bool = False
    retries: int = 4
