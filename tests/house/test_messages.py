"""How messages are written (STYLE.md), as far as a program can tell."""

import ast
import re

import pytest

from capsa.cli.table import VERBS
from house.sources import parse, uphold

_VERBS = "|".join(sorted({verb.name.split()[0] for verb in VERBS}))
_OTHER_NAME = re.compile(r"\b(environments?(?! marker)|virtualenv|in the cache)\b")
_COMMAND = re.compile(rf"\bcapsa ({_VERBS})\b")


def _hints(source):
    """Return the texts of hints, each once: a part of an f-string is none of its own."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg == "hints":
            outers = [part for part in ast.walk(node.value) if isinstance(part, ast.JoinedStr)]
            inner = {id(part) for outer in outers for part in ast.walk(outer) if part is not outer}
            for part in ast.walk(node.value):
                is_text = isinstance(part, ast.JoinedStr) or isinstance(getattr(part, "value", None), str)
                if is_text and id(part) not in inner:
                    yield part


def _text(node):
    return node.value if isinstance(node, ast.Constant) else ast.unparse(node)[2:-1]


def unquoted(source):
    """Return the hints with a command of capsa outside of backticks."""
    for node in _hints(source):
        if _COMMAND.search(re.sub(r"`[^`]*`", "", _text(node))):
            yield source.at(node, f"a command stands in backticks: {_text(node)}")


def repred(source):
    """Return the sentences that quote by repr(): backticks are the only quotation marks."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2].endswith(("Error", "Failure")):
            for part in ast.walk(node):
                if isinstance(part, ast.FormattedValue) and part.conversion in {ord("r"), ord("a")}:
                    yield source.at(node, f"quotes {ast.unparse(part.value)} by repr()")


def named_otherwise(source):
    """Return the sentences that call a box or the store by another name; a PEP 508 environment marker is none."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2].endswith(
            ("Error", "Failure", "Event")
        ):
            for part in ast.walk(node):
                text = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""
                if " " in text and (found := _OTHER_NAME.search(text)):
                    yield source.at(node, f"says {found[0]}: {text}")


@pytest.mark.parametrize("law", [unquoted, repred, named_otherwise])
def test_messages_keep_their_form(law):
    uphold(law)


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (unquoted, 'raise DiskError("x", hints=("make one: capsa create",))'),
        (named_otherwise, 'raise LockError(f"{root} is not an environment")'),
        (repred, 'raise DiskError(f"{name!r} is taken")'),
    ],
)
def test_the_law_notices(law, text):
    assert list(law(parse(text)))
