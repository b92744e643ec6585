"""The help, made from the table: the overview of all verbs, and the page of one.

Returns text and prints nothing. Not argparse's own, whose layout changes from one Python to the next.
"""

from __future__ import annotations

import textwrap

from capsa.cli.option import EVERYWHERE
from capsa.cli.parse import verb_named
from capsa.cli.row import Option, Verb
from capsa.cli.table import AROUND, BOXES, INSIDE, PACKAGES, PROJECTS, VERBS

_INDENT = "  "
_COLUMN = 30  # where the explanations begin
_WIDE, _WIDEST = 70, 100  # columns from which a terminal is not narrow; longer lines are hard to read
_SHORT = 12  # columns of a label that leaves room for its explanation on a narrow terminal


def help_text(topic: str, width: int = 80) -> str:
    """Return the help for ``topic``: "" for all verbs, a verb, or the first word of some; UsageError for another."""
    width = max(40, min(width, _WIDEST))
    if not topic:
        return _overview(width)
    members = [verb for verb in VERBS if verb.name.startswith(f"{topic} ")]
    if members:
        rows = _rows([(verb.name, verb.summary) for verb in members], width)
        return "".join([f"usage: capsa {topic} VERB\n\n", *rows, f"\nabout one verb: capsa {topic} VERB --help\n"])
    return _page(verb_named(topic), width)


def _overview(width: int) -> str:
    parts = [
        textwrap.fill("capsa makes boxes for Python projects and fills them.", width),
        "\n\nusage: capsa VERB [OPTION]...\n",
    ]
    for group in (BOXES, PROJECTS, PACKAGES, INSIDE, AROUND):
        rows = [(verb.name, verb.summary) for verb in VERBS if verb.group == group]
        parts += [f"\n{group.lower()}:\n", *_rows(rows, width)]
    parts.append("\noptions of every verb:\n")
    parts += _rows([(_names(option), option.help) for option in EVERYWHERE], width)
    parts.append("\nabout one verb: capsa VERB --help\n")
    return "".join(parts)


def _page(verb: Verb, width: int) -> str:
    parts = [f"usage: {_usage(verb)}\n\n", textwrap.fill(verb.text, width), "\n"]
    if verb.words:
        parts += ["\nwords:\n", *_rows([(verb.words.metavar, verb.words.help)], width)]
    own = [(_names(option), option.help) for option in verb.options if option.kind != "refused"]
    if own:
        parts += ["\noptions:\n", *_rows(own, width)]
    parts += ["\noptions of every verb:\n", *_rows([(_names(option), option.help) for option in EVERYWHERE], width)]
    parts.append(f"\nexample:\n{_INDENT}{verb.example}\n")
    return "".join(parts)


def _usage(verb: Verb) -> str:
    usage = f"capsa {verb.name} [OPTION]..."
    if verb.words is None:
        return usage
    word = verb.words.metavar + ("" if verb.words.most == 1 else "...")
    return f"{usage} {word}" if verb.words.least or verb.needs else f"{usage} [{word}]"


def _names(option: Option) -> str:
    short = [name for name in option.names if not name.startswith("--")]
    long = next(name for name in option.names if name.startswith("--"))
    word = {"value": f" {option.metavar}", "list": f" {option.metavar}", "optional": f"[={option.metavar}]"}
    return ("    " if not short else f"{short[0]}, ") + long + word.get(option.kind, "")


def _rows(rows: list[tuple[str, str]], width: int) -> list[str]:
    lines = []
    column = _column([label for label, _ in rows], width)
    indent = " " * column
    for label, explanation in rows:
        front = f"{_INDENT}{label}"
        first = f"{front:<{column}}" if len(front) < column - 1 else f"{front}\n{indent}"
        folded = textwrap.fill(
            explanation,
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
            break_long_words=False,
        )
        lines.append(f"{first}{folded[column:]}\n")
    return lines


def _column(labels: list[str], width: int) -> int:
    """Return where the explanations begin; on a narrow terminal long labels have a line of their own."""
    if width >= _WIDE:
        return _COLUMN
    return _SHORT + 2 * len(_INDENT) if max(map(len, labels)) <= _SHORT else 4 * len(_INDENT)
