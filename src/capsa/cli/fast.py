"""The small exact parser of the fast path: one verb in front, whole option names, nothing else.

Answers only where argparse, built from the same table, would say the same (tests/property/test_parsers.py); everything
it is not sure of, also every mistake, is None, and `parse` takes over.
"""

from capsa.cli.option import EVERYWHERE
from capsa.cli.row import Option, Verb
from capsa.cli.table import FAST_VERBS, VERBS

HOT = True  # the fast path: see docs/adr


def parse_fast(arguments: list[str]) -> tuple[tuple[str, ...], dict[str, object]] | None:
    """Return the verb and its values by key, as `parse.Invocation` holds them, or None."""
    if len(arguments) == 1 and arguments[0] in {"--version", "-V"}:
        return ("version",), {}
    if not arguments or arguments[0] not in FAST_VERBS:
        return None
    verb = next(verb for verb in VERBS if verb.name == arguments[0])
    options = {name: option for option in (*verb.options, *EVERYWHERE) for name in option.names}
    given: list[tuple[Option, str]] = []
    words: list[str] = []
    waiting: Option | None = None
    is_command = verb.words is not None and verb.words.is_command
    for position, argument in enumerate(arguments[1:], 1):
        if waiting is not None:
            given.append((waiting, argument))
            waiting = None
        elif is_command and (argument in {"-", "--"} or not argument.startswith("-")):
            words = arguments[position + (argument == "--") :]
            break
        elif not argument.startswith("-"):
            words.append(argument)
        else:
            name, mark, word = argument.partition("=")
            option = options.get(name)
            if option is None or (mark and not _is_long_with_word(option, name)):
                return None
            if option.kind == "flag" or mark:
                given.append((option, word))
            else:
                waiting = option
    return None if waiting else _answer(verb, words, given)


def _is_long_with_word(option: Option, name: str) -> bool:
    return name.startswith("--") and option.kind in {"value", "list"}


def _is_sure(option: Option, word: str) -> bool:
    if option.kind == "flag":
        return option.key not in {"help", "version"}
    if option.kind not in {"value", "list"} or not word or word.startswith("-"):
        return False
    return not option.choices or word in option.choices


def _answer(
    verb: Verb, words: list[str], given: list[tuple[Option, str]]
) -> tuple[tuple[str, ...], dict[str, object]] | None:
    values: dict[str, object] = {}
    lists: dict[str, list[str]] = {}
    for option, word in given:
        if not _is_sure(option, word):
            return None
        if option.kind == "list":
            values[option.key] = lists.setdefault(option.key, [])
            lists[option.key].append(word)
        else:
            values[option.key] = True if option.kind == "flag" else word
    if words:
        if verb.words is None or (verb.words.most is not None and len(words) > verb.words.most):
            return None
        values[verb.words.key] = words[0] if verb.words.most == 1 else words
    if verb.words is not None and len(words) < verb.words.least:
        return None
    if verb.needs and not any(key in values for key in verb.needs):
        return None
    return (verb.name,), values
