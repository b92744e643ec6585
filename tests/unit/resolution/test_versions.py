"""Versions as bits. The sets are held against packaging in tests/property."""

from capsa.resolution.versions import Versions

_OFFER = Versions(("1.0", "1.5", "2.0rc1", "2.0"))


def _admitted(*clauses):
    bits = _OFFER.admitted(clauses)
    return [_OFFER.text(version) for version in _OFFER.newest_first(bits)]


def test_clauses_admit_versions_newest_first():
    assert _admitted((">=", "1.5")) == ["2.0", "2.0rc1", "1.5"]
    assert _admitted((">=", "1.5"), ("<", "2.0")) == ["1.5"]
    assert _admitted(("!=", "1.5"), ("!=", "2.0")) == ["2.0rc1", "1.0"]


def test_a_demand_for_what_nobody_offers_is_a_gap_that_others_may_share():
    nobody = _OFFER.admitted((("==", "1.7"),))
    assert nobody
    assert not nobody & _OFFER.real
    assert nobody & _OFFER.admitted(((">=", "1.6"),))
    assert not nobody & _OFFER.admitted((("<", "1.2"),))


def test_clauses_that_contradict_each_other_are_nowhere():
    assert _OFFER.admitted(((">", "2.0"), ("<", "1.0"))) == _OFFER.nowhere


def test_a_project_without_versions_has_one_gap():
    empty = Versions(())
    assert list(empty.newest_first(-1)) == []
    assert empty.admitted((("==", "1"),)) & empty.admitted(((">=", "7"),))


def test_positions_are_found_by_any_spelling_of_the_same_version():
    assert _OFFER.text(_OFFER.position("1.5.0")) == "1.5"
    assert _OFFER.position("1.6") is None
    assert _OFFER.position("no version") is None


def test_only_the_versions_on_the_way_of_a_bisection_are_parsed():
    offer = Versions((*(str(number) for number in range(1000)), "this would be refused"))
    assert offer.admitted((("==", "3"),)) & offer.real
