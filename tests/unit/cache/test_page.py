import marshal
import os
import sys

import pytest

from capsa.cache.page import Pages, read_page, write_page
from capsa.disk.refusal import RefusedError

DOCUMENT = {"versions": ("1.0", "2.0"), "mask": 1 << 200, "none": None, "bytes": b"\0\xff", "list": [1.5, True]}


def test_a_document_comes_back_as_it_was(tmp_path):
    pages = Pages(str(tmp_path / "listing-v1"))
    pages.write("index/six", DOCUMENT)
    assert pages.read("index/six") == DOCUMENT
    assert pages.path("index/six") == f"{tmp_path}/listing-v1/index/six"
    assert os.listdir(tmp_path / "listing-v1" / "index") == ["six"]


def test_a_document_is_replaced_whole(tmp_path):
    pages = Pages(str(tmp_path))
    pages.write("six", [1] * 1000)
    pages.write("six", [2])
    assert pages.read("six") == [2]


def test_none_is_a_document_like_a_missing_one(tmp_path):
    pages = Pages(str(tmp_path))
    assert pages.read("six") is None
    pages.write("six", None)
    assert pages.read("six") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: bytes(len(content)),
        lambda content: b"x" + content[1:],
        lambda content: content[:21] + b"?" * (len(content) - 21),
        lambda _: marshal.dumps(DOCUMENT),
    ],
    ids=["empty", "cut off", "too long", "zeros", "another head", "garbage", "no head"],
)
def test_what_can_not_be_read_is_none(tmp_path, damage):
    path = tmp_path / "page"
    write_page(str(path), DOCUMENT)
    path.write_bytes(damage(path.read_bytes()))
    assert read_page(str(path)) is None


def test_a_folder_in_its_place_is_none(tmp_path):
    assert read_page(str(tmp_path)) is None


@pytest.mark.parametrize("name", ["", "..", "../x", "a/../b", "/etc", "a//b", "a\\b", "a\0", "./a", "a/"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    with pytest.raises(ValueError):  # noqa: PT011 - the name itself is the message
        Pages(str(tmp_path)).read(name)


def test_a_value_that_is_not_plain_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="unmarshallable"):
        write_page(str(tmp_path / "folder" / "page"), {"x": sys})
    assert os.listdir(tmp_path) == []


def test_a_page_that_can_not_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError, match="something in its place"):
        write_page(str(tmp_path / "file" / "page"), 1)
