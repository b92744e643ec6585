"""Demands, read from metadata and from the user."""

import pytest
from packaging.requirements import Requirement as ParsedRequirement

from capsa.model.requirement import Origin, parse_requirement
from capsa.resolution.demand import demand_of, parse_demand
from capsa.resolution.marker import UnreadableDemandError

_TEXTS = [
    "lib",
    "Lib_Name.x",
    "lib>=1",
    "lib >= 1.0, < 2",
    "lib (>=1.0,<2)",
    "lib (==1.*)",
    "lib[a, B_c]~=1.4",
    "lib!=1.5,==1.4.*",
    "lib==1.0rc1.post2.dev3",
    "lib ; python_version < '3'",
    "lib[a]>1;extra == 'x'",
    "lib===what-ever",
    "lib==1.0+local",
    "lib>=v1.0",
    "lib>=1!2.0",
    "lib==1.0-1",
    "lib == 1.0alpha",
    "lib @ https://files.example.org/lib-1-py3-none-any.whl",
]


@pytest.mark.parametrize("text", _TEXTS)
def test_a_text_is_read_as_packaging_reads_it(text):
    demand, other = parse_demand(text), ParsedRequirement(text)

    assert demand.name == other.name.lower().replace("_", "-").replace(".", "-")
    assert len(demand.extras) == len(other.extras)
    assert set(demand.clauses) == {(clause.operator, clause.version) for clause in other.specifier}
    assert demand.url == other.url
    assert (demand.marker is None) == (other.marker is None)


@pytest.mark.parametrize("text", ["lib >> 1", "lib>=1 <2", "lib[", "", "lib (>=1", "li b", "lib>=1,,<2"])
def test_what_does_not_follow_pep_508_is_refused_with_its_text(text):
    with pytest.raises(UnreadableDemandError) as caught:
        parse_demand(text)
    assert f"`{text}`" in str(caught.value)


def test_messages_show_a_demand_without_marker_and_without_old_brackets():
    assert parse_demand("Lib (>=1.0, <2) ; os_name == 'nt'").text == "Lib>=1.0,<2"
    assert parse_demand("lib[b, a]").text == "lib[b,a]"


def test_a_url_keeps_its_hashes_and_hides_its_password():
    demand = parse_demand("lib @ https://me:secret@example.org/lib-1-py3-none-any.whl#sha256=ABCD")
    assert demand.hashes == ("sha256:abcd",)
    assert "secret" not in demand.text


def test_the_demand_of_a_user_keeps_its_place_and_hashes():
    written = parse_requirement("Lib[X]>=1", Origin(place="requirements.txt", line=7), ("sha256:ab",))
    demand = demand_of(written)
    assert (demand.keys, demand.hashes, str(demand.origin)) == (
        ("lib", "lib[x]"),
        ("sha256:ab",),
        "requirements.txt line 7",
    )


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("lib>=2.0a1", True),
        ("lib<2.0.dev0", True),
        ("lib!=2.0a1", False),
        ("lib>=2.0.post1", False),
        ("lib===x", False),
    ],
)
def test_a_clause_that_names_a_prerelease_is_noticed(text, is_named):
    assert parse_demand(text).has_named_prerelease is is_named


def test_only_exact_clauses_pin():
    assert parse_demand("lib==1.0").pins == (("==", "1.0"),)
    assert parse_demand("lib===1.0").pins == (("===", "1.0"),)
    assert parse_demand("lib==1.*,>=1").pins == ()
