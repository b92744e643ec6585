"""What each setting may be: the keys, the form of their values, and how text or TOML becomes such a value. PURE.

Knows nothing of files and layers: ``settings`` brings the values and says where they stand.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from urllib.parse import quote

from capsa.model.binary import parse_words
from capsa.value import value

Value = str | float | bool | tuple[str, ...] | None


@value
class Place:
    """What a value is read against: the folder of relative paths, home for ``~``, and whether text may be parsed.

    ``is_text`` is True for variables, pip's files and flags, where a number is written as text; in TOML a number is a
    number.
    """

    folder: str
    home: str
    is_text: bool


Form = Callable[[object, Place], Value]
"""Makes a value; raises ValueError whose text completes the sentence "the setting must be ..."."""

_DAY = 86_400  # seconds
_SWITCHES = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def switch(raw: object, place: Place) -> bool:
    """Return a yes or no."""
    if isinstance(raw, bool):
        return raw
    if place.is_text and isinstance(raw, str) and raw.strip().lower() in _SWITCHES:
        return _SWITCHES[raw.strip().lower()]
    raise ValueError("yes or no (1 or 0)" if place.is_text else "true or false")


def text(raw: object, _place: Place) -> str:
    """Return a text that is not empty."""
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    raise ValueError("a text")


def path(raw: object, place: Place) -> str:
    """Return an absolute path; ``~`` is the home folder, a relative path is relative to where it was written."""
    if not isinstance(raw, str) or not raw:
        raise ValueError("a path")
    if raw == "~" or raw.startswith("~/"):
        raw = place.home + raw[1:]
    if "\\" in place.folder or raw[1:3] == ":\\":
        return raw if raw[1:3] == ":\\" else f"{place.folder}\\{raw}"
    return posixpath.normpath(posixpath.join(place.folder, raw))


def address(raw: object, place: Place) -> str:
    """Return the URL of an index; a folder on this machine becomes a ``file:`` URL."""
    if isinstance(raw, str) and ("://" in raw or raw.startswith("file:")):
        return raw.strip()
    if isinstance(raw, str) and (raw.startswith((".", "/", "~")) or raw[1:3] == ":\\"):
        found = path(raw, place).replace("\\", "/")
        return f"file://{'' if found.startswith('/') else '/'}{quote(found, safe='/:')}"
    raise ValueError("an address that begins with https://, or a path that begins with ./ or /")


def link(raw: object, place: Place) -> str:
    """Return the place of distribution files: a URL, or an absolute path."""
    if isinstance(raw, str) and ("://" in raw or raw.startswith("file:")):
        return raw.strip()
    return path(raw, place)


def several(form: Form, what: str) -> Form:
    """Return the form of a list of such values; in text they are separated by white space."""

    def values(raw: object, place: Place) -> tuple[str, ...]:
        if place.is_text and isinstance(raw, str):
            raw = raw.split()
        if not isinstance(raw, list | tuple):
            raise ValueError(f"a list of {what}")  # noqa: TRY004 - ValueError is this protocol's one error
        return tuple(str(form(item, place)) for item in raw)

    return values


def seconds(raw: object, place: Place) -> float:
    """Return a number of seconds, 0 or more."""
    number = _number(raw, place)
    if number is None or not 0 <= number < float("inf"):
        raise ValueError("a number of seconds")
    return number


def waiting(raw: object, place: Place) -> float:
    """Return a number of seconds to wait for something: more than 0, and no more than a day, which sockets can take."""
    number = seconds(raw, place)
    if not 0 < number <= _DAY:
        raise ValueError(f"more than 0 and no more than {_DAY} seconds")
    return number


def count(raw: object, place: Place) -> int:
    """Return a whole number, 0 or more."""
    number = _number(raw, place)
    if number is None or number < 0 or number != number // 1 or number == float("inf"):
        raise ValueError("a whole number, 0 or more")
    return int(number)


def one_of(*choices: str) -> Form:
    """Return the form of a text that is one of a few."""

    def choice(raw: object, _place: Place) -> str:
        if isinstance(raw, str) and raw in choices:
            return raw
        raise ValueError(f"one of {', '.join(choices)}")

    return choice


def projects(raw: object, place: Place) -> tuple[str, ...]:
    """Return normalized names of projects, with pip's words ":all:" and ":none:"; commas may stand between them."""
    texts = [raw] if place.is_text and isinstance(raw, str) else raw
    what = "a list of project names, or `:all:`, or `:none:`"
    if not isinstance(texts, list | tuple):
        raise ValueError(what)  # noqa: TRY004 - ValueError is this protocol's one error
    try:
        return tuple(word for item in texts for word in parse_words(item))
    except (AttributeError, ValueError) as error:  # an item that is no text, or no name
        raise ValueError(what) from error


def pairs(raw: object, place: Place) -> tuple[str, ...]:
    """Return texts of the form KEY=VALUE; in TOML they may be a table too, whose values are texts or lists of them."""
    if place.is_text and isinstance(raw, str):
        import shlex  # noqa: PLC0415 - a variable with settings for build backends is rare

        raw = shlex.split(raw)
    if isinstance(raw, dict):
        rows = [
            (key, value) for key, values in raw.items() for value in (values if isinstance(values, list) else [values])
        ]
        raw = [f"{key}={value}" if isinstance(value, str) else value for key, value in rows]
    texts = raw if isinstance(raw, list | tuple) else [raw]
    if not all(isinstance(item, str) and item.partition("=")[0].strip() and "=" in item for item in texts):
        raise ValueError("KEY=VALUE, for each one")
    return tuple(texts)


def _number(raw: object, place: Place) -> float | None:
    if isinstance(raw, bool):
        return None
    is_number = isinstance(raw, int | float) or (place.is_text and isinstance(raw, str))
    try:
        return float(str(raw)) if is_number else None
    except ValueError:
        return None


LINK_MODES = ("auto", "reflink", "hardlink", "copy")
PRERELEASE_POLICIES = ("if-necessary-or-explicit", "allow", "disallow")
INDEX_STRATEGIES = ("first-index", "version-priority")
COMPILING = ("later", "now", "never")
STARTUP_CODE = ("note", "ask", "deny")

FORMS: dict[str, Form] = {
    "index-url": address,
    "extra-index-url": several(address, "addresses"),
    "find-links": several(link, "addresses or paths"),
    "no-index": switch,
    "index-strategy": one_of(*INDEX_STRATEGIES),
    "index-max-age": seconds,
    "prerelease": one_of(*PRERELEASE_POLICIES),
    "no-build": switch,
    "only-binary": projects,
    "no-binary": projects,
    "no-build-isolation": switch,
    "config-settings": pairs,
    "python": text,
    "cache-dir": path,
    "data-dir": path,
    "link-mode": one_of(*LINK_MODES),
    "compile-bytecode": one_of(*COMPILING),
    "startup-code": one_of(*STARTUP_CODE),
    "spares": count,
    "offline": switch,
    "timeout": waiting,
    "retries": count,
    "cert": path,
    "client-cert": path,
    "proxy": text,
    "trusted-host": several(text, "host names"),
}
"""Every setting, in the order in which ``config show`` lists them."""


def without_secrets(value: str) -> str:
    """Return a URL with its password, or its token, as ``****``; any other text as it is."""
    head, mark, rest = value.partition("://")
    if not mark:
        return value
    end = min((rest.find(stop) for stop in "/?#" if stop in rest), default=len(rest))
    user, at, host = rest[:end].rpartition("@")
    if at:
        name, colon, _ = user.partition(":")
        user = f"{name}:****" if colon else "****"
    tail, question, query = rest[end:].partition("?")
    return f"{head}://{user}{at}{host}{tail}{question}{'****' if query else ''}"
