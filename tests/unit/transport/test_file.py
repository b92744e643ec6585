import pytest

from capsa.errors import FetchError
from capsa.transport.file import FileTransport, path_of, url_of
from capsa.transport.port import Request


def read(url, **headers):
    with FileTransport().send(Request(url=url, headers=headers)) as response:
        return response, b"".join(response.chunks)


def test_a_path_and_its_url_are_inverse():
    for path in ("/srv/wheels/a b#c?d%25.whl", "/srv/é/x@y+z~.whl", "/"):
        assert path_of(url_of(path)) == path
    assert url_of("/srv/wheels/") == "file:///srv/wheels/"


def test_windows_drives():
    assert url_of("C:\\wheels\\a b.whl") == "file:///C:/wheels/a%20b.whl"
    assert path_of("file:///C:/wheels/a%20b.whl", is_windows=True) == "C:\\wheels\\a b.whl"
    assert path_of("file:///C|/wheels", is_windows=True) == "C:\\wheels"


def test_another_machine_is_refused_and_localhost_is_this_one():
    assert path_of("file://localhost/srv/a") == "/srv/a"
    assert path_of("file:/srv/a") == "/srv/a"
    with pytest.raises(FetchError, match="another machine"):
        path_of("file://server.example/srv/a")
    with pytest.raises(FetchError, match="not the name of a file"):
        path_of("file:///srv/a%00b")


def test_a_folder_answers_with_its_page_and_a_slash(tmp_path):
    (tmp_path / "six").mkdir()
    (tmp_path / "six" / "index.html").write_text("<a href=six-1.whl>")
    response, body = read(url_of(str(tmp_path / "six")))
    assert (response.status, body) == (200, b"<a href=six-1.whl>")
    assert response.url.endswith("/six/")
    assert response.headers.get("Content-Type") == "text/html"


def test_what_is_missing_is_404(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for path in ("none", "empty", "empty/", "file/below"):
        assert read(url_of(f"{tmp_path}/{path}"))[0].status == 404


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=20-30", 200, b"0123456789", ""),
        ("bytes=1-2,4-5", 200, b"0123456789", ""),
        ("lines=1-2", 200, b"0123456789", ""),
    ],
)
def test_byte_ranges(tmp_path, asked, status, body, told):
    (tmp_path / "a").write_bytes(b"0123456789")
    response, content = read(url_of(str(tmp_path / "a")), Range=asked)
    assert (response.status, content, response.headers.get("Content-Range")) == (status, body, told)
    assert response.headers.number("Content-Length") == len(body)
