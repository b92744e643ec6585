"""From facts to steps."""

import pytest

from capsa.model.requirement import parse_requirement
from capsa.resolution.demand import demand_of, parse_demand
from capsa.resolution.proof import Facts
from capsa.resolution.reason import SourceOnly
from capsa.resolution.reasoning import BudgetError, Reasoner, walk
from capsa.resolution.versions import Versions


class Worded:
    """Facts about projects that each offer 1, 2 and 3."""

    def __init__(self):
        self.facts = Facts()
        self.versions = Versions(("1", "2", "3"))

    def wish(self, text, *, is_cap=False):
        demand = demand_of(parse_requirement(text))
        for key in demand.keys:
            self.facts.add_wish(key, self.versions.admitted(demand.clauses), demand, is_cap=is_cap)

    def demands(self, key, version, text):
        demand = parse_demand(text)
        for target in demand.keys:
            allowed = self.versions.admitted(demand.clauses)
            self.facts.add_demand(key, self.versions.position(version), target, allowed, demand)

    def unfit(self, key, version):
        self.facts.add_unfit(key, self.versions.position(version), SourceOnly(rule="--no-build"))

    def steps(self, **options):
        real = dict.fromkeys(self.facts.names, self.versions.real)
        return [(step.kind, step.name) for step in walk(Reasoner(self.facts, real, **options).conclusion())]


def test_what_is_demanded_alone_ends_at_once():
    world = Worded()
    world.wish("a<2")
    world.wish("a>=2")
    assert world.steps() == [("end", "a")]


def test_what_every_version_demands_is_needed():
    world = Worded()
    world.wish("a")
    world.wish("b<2")
    for version in "123":
        world.demands("a", version, "b>=2")
    assert world.steps() == [("need", "b"), ("end", "b")]


def test_versions_that_demand_what_can_not_be_are_ruled_out():
    world = Worded()
    world.wish("a>=2")
    world.wish("b<2")
    world.wish("c<2")
    world.demands("a", "2", "b>=2")
    world.demands("a", "3", "c>=2")
    assert world.steps() == [("out", "a"), ("out", "a"), ("end", "a")]


def test_cases_are_told_apart_only_where_it_must_be():
    world = Worded()
    world.wish("a>=2")
    world.demands("a", "2", "b<2")
    world.demands("a", "2", "x")
    world.demands("a", "3", "b>=2")
    world.demands("a", "3", "y")
    for version in "123":
        world.demands("x", version, "b>=2")
        world.demands("y", version, "b<2")
    assert world.steps()[-3:] == [("need", "b"), ("out", "a"), ("end", "a")]
    assert world.steps().count(("out", "a")) == 2


def test_a_constraint_does_not_say_that_its_project_is_used():
    world = Worded()
    world.wish("b<2", is_cap=True)
    world.wish("a>=3")
    world.demands("a", "3", "b>=2")
    assert world.steps()[-1] == ("end", "b")


def test_an_extra_counts_only_where_it_is_asked_for():
    world = Worded()
    world.wish("a[x]>=3")
    world.wish("b<2")
    world.demands("a[x]", "3", "b>=2")
    assert world.steps() == [("need", "b"), ("end", "b")]


def test_what_can_not_be_used_is_a_reason():
    world = Worded()
    world.wish("a>=3")
    world.unfit("a", "3")
    assert world.steps() == [("end", "a")]


def test_facts_that_hold_together_come_to_no_end():
    world = Worded()
    world.wish("a")
    with pytest.raises(BudgetError):
        world.steps()


def test_there_is_a_limit_to_what_is_worked_out():
    world = Worded()
    world.wish("a")
    world.wish("b<2")
    for version in "123":
        world.demands("a", version, "b>=2")
    with pytest.raises(BudgetError):
        world.steps(budget=0)
