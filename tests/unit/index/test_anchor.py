from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capsa.index.anchor import Anchors, _Reader, anchors_in

PIECES = (
    "<!DOCTYPE html><html><head>",
    '<meta name="pypi:repository-version" content="1.1">',
    "<title>Links for lamp</title>",
    '<base href="https://files.example.org/">',
    "</head><body>",
    '<a href="lamp-1.0-py3-none-any.whl#sha256=00">lamp-1.0-py3-none-any.whl</a><br/>\n',
    '<a href="lamp-2.0.tar.gz" data-requires-python="&gt;=3.8,&lt;4" data-yanked>lamp-2.0.tar.gz</a><br />',
    '<a href="raw.whl" data-requires-python=">=3.8">raw</a>',
    "<a href='single.whl'>single</a>",
    "<a href=bare.whl>bare</a>",
    '<A HREF="upper.whl" DATA-YANKED="why &amp; how">upper</A>',
    '<a name="no-link">here</a>',
    '<a href="twice.whl" href="again.whl">twice</a>',
    '<a href="cut.whl',
    "<a>empty</a>",
    "<!-- ",
    " -->",
    "<script>",
    "</script>",
    "text & more",
    "\n",
    "<br>",
    "</a>",
    "<",
)


def slowly(text: str) -> Anchors:
    """What the standard library's parser makes of a page."""
    reader = _Reader()
    reader.parser.feed(text)
    reader.parser.close()
    return Anchors(links=reader.links, address=reader.address, api_version=reader.api_version)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example(PIECES[5] * 3)
@example("<!-- " + PIECES[5] + " -->" + PIECES[6])
@example("<script>" + PIECES[5] + "</script>" + PIECES[6])
def test_the_quick_reader_and_the_standard_parser_find_the_same(text: str) -> None:
    assert anchors_in(text) == slowly(text)


@pytest.mark.parametrize("text", ["", "no links", "<a", "<a "])
def test_a_page_without_links_has_none(text: str) -> None:
    assert anchors_in(text) == Anchors(links=[], address=None, api_version="")
