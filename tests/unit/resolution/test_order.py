"""The order of versions and the intervals of clauses. The whole of it is held against packaging in tests/property."""

import pytest
from packaging.version import InvalidVersion

from capsa.resolution.order import interval, is_prerelease, sort_key


def _in(text, clause):
    operator, version = clause
    low, high = interval(operator, version)
    key = sort_key(text)
    return (low is None or low <= key) and (high is None or key < high)


def test_versions_stand_in_the_order_of_pep_440():
    texts = ["1.0.dev1", "1.0a1", "1.0b1", "1.0rc1", "1.0", "1.0+1", "1.0.post1.dev1", "1.0.post1", "1.1", "1!0.1"]
    assert sorted(sorted(texts), key=sort_key) == texts


def test_trailing_zeros_make_no_difference():
    assert sort_key("1.0.0") == sort_key("1")


@pytest.mark.parametrize(
    ("clause", "inside", "outside"),
    [
        ((">", "1.0"), "1.0.1", "1.0.post1"),
        ((">", "1.0.post1"), "1.0.post2", "1.0.post1+cpu"),
        ((">", "1.0.dev1"), "1.0.dev2", "1.0.dev1"),
        (("<", "2.0"), "1.9", "2.0rc1"),
        (("<", "2.0rc2"), "2.0rc1", "2.0rc2"),
        (("<=", "2.0"), "2.0+cpu", "2.0.post1"),
        (("==", "2.0"), "2.0+cpu", "2.0.post1"),
        (("==", "2.0+cpu"), "2.0+cpu", "2.0"),
        (("==", "2.*"), "2.0.dev1", "3.0.dev1"),
        (("~=", "1.4.2"), "1.4.9", "1.5.dev1"),
    ],
)
def test_a_clause_is_one_interval(clause, inside, outside):
    assert _in(inside, clause)
    assert not _in(outside, clause)


@pytest.mark.parametrize(
    ("text", "is_one"), [("1.0rc1", True), ("1.0.dev1", True), ("1.0.post1", False), ("1+abc", False)]
)
def test_prereleases_are_seen_in_the_text(text, is_one):
    assert is_prerelease(text) is is_one


def test_what_is_no_version_is_refused():
    with pytest.raises(InvalidVersion):
        sort_key("1..2")
