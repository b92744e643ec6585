"""The whole parser: reads the verb, then builds argparse for that verb alone, from the table.

Never prints and never exits: what argparse objects to becomes a UsageError. Options of every verb may stand before it
or after it; long ones may be cut short where that is unambiguous; what follows ``--`` is words. Where the words are a
command (``run``), everything from the first of them on belongs to it, its own options too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import NoReturn

from capsa.cli.option import EVERYWHERE
from capsa.cli.row import Option, Verb
from capsa.cli.table import SYNONYMS, VERBS
from capsa.errors import UsageError
from capsa.value import field, value

_ALONE = "\0"  # stands for the missing word of an "optional" option; no argument of a process can hold it
_OVERVIEW = "see every verb: `capsa --help`"


@value
class Invocation:
    """What the command line asks for.

    ``verb`` is one word or two; ("version",) and ("help",) stand for themselves, and ``values["topic"]`` of help is the
    verb asked about, "" for all. ``values`` holds only what was given, by key: True for a flag, a text for a value, a
    list of texts for what may be repeated.
    """

    verb: tuple[str, ...]
    values: dict[str, object] = field(default_factory=dict)


def parse(arguments: list[str]) -> Invocation:
    """Return what the arguments (without the program's name) ask for; raises UsageError."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    before, tail = arguments[:end], arguments[end + 1 :]
    front = _front(before)
    if front < len(before) and _takes_command(before[front]):
        return _with_command(verb_named(before[front]), before[:front], arguments[front + 1 :])
    if front == len(before):
        return _without_verb(before)
    if before[front] == "help":
        return _help(" ".join(word for word in before[front + 1 :] if not word.startswith("-")))
    group = _subverbs(before[front])
    after = before[front + 1 :]
    if not group:
        return _invocation(verb_named(before[front]), before[:front] + after, tail)
    step = _front(after)
    if step == len(after):
        return _incomplete(before[front], before[:front] + after)
    name = f"{before[front]} {after[step]}"
    return _invocation(verb_named(name), before[:front] + after[:step] + after[step + 1 :], tail)


def verb_named(name: str) -> Verb:
    """Return the verb of this name; raises UsageError with the nearest one as hint."""
    for verb in VERBS:
        if verb.name == name:
            return verb
    import difflib  # noqa: PLC0415 - only for a failure

    known = [verb.name for verb in VERBS]
    near = SYNONYMS.get(name) or next(iter(difflib.get_close_matches(name, known, n=1)), None)
    hints = (f"try `capsa {near}`",) if near else ()
    raise UsageError(f"`{name}` is not a verb of capsa", hints=(*hints, _OVERVIEW))


def _front(arguments: list[str]) -> int:
    """Return the index of the first word that is neither an option nor the word of one."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("-") and arguments[position] != "-":
        option = _option_before_verb(arguments[position])
        takes_word = option is not None and option.kind in {"value", "list"} and "=" not in arguments[position]
        position += 2 if takes_word else 1
    return min(position, len(arguments))


def _takes_command(name: str) -> bool:
    return any(verb.name == name and verb.words is not None and verb.words.is_command for verb in VERBS)


def _with_command(verb: Verb, front: list[str], after: list[str]) -> Invocation:
    """Read a verb whose words are a command: its options end at the first word that belongs to none of them."""
    options = (*verb.options, *EVERYWHERE)
    position = 0
    while position < len(after) and after[position] not in {"-", "--"} and after[position].startswith("-"):
        position += 2 if _takes_next(after[position], options) else 1
    command = after[position + 1 :] if after[position : position + 1] == ["--"] else after[position:]
    return _invocation(verb, front + after[:position], command)


def _takes_next(argument: str, options: tuple[Option, ...]) -> bool:
    """Whether the argument after this one is the word of its option, as argparse reads whole, short and cut names."""
    if argument.startswith("--"):
        near = [option for option in options if argument in option.names] or [
            option for option in options if any(_is_short_for(argument, name) for name in option.names)
        ]
        return len(near) == 1 and near[0].kind in {"value", "list"}
    for position, sign in enumerate(argument[1:], 2):
        option = next((option for option in options if f"-{sign}" in option.names), None)
        if option is None or option.kind != "flag":
            return option is not None and option.kind in {"value", "list"} and position == len(argument)
    return False


def _option_before_verb(argument: str) -> Option | None:
    name = argument.partition("=")[0]
    near = [option for option in EVERYWHERE for known in option.names if known == name or _is_short_for(name, known)]
    exact = [option for option in near if name in option.names]
    if exact or len(near) == 1:
        return (exact or near)[0]
    flags = {known[1] for option in EVERYWHERE for known in option.names if not known.startswith("--")}
    if near or (not argument.startswith("--") and set(argument[1:]) <= flags):
        return None  # argparse tells of the ambiguity, and takes clusters such as -qy
    raise UsageError(
        f"capsa has no option `{name}` that stands before a verb",
        hints=("write the options of a verb after it", _OVERVIEW),
    )


def _is_short_for(name: str, known: str) -> bool:
    return name.startswith("--") and known.startswith(name)


def _subverbs(word: str) -> list[str]:
    return [verb.name for verb in VERBS if verb.name.startswith(f"{word} ")]


def _without_verb(arguments: list[str]) -> Invocation:
    values, _ = _values("capsa", EVERYWHERE, arguments)
    if "version" in values and "help" not in values:
        return Invocation(verb=("version",))
    return _help("")


def _incomplete(word: str, arguments: list[str]) -> Invocation:
    values, _ = _values(f"capsa {word}", EVERYWHERE, arguments)
    if "help" in values:
        return _help(word)
    raise UsageError(
        f"`capsa {word}` lacks its second word",
        hints=(f"choose from {', '.join(f'`capsa {name}`' for name in _subverbs(word))}",),
    )


def _help(topic: str) -> Invocation:
    if topic and not _subverbs(topic):
        topic = verb_named(topic).name
    return Invocation(verb=("help",), values={"topic": topic})


def _invocation(verb: Verb, arguments: list[str], tail: list[str]) -> Invocation:
    program = f"capsa {verb.name}"
    options = (*verb.options, *EVERYWHERE)
    values, extras = _values(program, options, _with_marks(arguments, options, has_words=verb.words is not None))
    if "help" in values:
        return _help(verb.name)
    if "version" in values:
        return Invocation(verb=("version",))
    _refuse_unknown(program, options, extras)
    _refuse_wrong_choices(program, options, values)
    _take_words(verb, values, extras + tail)
    return Invocation(verb=tuple(verb.name.split()), values=values)


def _take_words(verb: Verb, values: dict[str, object], words: list[str]) -> None:
    most = verb.words.most if verb.words else 0
    if most is not None and len(words) > most:
        raise _misuse(f"capsa {verb.name}", f"there is one word too many: `{words[most]}`")
    if verb.words and words:
        values[verb.words.key] = words[0] if most == 1 else words
    if verb.words and len(words) < verb.words.least:
        raise _misuse(f"capsa {verb.name}", f"{verb.words.metavar} is missing: {verb.words.help}")
    if verb.needs and verb.words and not any(key in values for key in verb.needs):
        raise _misuse(f"capsa {verb.name}", f"{verb.words.metavar} or `-r FILE` is missing: {verb.words.help}")


class _Parser(argparse.ArgumentParser):
    """argparse that raises what it would print."""

    def error(self, message: str) -> NoReturn:
        raise _misuse(self.prog, message.removeprefix("argument "))


class _Refuse(argparse.Action):
    """An option of other tools: seen is refused, with the way of capsa as hint."""

    def __call__(
        self, parser: argparse.ArgumentParser, _namespace: object, _values: object, option_string: str | None = None
    ) -> NoReturn:
        raise UsageError(f"{parser.prog}: capsa has no `{option_string}`", hints=(str(self.help),))


def _values(program: str, options: Iterable[Option], arguments: list[str]) -> tuple[dict[str, object], list[str]]:
    """Return what was given, by key, and the arguments that belong to no option, in their order."""
    parser = _Parser(prog=program, add_help=False, argument_default=argparse.SUPPRESS)
    for option in options:
        _add(parser, option)
    namespace, extras = parser.parse_known_args(arguments)
    values = vars(namespace)
    for option in options:
        if option.kind == "optional" and option.key in values:
            values[option.key] = [word for word in values[option.key] if word != _ALONE]
    return values, extras


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.kind == "flag":
        parser.add_argument(*option.names, dest=option.key, action="store_true")
    elif option.kind == "value":
        parser.add_argument(*option.names, dest=option.key)
    elif option.kind == "refused":
        parser.add_argument(*option.names, dest=option.key, action=_Refuse, nargs="?", help=option.help)
    else:
        parser.add_argument(*option.names, dest=option.key, action="append")


def _with_marks(arguments: list[str], options: tuple[Option, ...], *, has_words: bool) -> list[str]:
    """Give every "optional" option that stands alone the mark that says so.

    A word after it belongs to it only where the verb takes no words of its own: ``capsa install --refresh six``
    installs six.
    """
    marked = []
    for position, argument in enumerate(arguments):
        following = arguments[position + 1 : position + 2]
        takes_next = not has_words and bool(following) and not following[0].startswith("-")
        is_alone = _names_optional(argument, options) and not takes_next
        marked.append(f"{argument}={_ALONE}" if is_alone else argument)
    return marked


def _names_optional(argument: str, options: tuple[Option, ...]) -> bool:
    if not argument.startswith("--"):
        return False
    exact = [option for option in options if argument in option.names]
    near = exact or [option for option in options if any(_is_short_for(argument, name) for name in option.names)]
    return len(near) == 1 and near[0].kind == "optional"


def _refuse_unknown(program: str, options: tuple[Option, ...], extras: list[str]) -> None:
    for extra in extras:
        if extra.startswith("-") and extra != "-":
            name = extra.partition("=")[0]
            known = [spelling for option in options if option.kind != "refused" for spelling in option.names]
            import difflib  # noqa: PLC0415 - as above

            near = difflib.get_close_matches(name, known, n=1)
            raise _misuse(program, f"there is no option `{name}`", *(f"try `{match}`" for match in near))


def _refuse_wrong_choices(program: str, options: tuple[Option, ...], values: dict[str, object]) -> None:
    for option in options:
        value = values.get(option.key)
        if option.choices and value is not None and value not in option.choices:
            raise _misuse(program, f"{option.names[0]} is one of {', '.join(option.choices)}, not `{value}`")


def _misuse(program: str, sentence: str, *hints: str) -> UsageError:
    return UsageError(f"{program}: {sentence}", hints=(*hints, f"see `{program} --help`"))
