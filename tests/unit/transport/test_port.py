import pytest

from capsa.model.address import without_userinfo
from capsa.transport.port import Headers, OfflineError, Response, refused, without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@index.example/simple/", "https://index.example/simple/"),
        ("https://token@index.example:8443/a?sig=secret#sha256=ab", "https://index.example:8443/a#sha256=ab"),
        ("https://a@b:p@ss@index.example/x", "https://index.example/x"),
        ("https://index.example/a@b/c", "https://index.example/a@b/c"),
        ("https://user:p@[::1]:80/x", "https://[::1]:80/x"),
        ("http://user:secret@[broken/x?t=1", "http://[broken/x"),
        ("file:///srv/wheels/", "file:///srv/wheels/"),
        ("six-1.0.whl", "six-1.0.whl"),
    ],
)
def test_a_url_in_a_message_holds_no_secret(url, shown):
    assert without_secrets(url) == shown


def test_a_url_without_userinfo_can_still_be_asked_for():
    url = "https://user:secret@index.example/a?sig=x#frag"
    assert without_userinfo(url) == "https://index.example/a?sig=x#frag"
    assert without_userinfo("https://index.example?mail=a@b") == "https://index.example?mail=a@b"


def test_header_names_are_found_in_any_case_and_joined():
    headers = Headers([("Content-Type", "text/html"), ("Link", "a"), ("link", "b"), ("Content-Length", "12")])
    assert headers.get("content-type") == "text/html"
    assert headers.get("LINK") == "a, b"
    assert headers.get("ETag") == ""
    assert headers.number("content-length") == 12
    assert Headers([("Content-Length", "-1")]).number("Content-Length") is None


def test_a_response_is_closed_by_its_context():
    closed = []
    with Response(status=200, url="u", headers=Headers(), chunks=iter(()), close=lambda: closed.append(1)):
        assert not closed
    assert closed == [1]


def test_a_refusal_names_the_address_and_hints_at_credentials():
    response = Response(status=401, url="https://index.example/x?t=secret", headers=Headers(), chunks=iter(()))
    error = refused(response)
    assert str(error) == "https://index.example/x answered with status 401"
    assert "user name and password" in error.hints[0]
    assert (error.status, error.kind) == (401, "fetch")


def test_offline_is_said_plainly():
    error = OfflineError(url="https://u:p@index.example/simple/six/")
    assert str(error) == "https://index.example/simple/six/ is not in the store, and capsa works offline"
    assert error.url == "https://index.example/simple/six/"


@pytest.mark.parametrize("digits", [19, 5000])
def test_a_count_of_too_many_digits_is_none(digits):
    assert Headers([("Content-Length", "9" * digits)]).number("Content-Length") is None
