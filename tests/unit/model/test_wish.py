"""Extras and groups as a command line asks for them, before it is known which there are."""

import pytest

from capsa.model.wish import SelectionWish

HAS = {"extras": ["cold", "warm"], "groups": ["dev", "docs"], "default_groups": ["dev"]}


@pytest.mark.parametrize(
    ("wish", "extras", "groups"),
    [
        (SelectionWish(), set(), {"dev"}),
        (SelectionWish(has_no_dev=True), set(), set()),
        (SelectionWish(has_no_dev=True, groups=("dev",)), set(), {"dev"}),
        (SelectionWish(groups=("docs",), no_groups=("dev",)), set(), {"docs"}),
        (SelectionWish(has_all_groups=True, no_groups=("docs",)), set(), {"dev"}),
        (SelectionWish(has_all_groups=True, has_all_extras=True), {"cold", "warm"}, {"dev", "docs"}),
        (SelectionWish(extras=("cold",)), {"cold"}, {"dev"}),
        (SelectionWish(extras=("none",), groups=("gone",)), {"none"}, {"dev", "gone"}),
    ],
)
def test_a_wish_becomes_a_selection(wish, extras, groups):
    selection = wish.selection(**HAS)
    assert (set(selection.extras), set(selection.groups)) == (extras, groups)


def test_equal_wishes_have_equal_words_and_others_have_others():
    one = SelectionWish(groups=("b", "a"), no_groups=("c",), extras=("d",), has_no_dev=True)
    assert one.words == SelectionWish(groups=("a", "b"), no_groups=("c",), extras=("d",), has_no_dev=True).words
    assert one.words == ("+a", "+b", "-c", "extra:d", "no-dev")
    assert SelectionWish().words == ()
    assert SelectionWish(has_all_extras=True).words != SelectionWish(has_all_groups=True).words
