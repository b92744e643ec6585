"""Two parsers, one table: whatever the fast one answers, argparse answers too."""

from hypothesis import given, settings
from hypothesis import strategies as st

from capsa.cli.fast import parse_fast
from capsa.cli.option import EVERYWHERE
from capsa.cli.parse import Invocation, parse
from capsa.cli.table import FAST_VERBS, VERBS
from capsa.errors import UsageError

NAMES = sorted({name for verb in VERBS for option in (*verb.options, *EVERYWHERE) for name in option.names})
WORDS = st.one_of(
    st.sampled_from(
        ["six", "3.12", ".venv", "copy", "allow", "-", "--", "", "a b", "-1", "a=b", "--no", "@f", "=", "é"]
    ),
    st.text(max_size=6).filter(lambda text: "\0" not in text),
)


@st.composite
def tokens(draw):
    name = draw(st.sampled_from(NAMES))
    form = draw(st.integers(0, 5))
    if form == 0:
        return draw(WORDS)
    if form == 1:
        return f"{name}={draw(WORDS)}"
    if form == 2:
        return name[: draw(st.integers(1, len(name)))]
    if form == 3:
        return name + draw(WORDS)
    return name


def parsed(arguments):
    try:
        return parse(arguments)
    except UsageError as error:
        return error


@settings(deadline=None, max_examples=600)
@given(st.sampled_from([*FAST_VERBS, "list"]), st.lists(st.one_of(tokens(), WORDS), max_size=6))
def test_both_parsers_agree_wherever_the_fast_one_answers(verb, rest):
    fast = parse_fast([verb, *rest])
    if fast is not None:
        assert parsed([verb, *rest]) == Invocation(verb=fast[0], values=fast[1])


@st.composite
def plain_lines(draw):
    verb = draw(st.sampled_from([verb for verb in VERBS if verb.name in FAST_VERBS]))
    sure = [option for option in (*verb.options, *EVERYWHERE) if option.kind in {"flag", "value", "list"}]
    sure = [option for option in sure if option.key not in {"help", "version"}]
    word = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1, max_size=5)
    word = word.filter(lambda text: not text.startswith("-"))
    arguments = []
    for option in draw(st.lists(st.sampled_from(sure), max_size=4)):
        name = draw(st.sampled_from(option.names))
        value = draw(st.sampled_from(option.choices) if option.choices else word)
        arguments += [name] if option.kind == "flag" else [name, value]
    if verb.words is None:
        return [verb.name, *arguments]
    words = [draw(word)]
    if verb.words.is_command:
        words = [*draw(st.sampled_from([[], ["--"]])), *words, *draw(st.lists(st.one_of(tokens(), WORDS), max_size=4))]
    return [verb.name, *arguments, *words]


@settings(deadline=None, max_examples=300)
@given(plain_lines())
def test_lines_of_whole_names_are_answered_fast_and_alike(arguments):
    fast = parse_fast(arguments)
    assert fast is not None
    assert parsed(arguments) == Invocation(verb=fast[0], values=fast[1])


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(tokens(), WORDS), max_size=5), st.lists(st.one_of(tokens(), WORDS), max_size=5))
def test_a_command_keeps_every_word_of_its_own(options, words):
    reading = parsed(["run", *options, "--", *words])
    if isinstance(reading, Invocation) and reading.verb == ("run",):
        command = reading.values["command"]
        assert command == words or command[-len(words) - 1 :] == ["--", *words]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(tokens(), WORDS, st.sampled_from([*FAST_VERBS, "cache", "size", "help"])), max_size=6))
def test_no_command_line_raises_anything_but_a_usage_error(arguments):
    assert isinstance(parsed(arguments), Invocation | UsageError)
