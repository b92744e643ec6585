import pytest

from capsa.errors import FetchError
from capsa.testing.transport import Answer, FakeTransport
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.file import FileTransport, url_of
from capsa.transport.port import OfflineError, Request
from capsa.transport.route import RoutingTransport, open_transport


class Silence:
    def event(self, event):
        """Nothing is said here."""


def test_only_three_schemes_are_fetched():
    http = FakeTransport({"https://index.example/": Answer(body=b"page")})
    routing = RoutingTransport(http=http, file=FakeTransport())
    assert routing.send(Request(url="https://index.example/")).status == 200
    assert routing.send(Request(url="file:///srv/x")).status == 404
    for url in ("ftp://index.example/", "javascript:alert(1)", "/srv/x", "git+https://u:secret@index.example/"):
        with pytest.raises(FetchError, match="only http, https and file") as caught:
            routing.send(Request(url=url))
        assert "secret" not in str(caught.value)


def test_offline_asks_nobody_but_the_disk(tmp_path):
    http = FakeTransport()
    routing = RoutingTransport(http=http, file=FileTransport(), is_offline=True)
    with pytest.raises(OfflineError):
        routing.send(Request(url="HTTPS://index.example/"))
    assert http.requests == []
    assert routing.send(Request(url=url_of(str(tmp_path)))).status == 404


def test_the_whole_transport_is_offline_when_its_configuration_is():
    transport = open_transport(TransportConfiguration(is_offline=True), Silence())
    with pytest.raises(OfflineError):
        transport.send(Request(url="https://index.example/"))
