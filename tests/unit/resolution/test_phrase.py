"""How versions are said."""

import pytest

from capsa.resolution.candidate import Judge
from capsa.resolution.offer import Offer
from capsa.resolution.phrase import Wording, listed
from capsa.resolution.reason import (
    NoFile,
    NoWheel,
    PreRelease,
    SourceOnly,
    Unreadable,
    WheelOnly,
    WrongHash,
    WrongPython,
    Yanked,
)
from capsa.testing.catalog import World, make_target

_TEXTS = ("1.0", "1.1", "1.2", "1.3", "2.0rc1", "2.0", "2.1")


def _wording(*texts, unusable=()):
    world = World({"a": {text: [] for text in texts}})
    offer = Offer(world.releases("a"), Judge(make_target()), policy="if-necessary-or-explicit", hashes=None)
    bits = sum(1 << offer.versions.position(text) for text in unusable)
    return Wording(lambda _: offer, {"a": bits}), lambda chosen: sum(1 << offer.versions.position(t) for t in chosen)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["1.1"], "a 1.1"),
        (["1.0", "1.1"], "a 1.0 and 1.1"),
        (["1.0", "1.1", "1.2"], "every version of a from 1.0 to 1.2"),
        (["1.0", "1.2", "1.3", "2.0"], "every version of a from 1.2 to 2.0"),
        (["1.3", "2.0", "2.1"], "every version of a from 1.3 to 2.1"),
        (["1.0", "1.1", "1.2", "1.3", "2.0", "2.1"], "every version of a"),
        (["1.0", "1.2", "2.0"], "a 1.0, 1.2 and 2.0"),
        ([], "a version of a that nobody offers"),
    ],
)
def test_versions_are_said_as_people_count_them(chosen, words):
    wording, bits = _wording(*_TEXTS)
    said, _ = wording.versions("a", bits(chosen))
    assert said == words or (chosen[:2] == ["1.0", "1.2"] and said == "a 1.0 and 1.2 to 2.0")


def test_versions_that_can_not_be_used_are_no_holes():
    wording, bits = _wording(*_TEXTS, unusable=("1.2",))
    assert wording.versions("a", bits(["1.0", "1.1", "1.3"]))[0] == "every version of a from 1.0 to 1.3"


def test_the_only_version_is_called_so():
    wording, bits = _wording("1.0")
    assert wording.versions("a", bits(["1.0"])) == ("a 1.0, the only version,", False)
    wording, bits = _wording("1.0", "1.1")
    assert wording.versions("a", bits(["1.1"]), left=bits(["1.1"])) == ("a 1.1, the only version that fits,", False)


def test_many_holes_are_counted():
    wording, bits = _wording(*map(str, range(20)))
    chosen = bits(map(str, range(0, 20, 2)))
    assert wording.versions("a", chosen) == ("10 versions of a between 0 and 18", True)
    assert wording.versions("a", chosen, left=chosen) == ("the 10 versions of a between 0 and 18", True)


def test_an_extra_is_named_with_its_project():
    wording, bits = _wording("1.0", "1.1")
    assert wording.demanded("a[x]", bits(["1.0"]), "b<2") == "a[x] 1.0 demands b<2"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            SourceOnly(rule="--no-build"),
            "are only there as a source distribution, which may not be built (`--no-build`)",
        ),
        (WheelOnly(rule="--no-binary a"), "are only there as a wheel, which may not be taken (`--no-binary a`)"),
        (NoFile(), "have no file that can be installed"),
        (NoWheel(title="T", tags=("x",)), "have no wheel for T (there is only x)"),
        (NoWheel(title="T", tags=("x", "y")), "have no wheel for T (there are x, y)"),
        (NoWheel(title="T", tags=tuple("uvwxy")), "have no wheel for T (there are u, v, w and 2 more)"),
        (
            NoWheel(title="T", tags=("x",), rule="--no-build"),
            "have no wheel for T (there is only x), only a source distribution, which may not be built (`--no-build`)",
        ),
        (WrongPython(wanted=">=3.12", python="3.11.7"), "want Python >=3.12 (this is 3.11.7)"),
        (Yanked(reason=""), "are yanked"),
        (Yanked(reason="bad"), "are yanked (bad)"),
        (PreRelease(), "are pre-releases"),
        (WrongHash(origin="r.txt line 1"), "have no file with a hash that r.txt line 1 names"),
        (Unreadable(problem="no"), "have metadata that can't be read (no)"),
    ],
)
def test_reasons_are_sentences(reason, words):
    wording, bits = _wording("1.0", "1.1", "1.2")
    assert wording.unfit("a", bits(["1.0", "1.1"]), reason) == f"a 1.0 and 1.1 {words}"


def test_lists_are_joined_as_in_speech():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
