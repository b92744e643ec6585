"""Why a lock is out of date, in a sentence; a lock of another tool is held against the demands."""

import pytest

from capsa.model.lock import Lock, LockedPackage
from capsa.model.requirement import parse_requirement
from capsa.model.target import target_of
from capsa.ops.currency import staleness
from capsa.ops.inputs import Inputs
from capsa.resolution.reach import Roots
from support.box import interpreter

TARGET = target_of(interpreter())
OURS = {"capsa": {"inputs": "new"}}


def inputs(*demands, extras=None, groups=None):
    def parsed(texts):
        return tuple(parse_requirement(text) for text in texts)

    roots = Roots(
        requirements=parsed(demands),
        extras={name: parsed(texts) for name, texts in (extras or {}).items()},
        groups={name: parsed(texts) for name, texts in (groups or {}).items()},
    )
    return Inputs(path="/desk/pylock.toml", place="pyproject.toml", roots=roots, digest="new")


def lock(*packages, **facts):
    locked = [LockedPackage(name=name, version=version) for name, version in packages]
    return Lock(packages=tuple(locked), created_by="another", **facts)


def test_no_lock_and_a_lock_for_other_machines_are_told_first():
    assert staleness(None, inputs(), TARGET) == "there is no pylock.toml"
    foreign = lock(environments=("sys_platform == 'win32'",), tool=OURS)
    assert staleness(foreign, inputs(), TARGET) == f"pylock.toml was not made for {TARGET.title}"
    assert staleness(lock(environments=("sys_platform == 'linux'",)), inputs(), TARGET) == ""


def test_equal_inputs_need_no_look_at_the_demands():
    assert staleness(lock(tool=OURS), inputs("lamp"), TARGET) == ""


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (inputs(extras={"cold": ["lamp"]}), "pyproject.toml has the extra `cold`, which pylock.toml does not have"),
        (inputs(groups={"dev": ["lamp"]}), "pyproject.toml has the group `dev`, which pylock.toml does not have"),
        (inputs("wick>=1"), "pyproject.toml asks for `wick>=1`, which pylock.toml does not have"),
        (inputs("lamp>=2"), "pyproject.toml asks for `lamp>=2`, and pylock.toml has 1.0"),
    ],
)
def test_what_is_unmet_is_named(wanted, sentence):
    assert staleness(lock(("lamp", "1.0")), wanted, TARGET) == sentence
    assert staleness(lock(("lamp", "1.0"), tool={"capsa": {"inputs": "old"}}), wanted, TARGET) == sentence


def test_the_lock_of_another_tool_is_good_enough_when_it_meets_the_demands():
    wanted = inputs(
        "lamp>=1", 'never; sys_platform == "win32"', "shade @ https://example.org/s.zip", groups={"none": []}
    )
    packages = (("lamp", "1.5rc1"), ("shade", None), ("extra", "9"))
    assert staleness(lock(*packages), wanted, TARGET) == ""
    own = lock(*packages, tool={"capsa": {"inputs": "old"}})
    assert staleness(own, wanted, TARGET) == "pyproject.toml has changed since pylock.toml was made"
