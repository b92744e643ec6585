"""The help: every verb has a page with an example that parses, and no page is wider than its terminal."""

import shlex

import pytest

from capsa.cli.help import help_text
from capsa.cli.parse import parse
from capsa.cli.table import VERBS
from capsa.errors import UsageError

TOPICS = ["", "cache", "config", *(verb.name for verb in VERBS)]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_example_of_every_verb_parses(verb):
    words = shlex.split(verb.example.partition(" > ")[0])
    assert words[0] == "capsa"
    invocation = parse(words[1:])
    assert " ".join(invocation.verb) == verb.name


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_page_ends_with_the_example(verb):
    assert help_text(verb.name).endswith(f"\nexample:\n  {verb.example}\n")


@pytest.mark.parametrize("width", [40, 55, 80, 100])
@pytest.mark.parametrize("topic", TOPICS)
def test_no_page_is_wider_than_its_terminal(topic, width):
    page = help_text(topic, width)
    # Commands to be typed and names are never folded; the first line is the usage.
    whole = {f"  {verb.example}" for verb in VERBS}
    lines = [line for line in page.splitlines()[1:] if line not in whole and " " in line.strip()]
    assert [line for line in lines if len(line) > width] == []


def test_every_verb_stands_in_the_overview():
    overview = help_text("")
    for verb in VERBS:
        assert f"\n  {verb.name} " in overview


def test_the_first_word_of_some_shows_them():
    assert help_text("cache").splitlines()[0] == "usage: capsa cache VERB"


def test_an_unknown_topic_is_refused():
    with pytest.raises(UsageError, match="`intsall` is not a verb of capsa"):
        help_text("intsall")
