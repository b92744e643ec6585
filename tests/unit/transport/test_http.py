"""Redirects, without a socket: the wire is replaced. Real ones are in tests/integration."""

import pytest

from capsa.errors import FetchError
from capsa.testing.reporter import RememberingReporter
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.http import HttpTransport
from capsa.transport.port import Headers, Request, Response
from capsa.transport.wire import Wire


@pytest.mark.parametrize("location", ["http://[bad", "https://ann:secret@[bad/x", "//[::1"])
def test_a_redirect_to_what_is_no_address_is_a_failure_without_secrets(monkeypatch, location):
    def exchange(_wire, _method, url, _headers):
        return Response(status=302, url=url, headers=Headers([("Location", location)]), chunks=iter(()))

    monkeypatch.setattr(Wire, "exchange", exchange)
    transport = HttpTransport(TransportConfiguration(), RememberingReporter())
    with pytest.raises(FetchError) as caught:
        transport.send(Request(url="https://ann:secret@index.example/simple/?t=secret"))
    assert str(caught.value) == "https://index.example/simple/ redirects to an address that can't be read"
