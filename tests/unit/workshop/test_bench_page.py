"""Pages of the mirror: what capsa and others read in them."""

import json

from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from workshop.bench.page import KIND, RELEASES, TAGS, MirroredFile, format_page, normalize, split_wheel

from capsa.index.listing import parse_listing

WHEEL = MirroredFile(
    filename="Charset_Normalizer-0.0.4-py3-none-any.whl",
    sha256="ab" * 32,
    size=1234,
    requires_python=">=3.8",
    metadata_sha256="cd" * 32,
)


def rows(releases=0):
    return json.loads(format_page("charset-normalizer", [WHEEL], releases=releases))["files"]


def test_a_file_is_given_with_hash_size_and_metadata_below_the_folder_of_files():
    [row] = rows()
    assert row["url"] == "../../files/Charset_Normalizer-0.0.4-py3-none-any.whl"
    assert row["hashes"] == {"sha256": "ab" * 32}
    assert row["core-metadata"] == {"sha256": "cd" * 32}
    assert (row["size"], row["requires-python"], row["yanked"]) == (1234, ">=3.8", False)


def test_no_demand_on_python_is_no_key():
    file = MirroredFile(filename="a-1-py3-none-any.whl", sha256="", size=1, requires_python="", metadata_sha256="")
    assert "requires-python" not in json.loads(format_page("a", [file]))["files"][0]


def test_invented_releases_are_older_than_any_real_one_and_well_named():
    invented = rows(3)[:-1]
    wheels = [parse_wheel_filename(row["filename"]) for row in invented if row["filename"].endswith(".whl")]
    sdists = [parse_sdist_filename(row["filename"]) for row in invented if row["filename"].endswith(".tar.gz")]
    assert len(wheels) == 3 * len(TAGS)
    assert {name for name, *_ in (*wheels, *sdists)} == {"charset-normalizer"}
    assert max(version for _, version, *_ in (*wheels, *sdists)) < Version("0.0.4")
    assert len({row["hashes"]["sha256"] for row in invented}) == len(invented)


def test_a_padded_page_has_the_weight_of_a_real_one():
    page = format_page("charset-normalizer", [WHEEL], releases=RELEASES)
    assert 200_000 < len(page) < 320_000
    assert len(json.loads(page)["files"]) == RELEASES * 6 + 1


def test_capsa_reads_every_row_of_such_a_page():
    content = format_page("charset-normalizer", [WHEEL], releases=2).encode()
    url = "http://127.0.0.1:1/simple/charset-normalizer/"
    document = parse_listing(content, content_type=KIND, url=url, project="charset-normalizer")
    assert document["versions"] == ("0.0.0.0", "0.0.0.1", "0.0.4")
    assert document["skipped"] == 0


def test_names_and_versions_come_out_of_a_wheel_s_name():
    assert split_wheel(WHEEL.filename) == ("charset-normalizer", "0.0.4")
    assert split_wheel("a.b-1.0+x-1-py3-none-any.whl") == ("a-b", "1.0+x")
    assert normalize("Zope..Interface_x") == "zope-interface-x"
