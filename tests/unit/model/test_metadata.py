"""Core metadata, held against the email package on every distribution of the Python that runs the tests."""

import importlib.metadata
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

from capsa.errors import IntegrityError
from capsa.model.metadata import parse_metadata

TEXT = """\
Metadata-Version: 2.4
Name: Foo.Bar
VERSION: 1.0
Summary: Größe
Author: Łukasz
License-Expression: MIT
License: first line
        second line
       |third: line
Project-URL: Source, https://x.example/src
Project-URL: Home-Page , https://x.example
Requires-Python: >=3.8,
  <4
Requires-Dist: a >=1 ;
    extra == "x"
Requires-Dist: b
Provides-Extra: Big_One
Provides-Extra:x

Name: not a header
Requires-Dist: nor this
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_headers_are_read_and_the_description_is_not(end):
    metadata = parse_metadata(TEXT.replace("\n", end).encode(), "METADATA")
    assert (metadata.name, metadata.project, metadata.version) == ("Foo.Bar", "foo-bar", "1.0")
    assert metadata.requires == ('a >=1 ; extra == "x"', "b")
    assert metadata.requires_python == ">=3.8, <4"
    assert metadata.extras == ("big-one", "x")
    assert metadata.details == {
        "summary": "Größe",
        "author": "Łukasz",
        "license-expression": "MIT",
        "license": "first line\n        second line\n       |third: line",
        "home-page": "https://x.example",
    }


def test_an_own_home_page_is_not_replaced_and_silence_is_none():
    metadata = parse_metadata(b"Name: a\nVersion: 1\nHome-page: https://h\nProject-URL: homepage, https://p\n", "M")
    assert metadata.details == {"home-page": "https://h"}
    assert (metadata.requires, metadata.requires_python, metadata.extras) == ((), None, ())
    assert parse_metadata(b"Name: a\nVersion: 1\nSummary:\nRequires-Python:\n", "M").requires_python is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x/METADATA has no Name, so it is not core metadata"),
        (b"Name: a\n\nVersion: 1\n", "x/METADATA has no Version, so it is not core metadata"),
        (b"Version: 1\n", "x/METADATA has no Name, so it is not core metadata"),
        (b"Name:\nVersion: 1\n", "x/METADATA has no Name, so it is not core metadata"),
        (b"\x00\xff\xfe", "x/METADATA has no Name, so it is not core metadata"),
        (b"Name: a\nno colon here\nVersion: 1\n", "x/METADATA has no Version, so it is not core metadata"),
    ],
)
def test_a_file_without_name_or_version_is_told_by_its_place(content, message):
    with pytest.raises(IntegrityError) as caught:
        parse_metadata(content, "x/METADATA")
    assert str(caught.value) == message


def test_bytes_that_are_no_text_harm_only_their_own_field():
    metadata = parse_metadata(b"Name: a\nVersion: 1\nAuthor: \xff\xfe\nRequires-Dist: b\n", "M")
    assert metadata.requires == ("b",)


def test_the_email_package_reads_the_same_of_every_distribution_here():
    checked = 0
    for distribution in importlib.metadata.distributions():
        path = Path(str(distribution.locate_file(""))) / f"{distribution._path.name}/METADATA"
        if not path.is_file():
            continue
        content = path.read_bytes()
        message, metadata = BytesHeaderParser().parsebytes(content), parse_metadata(content, str(path))
        assert (metadata.name, metadata.version) == (message["Name"], message["Version"])
        assert metadata.requires == tuple(" ".join(text.split()) for text in message.get_all("Requires-Dist", []))
        assert len(metadata.extras) == len(message.get_all("Provides-Extra", []))
        checked += 1
    assert checked > 3
