"""Digesting a page loses nothing that a whole reading of each file name would find, in JSON as in HTML."""

import html
import json
import marshal
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st
from packaging.version import Version

from capsa.errors import FetchError
from capsa.index.listing import parse_listing, releases_from
from capsa.model.address import without_userinfo
from capsa.model.distribution import parse_filename
from capsa.transport.port import without_secrets

URL = "https://index.example/simple/some-pkg/"

PROJECTS = st.sampled_from(["some_pkg", "Some.Pkg", "some-pkg", "somepkg", "other", "some_pkg-extra", ""])
VERSIONS = st.one_of(
    st.sampled_from(["1.0", "1.0.0", "1!2.0rc1.post3.dev4", "01.2", "1.0+local.1", "one", "", "1.0-1", "1.0_1"]),
    st.from_regex(r"\A(0|[1-9][0-9]?)\.[0-9](\.[0-9])?((a|b|rc)[0-9])?(\.post[0-9])?(\.dev[0-9])?\Z"),
)
ENDINGS = st.one_of(
    st.sampled_from([".tar.gz", ".zip", ".whl", ".egg", ".exe", "-py3-none-any.whl", "-1-py2.py3-none-any.whl"]),
    st.sampled_from(
        ["-1a-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "-x-py3-none-any.whl", "-py3.whl"]
    ),
    st.text(max_size=8),
)
NAMES = st.builds(lambda project, version, end: f"{project}-{version}{end}", PROJECTS, VERSIONS, ENDINGS)
ROWS = st.lists(NAMES, max_size=30)


def told(document):
    releases = releases_from(marshal.loads(marshal.dumps(document)))
    return releases.versions, [d for version in releases.versions for d in releases.files(version)]


def digest(names):
    rows = [{"filename": name, "url": f"https://files.example.org/{number}"} for number, name in enumerate(names)]
    content = json.dumps({"meta": {"api-version": "1.0"}, "files": rows}).encode()
    return parse_listing(content, content_type="application/json", url=URL, project="some-pkg")


@example(["some_pkg-1.0-1.whl"])
@given(ROWS)
def test_each_file_name_is_read_as_if_it_stood_alone(names):
    document = digest(names)
    versions, files = told(document)
    assert list(versions) == sorted(versions, key=Version)
    assert len({Version(version) for version in versions}) == len(versions)
    plain = [name for name in names if name.isprintable() and "/" not in name and "\\" not in name]
    known = {number: parse_filename(name) for number, name in enumerate(names) if name in plain}
    wanted = {
        (f"https://files.example.org/{number}", names[number], one.version, one.tags, one.build)
        for number, one in known.items()
        if one is not None and one.project == "some-pkg"
    }
    assert {(d.url, d.filename, d.version, d.tags, d.build) for d in files} == wanted
    assert document["skipped"] == len(names) - len(wanted)


@given(ROWS)
def test_html_and_json_give_the_same(names):
    names = [name for name in names if not set(name) & set("/?#%\\\r\n\t\0") and name.strip() == name]
    links = "".join(
        f'<a href="https://files.example.org/{html.escape(name)}">{html.escape(name)}</a>' for name in names
    )
    document = parse_listing(links.encode("utf-8", "replace"), content_type="text/html", url=URL, project="some-pkg")
    assert told(document)[0] == told(digest(names))[0]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from([URL]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "filename",
        "url",
        "hashes",
        "size",
        "requires-python",
        "yanked",
        "core-metadata",
        "dist-info-metadata",
        "upload-time",
    ]
)
FILES = st.dictionaries(KEYS, VALUES | st.sampled_from(["some_pkg-1.0.zip", {"sha256": "a" * 64}]), max_size=9)


@given(st.lists(FILES | VALUES, max_size=8), VALUES)
def test_no_json_page_is_a_crash(files, meta):
    content = json.dumps({"meta": meta, "files": files}).encode()
    try:
        document = parse_listing(content, content_type="application/json", url=URL, project="some-pkg")
    except FetchError:
        return
    versions, found = told(document)
    assert all(isinstance(d.url, str) and d.url.startswith(("https://", "http://")) for d in found)
    assert set(versions) <= {"1.0"}


@given(st.binary(max_size=300), st.sampled_from(["text/html", "application/json", "", "text/html; charset=utf-16"]))
def test_no_bytes_are_a_crash(content, kind):
    with suppress(FetchError):
        told(parse_listing(content, content_type=kind, url=URL, project="some-pkg"))


@given(st.text(alphabet="ab:@/?#[]%.", max_size=20))
def test_no_password_is_shown_whatever_the_url(rest):
    url = f"https://ann:hunter2@{rest}"
    for shown in (without_secrets(url), without_userinfo(url)):
        assert "hunter2" not in shown
        assert shown.startswith("https:")
    assert "hunter2" not in without_secrets(f"https://index.example/{rest.replace('#', '')}?token=hunter2")
