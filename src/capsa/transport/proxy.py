"""Which proxy a URL is asked through. Reads no environment variable: HTTP_PROXY and NO_PROXY come in as values."""

from __future__ import annotations

from collections.abc import Mapping

from capsa.transport.auth import origin_of


def proxy_for(url: str, proxies: Mapping[str, str], no_proxy: tuple[str, ...]) -> str | None:
    """Return the URL of the proxy for ``url``, or None when it is asked directly.

    ``no_proxy`` entries are host names (which cover their sub-domains), ".suffix", "host:port", address ranges
    ("10.0.0.0/8") or "*".
    """
    scheme, host, port = origin_of(url)
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or any(_is_covered(host, port, entry.strip().lower()) for entry in no_proxy):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_covered(host: str, port: int, entry: str) -> bool:
    if not entry:
        return False
    if entry == "*":
        return True
    if "/" in entry:
        return _is_in_range(host, entry)
    name, mark, number = entry.rpartition(":")
    if mark and number.isdigit() and ":" not in name.strip("[]"):
        if int(number) != port:
            return False
        entry = name
    entry = entry.strip("[]").lstrip(".")
    return host == entry or host.endswith("." + entry)


def _is_in_range(host: str, entry: str) -> bool:
    import ipaddress  # noqa: PLC0415 - only for those who exempt address ranges

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
