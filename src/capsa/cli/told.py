"""A command line as the history of a box keeps it: what was asked for, in one form, and no secret.

Addresses lose user, password and query; those of indexes their path too, in which some servers want a token. Settings
for build backends keep their names, and a command that is run keeps its first word only.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from capsa.cli.option import EVERYWHERE
from capsa.cli.parse import Invocation, verb_named
from capsa.cli.row import Option
from capsa.transport.port import without_secrets

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s,;]+")
_PLACES = frozenset({"index-url", "extra-index-url", "find-links"})
_PAIRS = frozenset({"config-settings"})
_HIDDEN = "..."
# What says how capsa speaks, and not what it does.
_SILENT = frozenset({"quiet", "verbose", "yes", "json", "no-color", "no-progress", "env", "project", "dry-run"})


def command_line(invocation: Invocation) -> str:
    """Return the line, "capsa install six", that would ask for the same."""
    verb = verb_named(" ".join(invocation.verb))
    parts = ["capsa", *invocation.verb]
    for option in (*verb.options, *EVERYWHERE):
        if option.key in invocation.values and option.key not in _SILENT:
            parts += _option(option, invocation.values[option.key])
    words = _words(invocation.values.get(verb.words.key)) if verb.words else []
    if verb.words and verb.words.is_command and len(words) > 1:
        words = [*words[:1], _HIDDEN]
    return " ".join([_quoted(part) for part in (*parts, *map(_without_secrets, words))])


def _option(option: Option, given: object) -> Iterator[str]:
    name = option.names[0]
    if given is True or given == []:
        yield name
        return
    for word in _words(given):
        if option.key in _PAIRS:
            shown = f"{word.partition('=')[0]}={_HIDDEN}"
        elif option.key in _PLACES:
            shown = _ADDRESS.sub(lambda found: _place(found[0]), word)
        else:
            shown = _without_secrets(word)
        yield from (f"{name}={shown}",) if option.kind == "optional" else (name, shown)


def _words(given: object) -> list[str]:
    if given is None:
        return []
    return [str(word) for word in given] if isinstance(given, list | tuple) else [str(given)]


def _without_secrets(word: str) -> str:
    return _ADDRESS.sub(lambda found: without_secrets(found[0]), word)


def _place(address: str) -> str:
    bare = without_secrets(address)
    try:
        parts = urlsplit(bare)
    except ValueError:
        return _HIDDEN
    return bare if parts.path in {"", "/", "/simple", "/simple/"} else f"{parts.scheme}://{parts.netloc}/{_HIDDEN}"


def _quoted(word: str) -> str:
    # Three dots stand for what is not told; a shell would not mind them either.
    return word if word == _HIDDEN else shlex.quote(word)
