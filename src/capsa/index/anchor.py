"""The links of an HTML page of the simple API (PEPs 503, 592, 658, 714), also of a find-links page. PURE.

Such pages are one plain link after another, thousands of them. A regular expression reads those ten times as fast as
the standard library's parser; whatever is not that plain, the parser reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

_ATTRIBUTE = r'\s+([a-zA-Z][a-zA-Z0-9-]*)(?:="([^"<]*)")?'
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# A link as indexes write it, with the text and the white space after it, up to the next tag.
_LINK = re.compile(rf"<a((?:{_ATTRIBUTE})*)\s*>[^<]*</a>[^<]*(?:<br\s*/?>[^<]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """What a page holds: ``links`` are the attributes of each ``<a>`` with an href, unescaped, in page order.

    ``address`` is the page's ``<base href>`` or None; ``api_version`` the text of its repository version, or "".
    """

    links: list[dict[str, str]]
    address: str | None
    api_version: str


class _Reader(HTMLParser):
    """Collects the start tags; text and end tags say nothing that is wanted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[dict[str, str]] = []
        self.address: str | None = None
        self.api_version = ""

    @property
    def is_inside(self) -> bool:
        """Whether what comes next belongs to something unfinished: a comment, a script, a tag."""
        return bool(self.rawdata) or self.cdata_elem is not None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            link = {name: value or "" for name, value in attrs}
            if "href" in link:
                self.links.append(link)
        elif tag == "base" and self.address is None:
            self.address = dict(attrs).get("href")
        elif tag == "meta":
            fields = dict(attrs)
            if fields.get("name") == "pypi:repository-version":
                self.api_version = fields.get("content") or ""


def _read_plain(text: str, start: int, links: list[dict[str, str]]) -> int:
    """Add the plain links that begin at ``start``, one right after the other; return where they end."""
    while (found := _LINK.match(text, start)) is not None:
        start = found.end()
        link = {name.lower(): value for name, value in _ATTRIBUTES.findall(found[1])}
        if "href" in link:
            links.append({name: unescape(value) if "&" in value else value for name, value in link.items()})
    return start


def anchors_in(text: str) -> Anchors:
    """Return the links of an HTML page, however ill-formed it is.

    Raises AssertionError, as the standard library's parser does, for a marked section of no known kind.
    """
    reader = _Reader()
    start = text.find("<a ")
    if start > 0:
        reader.feed(text[:start])
    if start >= 0 and not reader.is_inside:
        start = _read_plain(text, start, reader.links)
    reader.feed(text[max(start, 0) :])
    reader.close()
    return Anchors(links=reader.links, address=reader.address, api_version=reader.api_version)
