"""Law 3: protocols have three methods or fewer. Law 4: the plan is data, and the act is apart."""

import ast

import pytest

from capsa.model import plan
from capsa.value import FrozenError
from house.sources import aliases, dotted, parse, sources, uphold, uses


def wide(source):
    """Return the protocols with more than three methods."""
    known = aliases(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and any(_is_protocol(entry, known) for entry in node.bases):
            members = [
                item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign)
            ]
            if len(members) > 3:
                yield source.at(node, f"the protocol {node.name} has {len(members)} members")


def _is_protocol(entry, known):
    entry = entry.value if isinstance(entry, ast.Subscript) else entry
    return dotted(entry, known) in {"typing.Protocol", "typing_extensions.Protocol"}


def planner(source):
    """Return where a Plan is made outside of the room whose work that is."""
    if source.module == "capsa.model.plan" or source.room == "capsa.testing":
        return
    called = {id(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call)}
    for node, name in uses(source):
        if name in {"capsa.model.plan.Plan", "capsa.model.plan.Change"} and id(node) in called:
            yield source.at(node, "makes a plan of its own: `diff` and `removal` make them")


def planning_commit(source):
    """Return where the room that acts would decide, or where a decision would act."""
    if source.room == "capsa.commit":
        for node, name in uses(source):
            if name.startswith(("capsa.model.plan.", "capsa.model.solution.")):
                yield source.at(node, f"uses {name}: the commit takes what was decided")


def test_protocols_have_three_methods_or_fewer():
    uphold(wide)


def test_only_the_plan_module_makes_plans():
    uphold(planner)


def test_the_commit_decides_nothing():
    uphold(planning_commit)


def test_a_plan_is_frozen_data():
    for noun in (plan.Plan(changes=()), plan.Change(action="install", name="lamp")):
        with pytest.raises(FrozenError):
            noun.name = "torch"


def test_one_function_commits_and_a_dry_run_stops_before_it():
    callers = [
        source.module
        for source in sources()
        if source.room != "capsa.commit"
        for _, name in uses(source)
        if name == "capsa.commit.transaction.commit"
    ]
    assert len(set(callers)) <= 1, "every verb commits through the same op, so that --dry-run shows what it would take"


@pytest.mark.parametrize(
    ("law", "module", "text"),
    [
        (
            wide,
            "capsa.resolution.catalog",
            "from typing import Protocol\nclass Port(Protocol):\n"
            + "".join(f"    def m{n}(self): ...\n" for n in range(4)),
        ),
        (planner, "capsa.ops.install", "from capsa.model.plan import Plan\nplan = Plan(changes=())"),
        (planning_commit, "capsa.commit.stage", "from capsa.model.plan import diff\ndiff(1, 2)"),
    ],
)
def test_the_law_notices(law, module, text):
    assert list(law(parse(text, module)))
