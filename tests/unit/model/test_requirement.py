"""Demands."""

import pytest

from capsa.errors import RequirementError
from capsa.model.requirement import COMMAND_LINE, Origin, parse_requirement, split_fragment, without_password

DIGEST = "0123456789abcdef" * 4


def test_a_demand_is_normalized_and_keeps_its_authors_words():
    demand = parse_requirement(' Foo_Bar.baz [B_c, A] >=1, !=1.5 ; extra == "B_c" ', Origin(place="r.txt", line=4))
    assert (demand.name, demand.extras, demand.url) == ("foo-bar-baz", {"b-c", "a"}, None)
    assert demand.specifier.contains("1.6")
    assert not demand.specifier.contains("1.5")
    assert demand.text == 'Foo_Bar.baz [B_c, A] >=1, !=1.5 ; extra == "B_c"'
    assert demand.demand == "Foo_Bar.baz [B_c, A] >=1, !=1.5"
    assert str(demand.origin) == "r.txt line 4"


def test_a_marker_holds_for_an_environment_and_an_extra():
    plain = parse_requirement("a")
    marked = parse_requirement('a ; python_version >= "3.9" and extra == "test-all"')
    environment = {"python_version": "3.11"}
    assert plain.is_wanted(environment)
    assert marked.is_wanted(environment, "test-all")
    assert not marked.is_wanted(environment)
    assert not marked.is_wanted({"python_version": "3.8"}, "test-all")


def test_without_an_origin_it_comes_from_the_command_line():
    assert parse_requirement("a").origin is COMMAND_LINE
    assert str(COMMAND_LINE) == "the command line"


@pytest.mark.parametrize("text", ["", "a b", "a==", "a @", "-r x", "a[", "a ; nonsense", "a >= 1 < 2", "=1"])
def test_what_is_no_demand_is_told_with_its_origin(text):
    with pytest.raises(RequirementError) as caught:
        parse_requirement(text, Origin(place="pyproject.toml"))
    assert str(caught.value).startswith(f"pyproject.toml: `{text}` is not a requirement: ")
    assert "\n" not in str(caught.value)
    assert caught.value.hints


def test_a_direct_reference_demands_the_hash_in_its_fragment():
    demand = parse_requirement(f"a @ https://x.example/a.whl#sha256={DIGEST.upper()}&egg=a", hashes=("sha256:00",))
    assert demand.url == "https://x.example/a.whl"
    assert demand.hashes == ("sha256:00", f"sha256:{DIGEST}")


def test_a_password_stands_in_the_url_and_nowhere_else():
    demand = parse_requirement("a @ https://me:secret@x.example/a.whl")
    assert demand.url == "https://me:secret@x.example/a.whl"
    assert demand.text == demand.demand == "a @ https://****@x.example/a.whl"
    with pytest.raises(RequirementError) as caught:
        parse_requirement("a @ https://me:secret@x.example/a.whl nonsense")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a.whl", ("https://x.example/a.whl", (), {})),
        ("git+f#subdirectory=d&egg=a", ("git+f#subdirectory=d", (), {"subdirectory": "d", "egg": "a"})),
        ("f#sha512=AB&sha256=CD&md5=EF", ("f", ("sha256:cd", "sha512:ab"), {"md5": "EF"})),
        ("f#", ("f", (), {})),
        ("f#plain", ("f", (), {"plain": ""})),
    ],
)
def test_a_fragment_is_taken_apart(url, expected):
    assert split_fragment(url) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x.example/a@b", "https://x.example/a@b"),
        ("two: http://a:b@x/ and ssh://git@y/", "two: http://****@x/ and ssh://****@y/"),
        ("a@b", "a@b"),
    ],
)
def test_only_what_stands_before_the_host_is_hidden(text, shown):
    assert without_password(text) == shown


def test_a_marker_nested_without_end_is_not_read_and_not_shown_whole():
    text = f"six @ https://ann:secret@x.example/a.whl ; {'(' * 3000}os_name == 'a'{')' * 3000}"
    with pytest.raises(
        RequirementError, match=r"r\.txt line 4: the requirement that begins with `six @ .*nested"
    ) as caught:
        parse_requirement(text, Origin(place="r.txt", line=4))
    assert len(str(caught.value)) < 200
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha224"])
def test_a_hash_that_does_not_protect_is_refused_with_its_demand(name):
    text = f"six @ https://ann:secret@x.example/six-1.0-py3-none-any.whl#{name}=00"
    with pytest.raises(RequirementError) as caught:
        parse_requirement(text, Origin(place="r.txt", line=4))
    shown = text.replace("ann:secret", "****")
    assert str(caught.value) == f"r.txt line 4: the {name} in `{shown}` is too weak to be checked"
    assert caught.value.hints == ("give its sha256 instead: #sha256=0123...",)
