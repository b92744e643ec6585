from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from capsa.resolution.order import is_prerelease, sort_key
from capsa.resolution.versions import Versions, VersionSet

_SOME = settings(max_examples=2 * settings.default.max_examples)

_NUMBERS = st.integers(0, 3)
_RELEASES = st.lists(_NUMBERS, min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
_EPOCHS = st.sampled_from(["", "", "", "1!"])
_LOCALS = st.sampled_from(["", "", "", "+cpu", "+1", "+1.cpu", "+2", "+cpu.1"])


@st.composite
def public_versions(draw):
    stage = draw(st.sampled_from(["", "", "a0", "a1", "b1", "rc0", "rc1"]))
    post = draw(st.sampled_from(["", "", "", ".post0", ".post1"]))
    dev = draw(st.sampled_from(["", "", "", ".dev0", ".dev1"]))
    return f"{draw(_EPOCHS)}{draw(_RELEASES)}{stage}{post}{dev}"


versions = st.builds(lambda public, local: str(Version(public + local)), public_versions(), _LOCALS)
offers = st.sets(versions, max_size=8).map(lambda texts: Versions(tuple(sorted(texts, key=Version))))


@st.composite
def clauses(draw):
    operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~=", "==*", "!=*"]))
    if operator.endswith("*"):
        return f"{operator[:2]}{draw(_EPOCHS)}{draw(_RELEASES)}.*"
    if operator in {"==", "!="}:
        return operator + draw(versions)
    public = draw(public_versions())
    if operator == "~=" and not re.search(r"[0-9]\.[0-9]", public):
        public = re.sub(r"^((?:1!)?[0-9]+)", r"\1.0", public)
    return operator + public


def _split(text):
    return tuple((clause.operator, clause.version) for clause in SpecifierSet(text))


def _texts(offer, bits):
    return {offer.text(version) for version in offer.newest_first(bits)}


@_SOME
@given(offers, clauses())
def test_a_clause_admits_exactly_what_packaging_says_that_it_contains(offer, clause):
    specifier = SpecifierSet(clause)

    admitted = _texts(offer, offer.admitted(_split(clause)))

    assert admitted == {text for text in offer.texts if specifier.contains(text, prereleases=True)}


def _random_version(chance, *, has_local):
    text = chance.choice(["", "", "", "1!"]) + ".".join(str(chance.randint(0, 2)) for _ in range(chance.randint(1, 3)))
    text += chance.choice(["", "", "", "a0", "a1", "b1", "rc0", "rc2"])
    text += chance.choice(["", "", "", ".post0", ".post2"]) + chance.choice(["", "", "", ".dev0", ".dev2"])
    return text + (chance.choice(["", "", "", "+cpu", "+1", "+1.cpu", "+2", "+cpu.1", "+1.0"]) if has_local else "")


def _random_clause(chance):
    operator = chance.choice(["==", "!=", "<", "<=", ">", ">=", "~=", "==*", "!=*", "==="])
    if operator.endswith("*"):
        return f"{operator[:2]}{chance.choice(['', '1!'])}{chance.randint(0, 2)}.{chance.randint(0, 2)}.*"
    if operator == "~=":
        return (
            f"~={chance.choice(['', '1!'])}{chance.randint(0, 2)}."
            + _random_version(chance, has_local=False).split("!")[-1]
        )
    return operator + _random_version(chance, has_local=operator in {"==", "!=", "==="})


def test_thousands_of_clauses_admit_exactly_what_packaging_says(rng):
    for _ in range(200 if settings.default.max_examples < 1000 else 100_000):
        texts = {str(Version(_random_version(rng, has_local=True))) for _ in range(rng.randint(0, 12))}
        offer = Versions(tuple(sorted(texts, key=Version)))
        for _ in range(20):
            clause = _random_clause(rng)
            specifier = SpecifierSet(clause)
            wanted = {text for text in offer.texts if specifier.contains(text, prereleases=True)}
            assert _texts(offer, offer.admitted(_split(clause))) == wanted, (clause, offer.texts)


@_SOME
@given(offers, st.lists(clauses(), max_size=4))
def test_several_clauses_admit_what_each_of_them_admits(offer, several):
    text = ",".join(several)

    admitted = _texts(offer, offer.admitted(_split(text)))

    assert admitted == {version for version in offer.texts if SpecifierSet(text).contains(version, prereleases=True)}


@_SOME
@given(offers, st.lists(clauses(), max_size=4))
def test_a_demand_is_never_the_empty_set(offer, several):
    assert offer.admitted(_split(",".join(several)))


@given(offers, versions)
def test_identity_admits_the_very_text_only(offer, text):
    assert _texts(offer, offer.admitted((("===", text),))) == {text} & set(offer.texts)


@_SOME
@given(versions, versions)
def test_keys_order_versions_as_packaging_does(first, second):
    assert (sort_key(first) < sort_key(second)) == (Version(first) < Version(second))
    assert (sort_key(first) == sort_key(second)) == (Version(first) == Version(second))


@given(versions)
def test_prereleases_are_known_by_their_text(text):
    assert is_prerelease(text) == Version(text).is_prerelease


@given(offers, versions)
def test_a_version_is_found_in_any_spelling(offer, text):
    position = offer.position(text)

    same = [known for known in offer.texts if Version(known) == Version(text)]
    assert (position is not None) == bool(same)
    assert position is None or offer.text(position) in same


_sets = st.integers(-(1 << 12), 1 << 12).map(VersionSet)


@given(_sets, _sets)
def test_version_sets_hold_to_the_laws_that_the_solver_relies_on(first, second):
    assert first.is_subset((first - second) | second)
    assert first & ~second == first - second
    assert ~(first | second) == ~first & ~second
    assert first.is_superset(second) == second.is_subset(first)
    assert hash(first & second) == hash(second & first)
    relation = first.relation(second)
    assert relation.is_subset == first.is_subset(second) == (first & second == first)
    assert relation.is_disjoint == first.is_disjoint(second) == (first & second).is_empty


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_singleton_holds_one_version(version):
    single = VersionSet.singleton(version)

    assert version in single
    assert version + 1 not in single
    assert single.is_subset(VersionSet.full())
    assert VersionSet.empty().is_subset(single)
