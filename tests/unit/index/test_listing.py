import json
import marshal

import pytest

from capsa.errors import FetchError
from capsa.index.listing import merge_releases, parse_find_links, parse_listing, parse_names, releases_from

URL = "https://index.example/simple/some-pkg/"
JSON = "application/vnd.pypi.simple.v1+json"
A, B = "a" * 64, "b" * 64


def page(*files, version="1.1", kind=JSON, url=URL):
    content = json.dumps({"meta": {"api-version": version}, "name": "some-pkg", "files": files}).encode()
    return parse_listing(content, content_type=kind, url=url, project="some-pkg")


def html(text, url=URL, kind="text/html"):
    return parse_listing(text.encode(), content_type=kind, url=url, project="some-pkg")


def only(document):
    releases = releases_from(document)
    (version,) = releases.versions
    (distribution,) = releases.files(version)
    return distribution


def row(filename="some_pkg-1.0-py3-none-any.whl", **fields):
    return {"filename": filename, "url": f"https://files.example.org/{filename}", **fields}


def test_a_json_page_gives_every_field():
    fields = {"hashes": {"sha256": A.upper(), "md5": "x"}, "size": 7, "requires-python": " >=3.8 ", "yanked": "broken"}
    document = page(row(**fields, **{"core-metadata": {"sha256": B}, "upload-time": "2024-01-01T00:00:00Z"}))
    distribution = only(document)
    assert distribution.project == "some-pkg"
    assert distribution.version == "1.0"
    assert distribution.url == "https://files.example.org/some_pkg-1.0-py3-none-any.whl"
    assert (distribution.sha256, distribution.size, distribution.metadata_sha256) == (A, 7, B)
    assert (distribution.requires_python, distribution.yanked) == (">=3.8", "broken")
    assert (distribution.uploaded, distribution.tags) == ("2024-01-01T00:00:00Z", "py3-none-any")


def test_what_a_json_page_leaves_out_is_absent():
    distribution = only(page(row()))
    assert (distribution.sha256, distribution.size, distribution.requires_python) == (None, None, None)
    assert (distribution.yanked, distribution.metadata_sha256, distribution.uploaded) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "metadata", "yanked"),
    [
        ({"core-metadata": True}, "", None),
        ({"core-metadata": {}}, "", None),
        ({"core-metadata": {"md5": "x"}}, "", None),
        ({"core-metadata": False, "dist-info-metadata": True}, None, None),
        ({"dist-info-metadata": {"sha256": A}}, A, None),
        ({"yanked": True}, None, ""),
        ({"yanked": False}, None, None),
        ({"yanked": ""}, None, None),
        ({"yanked": "why"}, None, "why"),
    ],
)
def test_metadata_and_yanked_have_several_forms(fields, metadata, yanked):
    distribution = only(page(row(**fields)))
    assert (distribution.metadata_sha256, distribution.yanked) == (metadata, yanked)


@pytest.mark.parametrize("sha256", ["../../etc", "A" * 63, "g" * 64, 7, None, "٣" * 64])
def test_a_hash_that_is_none_is_not_a_hash(sha256):
    assert only(page(row(hashes={"sha256": sha256}))).sha256 is None


def test_versions_are_sorted_and_normalized_and_files_keep_their_order():
    names = ["some_pkg-1.10-py3-none-any.whl", "some_pkg-1.9.tar.gz", "Some.Pkg-1.9.0.post2-2local-py3-none-any.whl"]
    names += ["some_pkg-1.9-cp311-cp311-linux_x86_64.whl", "some_pkg-1.9rc1.zip", "some_pkg-1.9-1-py3-none-any.whl"]
    releases = releases_from(page(*[row(name) for name in names]), index="https://index.example/simple")
    assert releases.versions == ("1.9rc1", "1.9", "1.9.0.post2", "1.10")
    assert [(d.filename, d.tags, d.build) for d in releases.files("1.9")] == [
        ("some_pkg-1.9.tar.gz", None, (0, "")),
        ("some_pkg-1.9-cp311-cp311-linux_x86_64.whl", "cp311-cp311-linux_x86_64", (0, "")),
        ("some_pkg-1.9-1-py3-none-any.whl", "py3-none-any", (1, "")),
    ]
    assert releases.index == "https://index.example/simple"


def test_what_is_no_file_of_the_project_is_skipped_and_counted():
    names = ["some_pkg-1.0.exe", "other-1.0-py3-none-any.whl", "some_pkg-one-py3-none-any.whl", "some_pkg-1.0.egg", ""]
    names += [
        "some_pkg-1.0-py3-none-any/../x.whl",
        "../some_pkg-1.0.tar.gz",
        "some_pkg-1.0-py3-none-a\nny.whl",
        "a.whl",
    ]
    document = page(*[row(name) for name in names], 7, {"filename": 7, "url": "x"}, {"filename": "some_pkg-1.zip"})
    assert document["versions"] == ()
    assert document["skipped"] == len(names) + 3


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("../../files/x.whl", "https://index.example/files/x.whl"),
        ("/files/x.whl", "https://index.example/files/x.whl"),
        ("//other.example/x.whl", "https://other.example/x.whl"),
        ("http://files.example/x.whl#sha256=0", "http://files.example/x.whl"),
        ("https://ann:pw@files.example/x.whl?sig=1", "https://files.example/x.whl?sig=1"),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("//[broken/x", None),
    ],
)
def test_addresses_are_made_whole_hold_no_password_and_lead_to_the_web(url, found):
    place = "https://ann:pw@index.example/simple/some-pkg/"
    document = page({"filename": "some_pkg-1.0.tar.gz", "url": url}, url=place)
    assert (only(document).url if document["versions"] else None) == found


@pytest.mark.parametrize("turn", [1, -1])
def test_one_file_name_says_nothing_of_another(turn):
    names = ["some_pkg-1.0.tar.gz", "some_pkg-1.0.tar.gz-py3-none-any.whl", "some_pkg-2.0-py3-none-any.whl"]
    assert page(*[row(name) for name in names[::turn]])["versions"] == ("1.0", "2.0")


def test_equal_versions_are_one_and_each_file_keeps_its_own_text():
    releases = releases_from(page(row("some_pkg-1.0.tar.gz"), row("some_pkg-1.0.0-py3-none-any.whl")))
    assert releases.versions == ("1.0",)
    assert [d.version for d in releases.files("1.0")] == ["1.0", "1.0.0"]
    other = releases_from(page(row("some_pkg-1-py3-none-any.whl")))
    assert [d.version for d in merge_releases([releases, other]).files("1.0")] == ["1.0", "1.0.0", "1"]


def test_a_local_page_may_link_local_files():
    place = "file:///srv/index/some-pkg/"
    document = html('<a href="../files/some_pkg-1.0.tar.gz">x</a>', url=place)
    assert only(document).url == "file:///srv/index/files/some_pkg-1.0.tar.gz"


def test_an_html_page_gives_what_its_attributes_say():
    text = f"""<!DOCTYPE html><meta name="pypi:repository-version" content="1.3"><base href="https://files.example/d/">
    <a href="some_pkg-1.0-py3-none-any.whl#sha256={A}" data-requires-python="&gt;=3.8,&lt;4" data-yanked="bad &amp; old"
       data-core-metadata="sha256={B}" data-dist-info-metadata="true">some_pkg-1.0-py3-none-any.whl</a>"""
    distribution = only(html(text))
    assert distribution.url == "https://files.example/d/some_pkg-1.0-py3-none-any.whl"
    assert (distribution.sha256, distribution.metadata_sha256) == (A, B)
    assert (distribution.requires_python, distribution.yanked) == (">=3.8,<4", "bad & old")


@pytest.mark.parametrize(
    ("attributes", "metadata", "yanked"),
    [
        ("data-yanked", None, ""),
        ('data-yanked=""', None, ""),
        ("data-core-metadata=true", "", None),
        ("data-core-metadata=false", None, None),
        (f"data-dist-info-metadata=sha256={A}", A, None),
        (f"data-dist-info-metadata=md5={A}", "", None),
        ("", None, None),
    ],
)
def test_html_attributes_have_several_forms(attributes, metadata, yanked):
    distribution = only(html(f"<a href='some_pkg-1.0-py3-none-any.whl' {attributes}>x"))
    assert (distribution.metadata_sha256, distribution.yanked) == (metadata, yanked)


def test_html_file_names_are_unquoted_and_other_hashes_ignored():
    distribution = only(html("<A HREF='some_pkg-1.0%2Blocal-py3-none-any.whl?x=/y#md5=abc'>text"))
    assert distribution.filename == "some_pkg-1.0+local-py3-none-any.whl"
    assert (distribution.version, distribution.sha256) == ("1.0+local", None)


def test_ill_formed_html_is_read_as_far_as_it_goes():
    document = html("<html><a><a href=><a href='some_pkg-1.0.tar.gz'<b></a></p>&#0;<a href='some_pkg-2.0.tar.gz'>")
    assert "2.0" in document["versions"]


def test_a_page_is_known_by_its_type_or_by_its_first_character():
    for kind in ("application/json", "application/vnd.pypi.simple.v1+json; charset=utf-8", "", "text/plain"):
        assert page(row(), kind=kind)["versions"] == ("1.0",)
    for kind in ("application/vnd.pypi.simple.v1+html", "", "text/html; charset=latin-1", "text/html; charset=none"):
        assert html("<a href='some_pkg-1.0.tar.gz'>", kind=kind)["versions"] == ("1.0",)


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"{", JSON, "is not a page of the simple API"),
        (b"[]", JSON, "is not a page of the simple API"),
        (b'{"files": 7}', JSON, "it has no list of files"),
        (b"[" * 100_000, JSON, "is not a page of the simple API"),
        (b"\xff\xfe{", JSON, "is not a page of the simple API"),
        (b'{"meta": {"api-version": "2.0"}, "files": []}', JSON, "speaks version 2.0"),
        (b"<meta name='pypi:repository-version' content='2.1'>", "text/html", "speaks version 2.1"),
        (b"{}", "application/vnd.pypi.simple.v2+json", "speaks version 2 "),
    ],
)
def test_what_is_no_page_is_said_with_its_address(content, kind, reason):
    with pytest.raises(FetchError, match=reason) as caught:
        parse_listing(content, content_type=kind, url="https://u:secret@index.example/simple/x/", project="x")
    assert str(caught.value).startswith("https://index.example/simple/x/ ")


def test_a_document_survives_marshal():
    document = page(row(hashes={"sha256": A}, **{"core-metadata": {"sha256": B}}))
    again = marshal.loads(marshal.dumps(document))
    assert again == document
    assert only(again) == only(document)


def test_find_links_are_sorted_by_project():
    content = b"<a href='some_pkg-1.0.tar.gz'><a href='Other-2.0-py3-none-any.whl'><a href='../'>"
    found = parse_find_links(content, content_type="text/html", url="https://files.example/all/")
    assert {name: document["versions"] for name, document in found.items()} == {"some-pkg": ("1.0",), "other": ("2.0",)}
    assert only(found["other"]).url == "https://files.example/all/Other-2.0-py3-none-any.whl"


def test_names_of_a_folder_become_addresses_in_it():
    found = parse_names(["some_pkg-1.0+x y.txt", "some_pkg-1.0+x-py3-none-any.whl", "sub"], url="file:///srv/w/")
    assert list(found) == ["some-pkg"]
    assert only(found["some-pkg"]).url == "file:///srv/w/some_pkg-1.0%2Bx-py3-none-any.whl"


def test_merged_releases_keep_the_order_of_places_and_a_name_counts_once():
    one = releases_from(page(row("some_pkg-1.0.tar.gz", size=1), row("some_pkg-3.0.tar.gz")), index="one")
    two = releases_from(
        page(row("some_pkg-1.0.tar.gz", size=2), row("some_pkg-1.0.zip"), row("some_pkg-2.0.zip")), index="two"
    )
    both = merge_releases([one, two])
    assert both.versions == ("1.0", "2.0", "3.0")
    assert [(d.filename, d.size) for d in both.files("1.0")] == [("some_pkg-1.0.tar.gz", 1), ("some_pkg-1.0.zip", None)]
    assert both.index == "one, two"
    assert merge_releases([one]) is one


@pytest.mark.parametrize("text", ['<base href="http://[">', "<![foo bar", '<base href="http://ann:secret@[x">'])
def test_a_hostile_page_is_a_failure_that_names_it_without_secrets(text):
    url = URL.replace("//", "//ann:secret@") + "?token=secret"
    for read in (html, lambda text, url: parse_find_links(text.encode(), content_type="text/html", url=url)):
        with pytest.raises(FetchError) as caught:
            read(text, url=url)
        assert str(caught.value) == f"{URL} is not a page of the simple API: it can't be read"


@pytest.mark.parametrize("charset", ["idna", "undefined", "utf\0-8", "no-such"])
def test_a_charset_that_decodes_nothing_is_read_as_utf_8(charset):
    document = html('<a href="some_pkg-1.0.zip">x</a>', kind=f"text/html; charset={charset}")
    assert document["versions"] == ("1.0",)


def test_a_file_name_with_a_number_of_any_length_is_skipped():
    nines = "9" * 5000
    document = page(row(f"some_pkg-{nines}.zip"), row(f"some_pkg-1.0-{nines}-py3-none-any.whl"), row())
    assert (document["versions"], document["skipped"]) == (("1.0",), 2)
