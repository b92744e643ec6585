"""The links of an HTML page of the simple API (PEPs 503, 592, 658, 714), also of a find-links page. PURE.

Such pages are one plain link after another, thousands of them. A regular expression reads those ten times as fast as
the standard library's parser; whatever is not that plain, the parser reads.
"""

from __future__ import annotations

import re

from capsa.value import value

_ATTRIBUTE = r'\s+([a-zA-Z][a-zA-Z0-9-]*)(?:="([^"<]*)")?'
# A link as indexes write it, with the text and the white space after it, up to the next tag.
_LINK = rf"<a((?:{_ATTRIBUTE})*)\s*>[^<]*</a>[^<]*(?:<br\s*/?>[^<]*)?"


@value
class Anchors:
    """What a page holds: ``links`` are the attributes of each ``<a>`` with an href, unescaped, in page order.

    ``address`` is the page's ``<base href>`` or None; ``api_version`` the text of its repository version, or "".
    """

    links: list[dict[str, str]]
    address: str | None
    api_version: str


class _Reader:
    """Collects the start tags; text and end tags say nothing that is wanted."""

    def __init__(self) -> None:
        from html.parser import HTMLParser  # noqa: PLC0415 - 10 ms, and nearly every index speaks JSON

        self.parser = HTMLParser(convert_charrefs=True)
        setattr(self.parser, "handle_starttag", self._take)  # noqa: B010 - mypy takes a plain assignment for a method
        self.links: list[dict[str, str]] = []
        self.address: str | None = None
        self.api_version = ""

    @property
    def is_inside(self) -> bool:
        """Whether what comes next belongs to something unfinished: a comment, a script, a tag."""
        return bool(self.parser.rawdata) or self.parser.cdata_elem is not None

    def _take(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
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
    from html import unescape  # noqa: PLC0415 - as above

    plain, attributes = re.compile(_LINK), re.compile(_ATTRIBUTE)
    while (found := plain.match(text, start)) is not None:
        start = found.end()
        link = {name.lower(): value for name, value in attributes.findall(found[1])}
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
        reader.parser.feed(text[:start])
    if start >= 0 and not reader.is_inside:
        start = _read_plain(text, start, reader.links)
    reader.parser.feed(text[max(start, 0) :])
    reader.parser.close()
    return Anchors(links=reader.links, address=reader.address, api_version=reader.api_version)
