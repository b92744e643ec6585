"""What is the hook's in fish alone: the rules of all are in test_hooks_typed.py, the script is in test_shells.py."""

import pytest

from capsa.shell.hook import hook_text
from capsa.shell.scripts import scripts
from capsa.shell.template import read_template
from support.typed import Typed


@pytest.fixture
def fish(tmp_path):
    (tmp_path / "shell").mkdir()
    return Typed("fish", tmp_path / "shell")


def test_hook_and_script_step_in_and_out_by_the_very_same_text():
    part = read_template("step.fish")
    assert part in scripts("/box", "")["activate.fish"].decode()
    assert part in hook_text("fish", ("capsa",), "/trust")


@pytest.mark.parametrize(
    "before",
    ["set -g IFS ''", "function cd; builtin cd $argv; end", "set -U PYTHONHOME /x", "functions -e fish_prompt",
     "alias find false; alias ls false; alias capsa false", "set -gx _capsa_in /elsewhere"],
)  # fmt: skip
def test_works_under_what_the_user_has_set(fish, before):
    one, other = fish.project("one"), fish.project("other", is_trusted=False)
    fish.answer(f"printf '%s\\n' '{other}/.venv' '{other}/.venv/bin' 'by hand'")
    variables = {"XDG_CONFIG_HOME": str(fish.base / "config")}
    seen = fish.type(
        "true", fish.cd(one / "sub"), "cd /", "capsa activate", "deactivate", before=(before,), **variables
    )
    inside = [f"{one}/.venv", "none", f"{other}/.venv", "none"]
    assert [one.box for one in seen[1:]] == inside
    assert seen[3].prompt == "by hand"
    assert fish.exported(4) == fish.exported(0)
    assert fish.is_quiet()


def test_a_way_through_several_folders_ends_in_the_last_one(fish):
    one, two = fish.project("one"), fish.project("two")
    seen = fish.type(
        f"for d in '{one}' / '{two}'; cd $d; end", "set x (cd sub; pwd)", "prevd; prevd", "pushd ../one; popd"
    )
    assert seen[0].box == f"{two}/.venv"
    assert fish.is_quiet()
