"""What a project offers."""

from capsa.model.distribution import Distribution
from capsa.resolution.candidate import Judge
from capsa.resolution.demand import parse_demand
from capsa.resolution.offer import Offer
from capsa.resolution.reason import PreRelease, Yanked
from capsa.testing.catalog import World, make_target


def _offer(releases, policy="if-necessary-or-explicit"):
    world = World({"app": releases})
    return Offer(world.releases("app"), Judge(make_target()), policy=policy, hashes=None)


def _at(offer, text):
    return offer.verdict(offer.versions.position(text))


def test_versions_are_tried_from_the_preferred_one_then_newest_first():
    offer = _offer({"1": [], "2": [], "3": []})
    offer.preferred = offer.versions.position("2")
    assert [offer.versions.text(version) for version in offer.order(-1)] == ["2", "3", "1"]
    assert [offer.versions.text(version) for version in offer.order(offer.admitted(((">=", "3"),)).bits)] == ["3"]


def test_files_are_looked_at_only_for_versions_that_are_asked_about():
    asked = []
    world = World({"app": {"1": [], "2": []}})
    releases = world.releases("app")
    releases._files = lambda version: asked.append(version) or world.files("app", version)
    offer = Offer(releases, Judge(make_target()), policy="allow", hashes=None)
    assert isinstance(_at(offer, "2"), Distribution)
    assert isinstance(_at(offer, "2"), Distribution)
    assert asked == ["2"]


def test_prereleases_wait_for_a_demand_that_names_one():
    offer = _offer({"1.0": [], "2.0rc1": []})
    assert _at(offer, "2.0rc1") == PreRelease()
    assert not offer.is_changed_by(parse_demand("app>=1"))
    assert offer.is_changed_by(parse_demand("app>=2.0a1"))
    assert isinstance(_at(offer, "2.0rc1"), Distribution)
    assert not offer.is_changed_by(parse_demand("app>=2.0a1"))


def test_a_preferred_prerelease_is_admitted_alone():
    offer = _offer({"1.0": [], "2.0rc1": [], "2.0rc2": []})
    offer.preferred = offer.versions.position("2.0rc1")
    assert isinstance(_at(offer, "2.0rc1"), Distribution)
    assert _at(offer, "2.0rc2") == PreRelease()


def test_policies_mean_what_they_say():
    assert isinstance(_at(_offer({"1": [], "2rc1": []}, "allow"), "2rc1"), Distribution)
    assert _at(_offer({"2rc1": []}, "disallow"), "2rc1") == PreRelease()
    assert isinstance(_at(_offer({"2rc1": []}), "2rc1"), Distribution)


def test_a_yanked_version_waits_for_a_pin():
    offer = _offer({"1": {"yanked": "bad"}})
    assert _at(offer, "1") == Yanked(reason="bad")
    assert not offer.is_changed_by(parse_demand("app>=1"))
    assert offer.is_changed_by(parse_demand("app==1.0"))
    assert isinstance(_at(offer, "1"), Distribution)


def test_a_version_that_no_demand_admits_in_the_end_can_be_barred():
    offer = _offer({"1.0": [], "2.0rc1": []})
    version = offer.versions.position("2.0rc1")
    offer.is_changed_by(parse_demand("app>=2.0rc1"))
    assert offer.is_justified(version, [parse_demand("app>=2.0rc1")])
    assert not offer.is_justified(version, [parse_demand("app")])
    offer.bar(version)
    assert _at(offer, "2.0rc1") == PreRelease()


def test_a_project_that_is_missing_offers_nothing():
    offer = Offer(None, Judge(make_target()), policy="allow", hashes=None)
    assert list(offer.order(-1)) == []
