import pytest

from capsa.transport.proxy import proxy_for

PROXIES = {"http": "http://p1.example:3128", "https": "p2.example:3128"}


def test_each_scheme_has_its_proxy_and_all_is_for_the_rest():
    assert proxy_for("http://index.example/", PROXIES, ()) == "http://p1.example:3128"
    assert proxy_for("https://index.example/", PROXIES, ()) == "http://p2.example:3128"
    assert proxy_for("https://index.example/", {"all": "http://p"}, ()) == "http://p"
    assert proxy_for("https://index.example/", {}, ()) is None


@pytest.mark.parametrize(
    ("entry", "is_direct"),
    [
        ("index.example", True),
        (".example", True),
        ("example", True),
        ("ample", False),
        ("other.example", False),
        ("INDEX.example", True),
        ("index.example:443", True),
        ("index.example:80", False),
        ("*", True),
        ("", False),
        ("10.0.0.0/8", False),
        ("nonsense/8", False),
    ],
)
def test_no_proxy_entries(entry, is_direct):
    assert (proxy_for("https://index.example/", PROXIES, (entry,)) is None) == is_direct


def test_no_proxy_ranges_and_ipv6():
    assert proxy_for("http://10.1.2.3/", PROXIES, ("10.0.0.0/8",)) is None
    assert proxy_for("http://11.1.2.3/", PROXIES, ("10.0.0.0/8",)) is not None
    assert proxy_for("http://[::1]:8080/", PROXIES, ("::1",)) is None
    assert proxy_for("http://[::1]:8080/", PROXIES, ("[::1]",)) is None
