"""The table holds together: both parsers and the help rely on it."""

import subprocess
import sys

import pytest

from capsa.cli.option import EVERYWHERE, LINK_MODES, PRERELEASE_POLICIES
from capsa.cli.table import FAST_VERBS, SYNONYMS, VERBS
from capsa.settings.value import FORMS
from capsa.settings.value import LINK_MODES as SETTING_LINK_MODES
from capsa.settings.value import PRERELEASE_POLICIES as SETTING_POLICIES


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_no_two_options_of_a_verb_share_a_name_or_a_key(verb):
    options = (*verb.options, *EVERYWHERE)
    names = [name for option in options for name in option.names]
    keys = [option.key for option in options] + ([verb.words.key] if verb.words else [])
    assert len(names) == len(set(names))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_is_explained_with_an_example_of_itself(verb):
    assert verb.example.startswith(f"capsa {verb.name}")
    assert verb.summary
    assert verb.text.endswith(".")


@pytest.mark.parametrize("option", [*EVERYWHERE, *(option for verb in VERBS for option in verb.options)])
def test_every_option_has_a_long_name_first_and_a_word_where_one_follows(option):
    assert option.names[0].startswith("--")
    assert option.kind in {"flag", "value", "list", "optional", "refused"}
    assert bool(option.metavar) is (option.kind in {"value", "list", "optional"})
    assert option.help


def test_the_table_and_the_settings_offer_the_same_choices():
    assert LINK_MODES == SETTING_LINK_MODES
    assert PRERELEASE_POLICIES == SETTING_POLICIES


def test_options_that_set_a_setting_bear_its_name():
    keys = {option.key for verb in VERBS for option in (*verb.options, *EVERYWHERE)}
    assert {key for key in keys if key in FORMS} >= {"index-url", "extra-index-url", "cache-dir", "timeout", "python"}


def test_fast_verbs_and_synonyms_are_verbs():
    names = {verb.name for verb in VERBS}
    assert names >= {*FAST_VERBS, *SYNONYMS.values()}
    assert not names & set(SYNONYMS)


def test_what_the_fast_path_loads_is_next_to_nothing():
    script = (
        "import sys; before = set(sys.modules); import capsa.cli.fast, capsa.settings.place, capsa.terminal.sentence;"
        "print(*sorted(set(sys.modules) - before))"
    )
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {script}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if not name.startswith("capsa") and name != "__future__"] == []
