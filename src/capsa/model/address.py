"""URLs as values: what of them may be shown, kept and compared. PURE."""

from __future__ import annotations


def without_userinfo(url: str) -> str:
    """Return a URL that can still be asked for, without the user name and password in it."""
    head, mark, rest = url.partition("://")
    end = min((rest.find(stop) for stop in "/?#" if stop in rest), default=len(rest))
    if not mark or "@" not in rest[:end]:
        return url
    return f"{head}://{rest[:end].rpartition('@')[2]}{rest[end:]}"
