"""What a refusal says beyond the scenarios: hints, and the last resort."""

import pytest

from capsa.model.requirement import Origin, parse_requirement
from capsa.resolution import explain as explanation
from capsa.resolution.request import ResolutionRequest
from capsa.resolution.solver import UnsolvableError, resolve
from capsa.testing.catalog import World, make_target


def _refusal(world, *demands, places=True):
    requirements = tuple(
        parse_requirement(text, Origin(place="r.txt", line=line)) if places else parse_requirement(text)
        for line, text in enumerate(demands, start=1)
    )
    with pytest.raises(UnsolvableError) as caught:
        resolve(ResolutionRequest(requirements=requirements, target=make_target()), World(world))
    return caught.value


def test_a_place_without_lines_is_named_once():
    error = _refusal({"a": {"1": [], "2": []}}, "a<2", "a>=2", places=False)
    assert str(error) == "`a<2` and `a>=2` (the command line) can't be met together: no version of a fits both"


def test_many_demands_are_counted():
    world = {f"p{n}": {"1": [f"x!={n}"]} for n in range(9)} | {"x": {str(n): [] for n in range(9)}}
    first = str(_refusal(world, *sorted(world)[:9])).splitlines()[0]
    assert first.endswith("`p5` (r.txt line 6) and 3 more demands can't be met together.")


def test_a_python_that_would_do_is_named_and_one_that_no_box_can_have_is_not():
    world = {"a": {"1": {"requires-python": "<3"}, "2": {"requires-python": ">=3.13"}}}
    assert _refusal(world, "a").hints == ("a 2 is for a box with Python 3.13 (`capsa create -p 3.13`)",)


def test_a_proof_that_no_one_would_read_becomes_a_list_of_its_facts(monkeypatch):
    class Tired(explanation.Reasoner):
        def conclusion(self):
            raise explanation.BudgetError

    monkeypatch.setattr(explanation, "Reasoner", Tired)
    world = {"a": {str(n): [f"b=={n}"] for n in range(20)}, "b": {str(n): ["c>=2"] for n in range(20)}, "c": {"1": []}}
    error = _refusal(world, "a", "c")
    lines = str(error).splitlines()
    assert lines[0] == "`a` (r.txt line 1) can't be met."
    assert lines[1] == "The whole proof is too long to be read; it rests on these facts:"
    assert lines[2] == "- r.txt line 1 demands a"
    assert lines[-1].endswith(" more")
    assert len(lines) == 15


def test_a_long_proof_is_cut_and_says_how_much_is_left_out():
    world = {"a": {str(n): [f"b{n}", f"c{n}"] for n in range(9)}}
    for n in range(9):
        world |= {f"b{n}": {"1": [f"x{n}<1"], "2": [f"x{n}<1", "z"]}, f"c{n}": {"1": [f"x{n}>=1"], "2": [f"x{n}>1"]}}
        world[f"x{n}"] = {"0": [], "1": [], "2": []}
    world["z"] = {"1": []}
    lines = str(_refusal(world, "a")).splitlines()
    assert len(lines) == 18
    assert "more steps are left out here" in lines[-2]
    assert lines[-1] == "Because r.txt line 1 demands a and no version of a can be used, that can't be met."
