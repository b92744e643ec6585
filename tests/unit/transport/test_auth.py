import pytest

from capsa.errors import FetchError
from capsa.transport.auth import Credential, Credentials, credential_in, origin_of


def shown(credential):
    return (credential.user, credential.password) if credential else None


def test_user_and_password_are_read_out_of_a_url_and_unquoted():
    assert shown(credential_in("https://ann:p%40ss%3A@index.example/")) == ("ann", "p@ss:")
    assert shown(credential_in("https://token@index.example/")) == ("token", "")
    assert credential_in("https://index.example/") is None


def test_a_known_url_serves_its_own_origin_only():
    known = Credentials(["https://ann:pw@index.example/simple/"])
    assert shown(known.find("https://index.example/files/a.whl")) == ("ann", "pw")
    assert shown(known.find("https://index.example:443/files/a.whl")) == ("ann", "pw")
    for other in (
        "http://index.example/a",
        "https://index.example:8443/a",
        "https://files.example.org/a",
        "https://index.example.org/a",
        "https://evil.index.example/a",
    ):
        assert known.find(other) is None


def test_what_stands_in_the_url_wins():
    known = Credentials(["https://ann:pw@index.example/simple/"])
    assert shown(known.find("https://bob:x@index.example/")) == ("bob", "x")


def test_netrc_serves_named_hosts_and_never_by_default(tmp_path):
    path = tmp_path / "netrc"
    path.write_text("machine index.example login ann password pw\ndefault login all password everywhere\n")
    known = Credentials(netrc_path=str(path))
    assert shown(known.find("https://INDEX.example/a")) == ("ann", "pw")
    assert known.find("https://files.example.org/a") is None


def test_a_missing_netrc_is_no_netrc(tmp_path):
    assert Credentials(netrc_path=str(tmp_path / "none")).find("https://index.example/") is None


def test_a_netrc_that_cant_be_read_is_named_with_its_line_and_without_its_content(tmp_path):
    path = tmp_path / "netrc"
    path.write_text("machine index.example login ann password pw\nhunter2 nonsense\n")
    with pytest.raises(FetchError) as caught:
        Credentials(netrc_path=str(path)).find("https://index.example/")
    assert str(caught.value) == f"line 2 of {path} can't be read"


def test_a_credential_does_not_show_itself():
    credential = Credential(user="ann", password="hunter2")
    assert "hunter2" not in repr(credential)
    assert credential.header == "Basic YW5uOmh1bnRlcjI="


def test_the_origin_has_the_default_port():
    assert origin_of("https://Index.Example/a") == ("https", "index.example", 443)
    assert origin_of("http://index.example:8080") == ("http", "index.example", 8080)


@pytest.mark.parametrize("url", ["https:///simple/", "https://index.example:port/", "https://u:secret@[x/"])
def test_what_is_no_url_is_a_sentence_without_secrets(url):
    with pytest.raises(FetchError, match="is not a URL") as caught:
        origin_of(url)
    assert "secret" not in str(caught.value)
