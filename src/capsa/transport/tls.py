"""The TLS contexts: whom a server may be vouched for by. Built once, since reading the certificates takes 10-30 ms.

Verification is only ever left out for hosts that the user names as trusted.
"""

from __future__ import annotations

from typing import Any

from capsa.errors import FetchError
from capsa.transport.configuration import TransportConfiguration


def tls_context(configuration: TransportConfiguration, *, is_verified: bool) -> Any:
    """Return an ``ssl.SSLContext``; raises FetchError that names the certificate file that can't be used."""
    import ssl  # noqa: PLC0415 - 10 ms, and `file:` indexes and warm caches need none

    try:
        context = ssl.create_default_context(cafile=configuration.ca_file, capath=configuration.ca_folder)
    except OSError as error:
        place = configuration.ca_file or configuration.ca_folder
        raise FetchError(
            f"the certificates in {place} can't be used: {error.strerror or error}",
            hints=("the `cert` setting or SSL_CERT_FILE names a file of certificates in PEM form",),
        ) from error
    if not is_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if configuration.client_cert:
        try:
            context.load_cert_chain(configuration.client_cert)
        except OSError as error:
            raise FetchError(
                f"the client certificate {configuration.client_cert} can't be used: {error.strerror or error}",
                hints=("the `client-cert` setting names one PEM file that holds certificate and private key",),
            ) from error
    return context
