"""Distribution files and their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsa.model.distribution import Distribution, FileName, Releases, parse_filename, parse_version
from capsa.model.name import normalize


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("six-1.17.0-py2.py3-none-any.whl", ("six", "1.17.0", "py2.py3-none-any", (0, ""))),
        ("Foo_Bar-01.0rc1-cp39-abi3-linux_a.linux_b.whl", ("foo-bar", "1.0rc1", "cp39-abi3-linux_a.linux_b", (0, ""))),
        ("a-1.0+local.1-2b-py3-none-any.whl", ("a", "1.0+local.1", "py3-none-any", (2, "b"))),
        ("a-1!2.0-py3-none-any.whl", ("a", "1!2.0", "py3-none-any", (0, ""))),
        ("zope.interface-6.0.tar.gz", ("zope-interface", "6.0", None, (0, ""))),
        ("a-b-1.0.zip", ("a-b", "1.0", None, (0, ""))),
        ("a-1.0-py3.8.egg", None),
        ("a-1.0.exe", None),
        ("a-1.0.tar.bz2", None),
        ("a-not.a.version-py3-none-any.whl", None),
        ("a-not.a.version.tar.gz", None),
        ("a-1.0.whl", None),
        ("a-1.0-none-any.whl", None),
        ("a.tar.gz", None),
        (".whl", None),
        ("", None),
    ],
)
def test_a_file_name_tells_project_version_tags_and_build(filename, expected):
    name = parse_filename(filename)
    assert (None if name is None else (name.project, name.version, name.tags, name.build)) == expected


LIKELY = r"[a-z._-]{1,5}-[0-9a-z.!+-]{0,6}(-[a-z0-9._]{0,4}){0,5}(\.whl|\.tar\.gz|\.zip)"


@given(st.text() | st.from_regex(LIKELY, fullmatch=True))
def test_no_name_is_a_surprise(filename):
    name = parse_filename(filename)
    assert name is None or isinstance(name, FileName)
    if name is not None:
        assert name.project == normalize(name.project)
        assert parse_version(name.version) is not None


def test_a_wheel_has_tags_and_an_sdist_has_none():
    wheel = Distribution(project="a", version="1", filename="a-1-py3-none-any.whl", url="", tags="py3-none-any")
    sdist = Distribution(project="a", version="1", filename="a-1.tar.gz", url="")
    assert (wheel.is_wheel, sdist.is_wheel) == (True, False)


def test_releases_ask_for_files_only_when_they_are_wanted():
    asked = []

    def files(version):
        asked.append(version)
        return (Distribution(project="a", version=version, filename=f"a-{version}.tar.gz", url=""),)

    releases = Releases("a", versions=("1", "2"), files=files, index="https://index.example/simple")
    assert (releases.project, releases.versions, releases.index) == ("a", ("1", "2"), "https://index.example/simple")
    assert asked == []
    assert releases.files("2")[0].filename == "a-2.tar.gz"
    assert asked == ["2"]


@pytest.mark.parametrize("name", ["Foo.Bar", "foo_bar", "FOO--bar", "foo-.-bar"])
def test_names_are_compared_in_one_form(name):
    assert normalize(name) == "foo-bar"


def test_a_text_that_is_no_version_is_none():
    assert parse_version("1.0.0") == parse_version("1")
    assert parse_version("dog") is None


@pytest.mark.parametrize("name", ["a-{}.zip", "a-{}-py3-none-any.whl", "a-1.0-{}-py3-none-any.whl"])
def test_a_number_of_more_digits_than_python_reads_is_no_version_and_no_build(name):
    assert parse_filename(name.format("9" * 5000)) is None
    assert parse_version("9" * 5000) is None
