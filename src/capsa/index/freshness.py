"""How long an answer may be used without asking again. PURE: the clock comes in. RFC 9111, RFC 8246 (immutable)."""

from __future__ import annotations

from capsa.transport.port import Headers

_YEAR = 31_536_000.0


def lifetime_of(headers: Headers, now: float) -> float | None:
    """Return for how many seconds from ``now`` an answer is fresh by its own word; None where it says nothing.

    0 means that it must be checked each time.
    """
    told = [part.strip().partition("=") for part in headers.get("Cache-Control").lower().split(",")]
    directives = {name.strip(): value.strip(' "') for name, _, value in told}
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    if "max-age" in directives:
        age = directives["max-age"]
        seconds = float(age) if age.isascii() and age.isdigit() else 0.0
        return max(min(seconds, _YEAR) - (headers.number("Age") or 0), 0.0)
    if "immutable" in directives:
        return _YEAR
    return _until(headers.get("Expires"), now) if headers.get("Expires") else None


def is_fresh(*, asked: float, lifetime: float | None, max_age: float, now: float) -> bool:
    """Whether an answer of the time ``asked`` may be used now; ``max_age`` rules where it told no lifetime."""
    age = now - asked
    return 0 <= age < (max_age if lifetime is None else lifetime)


def _until(expires: str, now: float) -> float:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 9 ms; nearly every index says max-age

    try:
        return max(parsedate_to_datetime(expires).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return 0.0  # RFC 9111: an unreadable date, mostly "0", lies in the past
