"""pip's words for what is built."""

import pytest

from capsa.model.binary import Binaries, parse_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("A_b", ("a-b",)),
        ("a, B c", ("a", "b", "c")),
        (":all:", (":all:",)),
        (":none:,a", (":none:", "a")),
    ],
)
def test_words_stand_between_commas_or_spaces(text, words):
    assert parse_words(text) == words


@pytest.mark.parametrize(("text", "wrong"), [(":every:", ":every:"), ("a,b==1", "b==1"), ("-a", "-a"), ("*", "*")])
def test_what_is_no_name_is_told(text, wrong):
    with pytest.raises(ValueError, match="^" + wrong.replace("*", r"\*")):
        parse_words(text)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        (["a"], ("a",)),
        (["a", "a"], ("a",)),
        (["a", "b", ":none:"], ()),
        ([":none:", "c"], ("c",)),
        (["a", ":all:"], (":all:",)),
        ([":all:", "a"], (":all:", "a")),
    ],
)
def test_a_list_follows_pip(words, chosen):
    assert Binaries().with_only(words) == Binaries(only=chosen)
    assert Binaries().with_no(words) == Binaries(no=chosen)


def test_the_later_word_wins_for_a_name_and_all_empties_the_other_side():
    found = Binaries().with_only(["a", "b"]).with_no(["a"])
    assert found == Binaries(only=("b",), no=("a",))
    assert found.with_no([":all:"]) == Binaries(no=(":all:",))
    assert found.with_only([":none:"]) == Binaries(no=("a",))


def test_a_stronger_voice_wins_and_its_names_are_exceptions_to_its_own_all():
    weaker = Binaries(only=("a",), no=("b", "c"))
    assert weaker.under(Binaries(only=("b",))) == Binaries(only=("a", "b"), no=("c",))
    assert weaker.under(Binaries(only=(":all:",), no=("b",))) == Binaries(only=(":all:",), no=("b",))
    assert weaker.under(Binaries(only=("b",), no=(":all:",))) == Binaries(only=("b",), no=(":all:",))
    assert weaker.under(Binaries(no=(":none:",))) == Binaries(only=("a",))
    assert weaker.under(Binaries()) == weaker
