"""Settings as the rooms below want them."""

from capsa.model.build import BuildRules
from capsa.model.surroundings import Surroundings
from capsa.ops.wiring import build_rules
from capsa.settings.layer import load


def rules(**flags):
    here = Surroundings(variables={}, folder="/w", home="/home", interpreter="/py")
    return build_rules(
        load(here, flags={key.replace("_", "-"): value for key, value in flags.items()}, read=lambda _: None)
    )


def test_without_settings_everything_may_be_built_and_every_wheel_taken():
    assert rules() == BuildRules()


def test_every_setting_of_builds_becomes_a_rule():
    assert rules(
        no_build=True, no_binary=["B_b"], no_build_isolation=True, config_settings=["a=b=c", "a=d"]
    ) == BuildRules(
        no_build=frozenset({"*"}),
        no_binary=frozenset({"b-b"}),
        has_isolation=False,
        config=(("a", "b=c"), ("a", "d")),
    )
    assert rules(only_binary=["a"], no_binary=[":all:"]) == BuildRules(
        no_build=frozenset({"a"}), no_binary=frozenset({"*"})
    )
