"""What ``capsa completions SHELL`` prints: a function that offers verbs, options and their values on TAB.

Made of a table of verbs, which comes in as values: nothing is asked of capsa on TAB. Names of boxes and packages are
those of folders, which the shell itself lists. In the templates:

    |VERBS|  names of verbs    |SECONDS|  second words of verbs with two    |CASES|  what each verb takes
    |ALL|    the options of every verb    |NAMED|  the folder of the named boxes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from capsa.errors import UsageError
from capsa.shell.quote import quote_fish, quote_powershell, quote_sh
from capsa.shell.template import filled, read_template
from capsa.value import value


@value
class Offer:
    """An option by all its ``names``, or the words after a verb.

    ``kind`` is what is offered: "flag" (no word follows), "text" (nothing is known of the word), "file", "folder",
    "box", "package", "command", or "choice" followed by words; with "=" before it, the word follows only after ``=``.
    """

    names: tuple[str, ...] = ()
    kind: str = "flag"
    help: str = ""


@value
class Line:
    """A verb of one word or two: what it ``takes`` and at most how many of that (None: any number), its options."""

    name: str
    help: str
    takes: Offer = Offer()
    most: int | None = 0
    options: tuple[Offer, ...] = ()


@value
class _Dialect:
    """How one shell writes a list, and what belongs to a verb."""

    quote: Callable[[str], str]
    between: str
    case: str


# The words of a case are filled in by name; what is put in has no braces of its own to be filled.
_DIALECTS = {
    "bash": _Dialect(
        quote=quote_sh, between=" ", case="        {name}) takes={takes} most={most} options=({options}) ;;"
    ),
    "zsh": _Dialect(
        quote=quote_sh, between=" ", case="        {name}) takes={takes} most={most} options=({options}) ;;"
    ),
    "fish": _Dialect(
        quote=quote_fish,
        between=" ",
        case="        case {name}\n            set takes {takes}\n            set most {most}\n"
        "            set options {options}",
    ),
    "powershell": _Dialect(
        quote=quote_powershell,
        between=", ",
        case="    {name} = @{{ Takes = {takes}; Most = {most}; Options = @({options}) }}",
    ),
}
_SUFFIXES = {"powershell": "ps1"}
_ANY = 1000  # more words than anybody types

SHELLS = tuple(_DIALECTS)

READERS = {
    "bash": ("~/.bashrc", 'eval "$(capsa completions bash)"'),
    "zsh": ("~/.zshrc, after compinit", 'eval "$(capsa completions zsh)"'),
    "fish": ("~/.config/fish/config.fish", "capsa completions fish | source"),
    "powershell": ("$PROFILE", "Invoke-Expression ((capsa completions powershell) -join [char] 10)"),
}
"""Of each shell, the file that it reads when it starts, and the line for it."""


def completion_text(shell: str, lines: Iterable[Line], everywhere: Iterable[Offer], named: str) -> str:
    """Return the text that a shell of `SHELLS` reads; raises UsageError for another.

    ``everywhere`` are the options of every verb; ``named`` is the absolute folder of the named boxes.
    """
    dialect = _DIALECTS.get(shell)
    if dialect is None:
        raise UsageError(f"there are no completions for the shell {shell}", hints=(f"choose from {', '.join(SHELLS)}",))
    lines = tuple(lines)
    groups: dict[str, list[str]] = {}
    for line in lines:
        first, _, second = line.name.partition(" ")
        groups.setdefault(first, []).append(second)
    helps = {line.name: line.help for line in lines}
    verbs = [f"{first}\t{helps.get(first) or ', '.join(groups[first])}" for first in groups]
    values = {
        "VERBS": _list(dialect, verbs),
        "SECONDS": _list(dialect, [f"{line.name}\t{line.help}" for line in lines if " " in line.name]),
        "CASES": "\n".join(_case(dialect, line) for line in lines),
        "ALL": _list(dialect, [_row(offer) for offer in everywhere]),
        "NAMED": dialect.quote(named),
    }
    return filled(read_template(f"complete.{_SUFFIXES.get(shell, shell)}"), values)


def _case(dialect: _Dialect, line: Line) -> str:
    return dialect.case.format(
        name=dialect.quote(line.name),
        takes=dialect.quote(line.takes.kind),
        most=_ANY if line.most is None else line.most,
        options=_list(dialect, [_row(offer) for offer in line.options]),
    )


def _row(offer: Offer) -> str:
    """Return an option as the shells take it apart: names with blanks between, kind, help; tabs between the three."""
    return "\t".join((" ".join(offer.names), offer.kind, offer.help))


def _list(dialect: _Dialect, texts: list[str]) -> str:
    return dialect.between.join(dialect.quote(text) for text in texts)
