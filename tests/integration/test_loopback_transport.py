"""The real transport and the index against real servers on 127.0.0.1: connections, retries, redirects, TLS, proxies."""

import gzip
import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from capsa.cache.page import Pages
from capsa.errors import FetchError, IntegrityError
from capsa.index.catalog import IndexCatalog
from capsa.index.client import IndexClient
from capsa.index.configuration import IndexConfiguration
from capsa.index.metadata import MetadataReader
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.download import fetch_bytes, fetch_file
from capsa.transport.port import BrokenTransferError, CertificateError, Request, UnreachableError
from capsa.transport.retry import Patience
from capsa.transport.route import open_transport

BODY = bytes(range(256)) * 800  # 200 KB


class Server(ThreadingHTTPServer):
    """Answers by ``routes``: path -> function of the request handler. Counts connections."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, routes, context=None):
        self.routes = routes
        self.requests = []
        self.connections = 0
        self.open_now = 0
        self.most_open = 0
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server_address[1]
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"

    def get_request(self):
        with self.lock:
            self.connections += 1
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
        return super().get_request()

    def shutdown_request(self, request):
        with self.lock:
            self.open_now -= 1
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that goes away is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        with self.server.lock:
            self.server.requests.append(self)
        route = self.server.routes.get(self.path, status(404))
        if isinstance(route, list):
            route = route.pop(0) if len(route) > 1 else route[0]
        route(self)

    def do_CONNECT(self):
        with self.server.lock:
            self.server.requests.append(self)
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as upstream:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            back = threading.Thread(target=pump, args=(upstream, self.connection), daemon=True)
            back.start()
            pump(self.connection, upstream)
            back.join(5)
        self.close_connection = True

    def log_message(self, *_):
        """Nothing is printed."""


def pump(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def answer(body=b"", code=200, **headers):
    def route(handler):
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return route


def status(code, **headers):
    return answer(b"no", code, **headers)


def cut(body, at, **headers):
    def route(handler):
        handler.send_response(200)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body[:at])
        handler.wfile.flush()
        handler.close_connection = True

    return route


def ranged(body, **headers):
    def route(handler):
        asked = handler.headers.get("Range", "")
        if not asked:
            return answer(body, **headers)(handler)
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(len(body) - int(last), 0)
        stop = min(int(last) + 1, len(body)) if first and last else len(body)
        told = {"Content_Range": f"bytes {start}-{stop - 1}/{len(body)}", **headers}
        return answer(body[start:stop], 206, **told)(handler)

    return route


@contextmanager
def served(routes, context=None):
    server = Server(routes, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def reporter():
    return RememberingReporter()


@pytest.fixture
def connect(reporter):
    def connect(**settings):
        patience = Patience(attempts=settings.pop("attempts", 5), sleep=lambda _: None)
        return open_transport(TransportConfiguration(timeout=5, **settings), reporter, patience)

    return connect


def get(transport, url, **headers):
    return fetch_bytes(transport, Request(url=url, headers=headers))


def asked(server, name):
    return [request.headers.get(name) for request in server.requests]


def retries(reporter):
    return [text for text in reporter.texts("detail") if text.startswith("retrying ")]


def test_503_twice_and_then_a_cut_body_succeeds_with_each_retry_told(connect, reporter, tmp_path):
    whole = ranged(BODY, ETag='"1"')
    with served({"/a.whl": [status(503), status(503), cut(BODY, 70_000, ETag='"1"'), whole]}) as server:
        told = []
        path = str(tmp_path / "a.whl")
        digest, size = fetch_file(connect(), Request(url=f"{server.url}/a.whl"), path, told.append)
        assert (digest, size, sum(told)) == (hashlib.sha256(BODY).hexdigest(), len(BODY), len(BODY))
        texts = retries(reporter)
        assert [text.partition(": ")[2] for text in texts[:2]] == [
            "the server answered 503 (try 2 of 5)",
            "the server answered 503 (try 3 of 5)",
        ]
        assert texts[2].endswith("the transfer broke off after 65,536 bytes (try 4 of 5)")
        assert len(texts) == 3
        assert server.requests[3].headers["Range"] == "bytes=65536-"


def test_a_cut_page_starts_over(connect, reporter):
    with served({"/p": [cut(BODY, 70_000), answer(BODY)]}) as server:
        assert get(connect(), f"{server.url}/p")[1] == BODY
        assert len(retries(reporter)) == 1


def test_a_body_that_is_always_cut_is_named_with_its_bytes(connect):
    with served({"/p": cut(BODY, 70_000)}) as server:
        with pytest.raises(BrokenTransferError) as caught:
            get(connect(attempts=2), f"{server.url}/p")
        assert str(caught.value) == f"the transfer of {server.url}/p broke off after 65,536 bytes"


def test_200_pages_over_at_most_24_connections(connect, tmp_path):
    def slow(handler):
        time.sleep(0.005)
        page = {"meta": {"api-version": "1.0"}, "files": []}
        answer(json.dumps(page).encode(), Content_Type="application/vnd.pypi.simple.v1+json")(handler)

    names = [f"project-{number}" for number in range(200)]
    routes = {f"/simple/{name}/": [slow] for name in names}
    routes["/simple/project-3/"] = [status(503), slow]
    routes["/simple/project-4/"] = [status(301, Location="/simple/project-5/"), slow]
    routes["/simple/project-6/"] = [status(404)]
    with served(routes) as server:
        configuration = IndexConfiguration(index_url=f"{server.url}/simple/")
        client = IndexClient(connect(), Pages(str(tmp_path)), configuration, time.time)
        with IndexCatalog(client, MetadataReader(connect(), Pages(str(tmp_path)))) as catalog:
            catalog.expect(names)
            found = [catalog.releases(name) for name in names]
        assert [number for number, releases in enumerate(found) if releases is None] == [6]
        assert len(server.requests) == 202
        assert server.connections <= 24
        assert server.most_open <= 24


def test_at_most_24_requests_are_in_flight_over_all_hosts(connect):
    lock, now, most = threading.Lock(), [0], [0]

    def slow(handler):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        answer(b"x")(handler)

    with served({"/": slow}) as one, served({"/": slow}) as two, ThreadPoolExecutor(60) as threads:
        transport = connect()
        urls = [f"{(one, two)[number % 2].url}/" for number in range(120)]
        assert all(body == b"x" for _, body in threads.map(lambda url: get(transport, url), urls))
        assert 1 < most[0] <= 24


def test_a_connection_is_used_again_also_after_refusals(connect):
    with served({"/a": answer(BODY), "/b": status(404), "/c": status(302, Location="/a")}) as server:
        transport = connect()
        for path in ("/a", "/b", "/c", "/b", "/a"):
            get(transport, server.url + path)
        transport.send(Request(url=f"{server.url}/b")).close()
        get(transport, f"{server.url}/a")
        assert server.connections == 1


def test_pages_come_packed_and_files_do_not(connect):
    packed = answer(gzip.compress(BODY), Content_Encoding="gzip")
    with served({"/p": packed}) as server:
        assert get(connect(), f"{server.url}/p")[1] == BODY
        assert asked(server, "Accept-Encoding") == ["gzip"]
        assert asked(server, "User-Agent")[0].startswith("capsa/")


def test_credentials_go_to_their_own_server_only(connect, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login net password rc\n")
    secret = "Basic YW5uOnB3"
    with served({}) as other, served({}) as own:
        other.routes["/a"] = answer(b"file")
        own.routes["/simple/"] = status(302, Location=f"{other.url}/a")
        own.routes["/same/"] = status(302, Location="/here")
        own.routes["/here"] = answer(b"page")
        url = own.url.replace("http://", "http://ann:pw@")
        transport = connect(credential_urls=(f"{url}/simple/",), netrc_path=str(netrc))
        head, body = get(transport, f"{url}/simple/")
        assert (body, head.url) == (b"file", f"{other.url}/a")
        assert asked(own, "Authorization") == [secret]
        assert asked(other, "Authorization") == [None]
        assert get(transport, f"{url}/same/")[0].url == f"{own.url}/here"
        assert asked(own, "Authorization") == [secret] * 3
        get(transport, f"{own.url}/here")
        assert asked(own, "Authorization")[-1] == secret
        get(transport, f"http://localhost:{other.port}/a")
        assert asked(other, "Authorization")[-1] == "Basic bmV0OnJj"
        assert get(transport, f"{other.url}/a", Authorization="Bearer x")[1] == b"file"
        own.routes["/simple/"] = status(302, Location=f"{other.url}/a")
        get(transport, f"{own.url}/simple/", Authorization="Bearer x", Cookie="y")
        assert asked(other, "Authorization")[-1] is None
        assert asked(other, "Cookie")[-1] is None


def test_redirects_end_and_lead_to_web_addresses_only(connect, tmp_path):
    (tmp_path / "secret").write_text("x")
    routes = {"/loop": status(302, Location="/loop"), "/file": status(302, Location=f"file://{tmp_path}/secret")}
    with served(routes) as server:
        with pytest.raises(FetchError, match="more than 10 redirects"):
            get(connect(), f"{server.url}/loop")
        with pytest.raises(FetchError, match="which is not a web address"):
            get(connect(), f"{server.url}/file")


def test_who_is_not_there_is_named(connect):
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        url = f"http://u:secret@127.0.0.1:{place.getsockname()[1]}/simple/six/"
        with pytest.raises(UnreachableError, match="can't be reached: Connection refused") as caught:
            get(connect(attempts=1), url)
    assert "secret" not in str(caught.value) + caught.value.url
    with pytest.raises(UnreachableError, match=r"no-such-host\.invalid can't be reached"):
        get(connect(attempts=1), "http://no-such-host.invalid/")


def test_a_server_that_says_nothing_is_not_waited_for_forever(reporter):
    with socket.create_server(("127.0.0.1", 0)) as place:
        patience = Patience(attempts=1)
        transport = open_transport(TransportConfiguration(timeout=0.2), reporter, patience)
        url = f"http://127.0.0.1:{place.getsockname()[1]}/"
        with pytest.raises(UnreachableError, match=r"did not answer within 0\.2 s"):
            get(transport, url)


def test_a_proxy_is_used_told_its_password_and_left_out_for_no_proxy(connect):
    routes = {"http://index.example/simple/": answer(b"by proxy")}
    with served(routes) as proxy, served({"/": answer(b"direct")}) as own:
        proxies = {"http": proxy.url.replace("http://", "http://ann:pw@")}
        transport = connect(proxies=proxies, no_proxy=("127.0.0.1",))
        assert get(transport, "http://index.example/simple/")[1] == b"by proxy"
        assert asked(proxy, "Proxy-Authorization") == ["Basic YW5uOnB3"]
        assert get(transport, f"{own.url}/")[1] == b"direct"
        assert asked(own, "Proxy-Authorization") == [None]


def test_a_proxy_that_does_not_work_is_named_without_its_password(connect):
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{place.getsockname()[1]}"
        transport = connect(proxies={"all": f"http://ann:secret@{address}"}, attempts=1)
        with pytest.raises(UnreachableError, match=f"the proxy http://{address} gave no way") as caught:
            get(transport, "http://index.example/")
        assert "secret" not in str(caught.value)
    with pytest.raises(FetchError, match="only http and https proxies can") as caught:
        get(connect(proxies={"all": "socks5://ann:secret@127.0.0.1:1"}), "http://index.example/")
    assert "secret" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("there is no `openssl` command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return str(folder / "cert.pem"), context


def test_a_certificate_is_checked_against_the_file_that_is_named(connect, certificate):
    path, context = certificate
    with served({"/": answer(b"safe")}, context) as server:
        transport = connect(ca_file=path)
        assert get(transport, f"{server.url}/")[1] == b"safe"
        assert get(transport, f"{server.url}/")[1] == b"safe"
        assert server.connections == 1
        with pytest.raises(CertificateError) as caught:
            get(connect(), f"{server.url}/")
        assert str(caught.value).startswith(f"the certificate of 127.0.0.1:{server.port} is not trusted: self")
        assert "`cert` setting" in caught.value.hints[0]


def test_a_trusted_host_is_not_asked_for_a_certificate_and_that_is_told(connect, certificate, reporter):
    _, context = certificate
    with served({"/": answer(b"page")}, context) as server:
        host = f"127.0.0.1:{server.port}"
        assert get(connect(trusted_hosts=(host,)), f"{server.url}/")[1] == b"page"
        (text,) = reporter.texts("detail")
        assert text == f"the certificate of {host} is not checked, as the `trusted-host` setting asks"
        with pytest.raises(CertificateError):
            get(connect(trusted_hosts=("127.0.0.1:1",)), f"{server.url}/")


def test_https_goes_through_the_tunnel_of_a_proxy(connect, certificate):
    path, context = certificate
    with served({"/": answer(b"safe")}, context) as server, served({}) as proxy:
        transport = connect(ca_file=path, proxies={"https": proxy.url})
        assert get(transport, f"{server.url}/")[1] == b"safe"
        assert [request.path for request in proxy.requests] == [f"127.0.0.1:{server.port}"]


def test_a_password_is_never_redirected_out_of_https(connect, certificate):
    path, context = certificate
    with served({"/": answer(b"plain")}) as plain, served({"/": status(302, Location=f"{plain.url}/")}, context) as own:
        transport = connect(ca_file=path)
        assert get(transport, f"{own.url}/")[1] == b"plain"
        with pytest.raises(FetchError, match="the password would travel unprotected"):
            get(transport, own.url.replace("https://", "https://ann:pw@") + "/")
        assert asked(plain, "Authorization") == [None]


def test_certificate_files_that_cant_be_used_are_named(connect, tmp_path):
    (tmp_path / "bad.pem").write_text("nonsense")
    for name in ("none.pem", "bad.pem"):
        path = str(tmp_path / name)
        with pytest.raises(FetchError, match=r"the certificates in .* can't be used") as caught:
            get(connect(ca_file=path), "https://127.0.0.1:1/")
        assert path in str(caught.value)
        with pytest.raises(FetchError, match=r"the client certificate .* can't be used"):
            get(connect(client_cert=path), "https://127.0.0.1:1/")


class World:
    """An index of one wheel on a real server, a cache on disk, and a clock that the test moves."""

    def __init__(self, tmp_path, connect):
        self.wheel = make_wheel(str(tmp_path / "wheels"), "big", "1.0", requires=["six>=1"])
        with open(self.wheel, "rb") as stream:
            self.content = stream.read()
        self.name = self.wheel.rpartition("/")[2]
        self.connect = connect
        self.cache = tmp_path / "cache"
        self.now = 1_000_000.0

    def page(self, **fields):
        row = {"filename": self.name, "url": f"/files/{self.name}", "hashes": {}, "size": len(self.content), **fields}
        return json.dumps({"meta": {"api-version": "1.1"}, "files": [row]}).encode()

    def catalog(self, server):
        configuration = IndexConfiguration(index_url=f"{server.url}/simple/")
        client = IndexClient(self.connect(), Pages(f"{self.cache}/listing"), configuration, lambda: self.now)
        return IndexCatalog(client, MetadataReader(self.connect(), Pages(f"{self.cache}/metadata")))


@pytest.fixture
def world(tmp_path, connect):
    return World(tmp_path, connect)


JSON = "application/vnd.pypi.simple.v1+json"


def test_a_page_is_revalidated_with_its_etag_but_not_twice_in_ten_minutes(world):
    def page(handler):
        if handler.headers.get("If-None-Match") == '"7"':
            return answer(b"", 304, ETag='"7"')(handler)
        return answer(world.page(), ETag='"7"', Content_Type=JSON)(handler)

    with served({"/simple/big/": page}) as server:
        for later, count in ((0, 1), (599, 1), (2, 2), (500, 2), (101, 3)):
            world.now += later
            with world.catalog(server) as catalog:
                assert catalog.releases("big").versions == ("1.0",)
            assert len(server.requests) == count
        assert asked(server, "If-None-Match") == [None, '"7"', '"7"']
        assert asked(server, "Accept")[0].startswith("application/vnd.pypi.simple.v1+json")


def test_metadata_comes_from_beside_the_wheel_with_its_hash_held(world):
    metadata = b"Metadata-Version: 2.1\nName: big\nVersion: 1.0\nRequires-Dist: six>=2\n"
    promised = {"core-metadata": {"sha256": hashlib.sha256(metadata).hexdigest()}}
    routes = {
        "/simple/big/": answer(world.page(**promised), Content_Type=JSON),
        f"/files/{world.name}.metadata": answer(metadata),
    }
    with served(routes) as server, world.catalog(server) as catalog:
        distribution = catalog.releases("big").files("1.0")[0]
        assert catalog.metadata(distribution).requires == ("six>=2",)
        assert len(server.requests) == 2
    routes[f"/files/{world.name}.metadata"] = answer(metadata.replace(b"six", b"sex"))
    world.cache = world.cache / "other"
    promise = pytest.raises(IntegrityError, match=r"the metadata of big-1\.0.* where .* was promised")
    with served(routes) as server, world.catalog(server) as catalog, promise:
        catalog.metadata(catalog.releases("big").files("1.0")[0])


@pytest.mark.parametrize("kind", ["ranged", "whole", "unknown size"])
def test_metadata_is_read_out_of_the_wheel_and_kept(world, kind):
    page = world.page() if kind != "unknown size" else world.page(size=None)
    file = answer(world.content) if kind == "whole" else ranged(world.content)
    routes = {"/simple/big/": answer(page, Content_Type=JSON), f"/files/{world.name}": file}
    with served(routes) as server:
        for _ in range(2):
            with world.catalog(server) as catalog:
                assert catalog.metadata(catalog.releases("big").files("1.0")[0]).requires == ("six>=1",)
        assert len(server.requests) == 2


def test_an_interrupted_run_does_not_wait_for_slow_servers(world):
    begun, go_on = threading.Event(), threading.Event()

    def stuck(handler):
        begun.set()
        go_on.wait(5)
        answer(b"")(handler)

    with served({f"/simple/p{number}/": stuck for number in range(40)}) as server:
        start = time.monotonic()
        with world.catalog(server) as catalog:
            catalog.expect([f"p{number}" for number in range(40)])
            assert begun.wait(5)
        assert time.monotonic() - start < 4
        go_on.set()
        assert len(server.requests) <= 24


INTERRUPTED = """
import sys, time
from capsa.index.catalog import IndexCatalog
from capsa.index.client import IndexClient
from capsa.index.configuration import IndexConfiguration
from capsa.index.metadata import MetadataReader
from capsa.cache.page import Pages
from capsa.testing.reporter import RememberingReporter
from capsa.transport.configuration import TransportConfiguration
from capsa.transport.route import open_transport

transport = open_transport(TransportConfiguration(timeout=60), RememberingReporter())
pages = Pages(sys.argv[2])
client = IndexClient(transport, pages, IndexConfiguration(index_url=sys.argv[1]), time.time)
with IndexCatalog(client, MetadataReader(transport, pages)) as catalog:
    catalog.expect([f"p{number}" for number in range(40)])
    catalog.releases("p0")
"""


def test_ctrl_c_ends_the_process_while_24_servers_keep_silent(tmp_path):
    begun, go_on = threading.Event(), threading.Event()

    def stuck(_):
        begun.set()
        go_on.wait(30)

    with served({f"/p{number}/": stuck for number in range(40)}) as server:
        command = [sys.executable, "-c", INTERRUPTED, server.url, str(tmp_path)]
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True) as process:
            assert begun.wait(30)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=15)
            go_on.set()
        assert process.returncode != 0
        assert errors.rstrip().endswith("KeyboardInterrupt")
