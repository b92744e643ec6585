"""Options in a requirements file."""

import pytest

from capsa.errors import RequirementError
from capsa.model.requirement import Origin
from capsa.project.option import parse_hash, parse_options, parse_projects, split_editable, split_options

HERE = Origin(place="r.txt", line=3)
DIGEST = "0123456789abcdef" * 4


def given(text):
    return [(option.name, option.value) for option in parse_options(text, HERE)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("-r a.txt -c b.txt", [("--requirement", "a.txt"), ("--constraint", "b.txt")]),
        ("-ra.txt", [("--requirement", "a.txt")]),
        ("--requirement=a.txt", [("--requirement", "a.txt")]),
        ("--requirement 'a b.txt'", [("--requirement", "a b.txt")]),
        ("--req a.txt", None),
        ("--requirem a.txt", [("--requirement", "a.txt")]),
        ("-i https://index.example", [("--index-url", "https://index.example")]),
        ("--pypi-url https://index.example", [("--index-url", "https://index.example")]),
        ("--no-index --pre", [("--no-index", ""), ("--pre", "")]),
        ("--config-setting a=b", [("--config-settings", "a=b")]),
        ("-C a=b --config-settings=c=d", [("--config-settings", "a=b"), ("--config-settings", "c=d")]),
        ("--config a=b", [("--config-settings", "a=b")]),
        (f"--hash=sha256:{DIGEST}", [("--hash", f"sha256:{DIGEST}")]),
    ],
)
def test_options_are_spelled_as_pip_spells_them(text, expected):
    if expected is None:
        with pytest.raises(RequirementError, match="--req could be --requirement or --require-hashes"):
            given(text)
    else:
        assert given(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--nonsense", "r.txt line 3: --nonsense is not an option that a requirements file may hold"),
        ("-z", "r.txt line 3: -z is not an option that a requirements file may hold"),
        ("--pre stray", "r.txt line 3: stray is not an option that a requirements file may hold"),
        ("--global-option=x", "r.txt line 3: --global-option is not an option that a requirements file may hold"),
        ("--pre=1", "r.txt line 3: --pre takes no value"),
        ("-r", "r.txt line 3: --requirement needs a value"),
        ("--index-url=", "r.txt line 3: --index-url needs a value"),
        ("-f 'open", "r.txt line 3: `-f 'open` has a quote that is not closed"),
    ],
)
def test_what_is_no_option_is_told_with_file_and_line(text, message):
    with pytest.raises(RequirementError) as caught:
        given(text)
    assert str(caught.value) == message


def test_a_password_is_not_repeated():
    with pytest.raises(RequirementError) as caught:
        given("-i 'https://me:secret@index.example")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("six", ("six", "")),
        ("six >=1 --hash=x -C y", ("six >=1", "--hash=x -C y")),
        ("zope-interface", ("zope-interface", "")),
        ("--pre", ("", "--pre")),
        ("six\t--hash=x", ("six", "--hash=x")),
    ],
)
def test_a_line_falls_into_demand_and_options(text, parts):
    assert split_options(text) == parts


def test_hashes_are_normalized():
    assert parse_hash(f"SHA256:{DIGEST.upper()}", HERE) == f"sha256:{DIGEST}"
    assert parse_hash(f"sha512:{DIGEST * 2}", HERE) == f"sha512:{DIGEST * 2}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("md5:00", "r.txt line 3: `md5:00` is not a hash that protects: it must be sha256, sha384 or sha512"),
        ("abc", "r.txt line 3: `abc` is not a hash that protects: it must be sha256, sha384 or sha512"),
        ("sha256:abc", "r.txt line 3: `sha256:abc` is not a sha256 hash: that has 64 hexadecimal digits"),
        ("sha384:zz", "r.txt line 3: `sha384:zz` is not a sha384 hash: that has 96 hexadecimal digits"),
    ],
)
def test_a_weak_or_broken_hash_is_refused(text, message):
    with pytest.raises(RequirementError) as caught:
        parse_hash(text, HERE)
    assert str(caught.value) == message


def test_projects_of_builds_are_words_of_pip():
    assert parse_projects("A_b, c,:all:", HERE) == ("a-b", "c", ":all:")
    with pytest.raises(RequirementError) as caught:
        parse_projects("a,:every:", HERE)
    assert str(caught.value) == "r.txt line 3: `:every:` is not the name of a project"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("-e .", (".", "")),
        ("-e./lib[x]", ("./lib[x]", "")),
        ("--editable=./lib", ("./lib", "")),
        ("--editable ./lib ; os_name == 'nt'", ("./lib ; os_name == 'nt'", "")),
        ("-e ./lib -C a=b", ("./lib", "-C a=b")),
        ("-e 'my lib'", ("my lib", "")),
        ("-e 'my lib' ; os_name == 'nt' --pre", ("my lib ; os_name == 'nt'", "--pre")),
        ("-e \"./lib ; os_name == 'nt'\"", ("./lib ; os_name == 'nt'", "")),
        ("-e 'open", ("'open", "")),
        ("-e", None),
        ("--editable", None),
        ("--edit .", None),
        ("six -e .", None),
    ],
)
def test_the_value_of_an_editable_may_be_quoted_or_not_and_have_a_marker(text, parts):
    assert split_editable(text) == parts
