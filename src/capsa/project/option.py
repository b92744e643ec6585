"""The options that a requirements file may hold, and those that may follow a requirement.

Follows pip's requirements file format; spelled as pip spells them, unambiguous abbreviations included. Never reads a
file.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from capsa.errors import RequirementError
from capsa.model.binary import parse_words
from capsa.model.requirement import Origin, without_password
from capsa.value import value


@value
class Options:
    """What the files say apart from requirements; the meanings are those of pip's options.

    The flags are ``--no-index``, ``--pre``, ``--prefer-binary`` and ``--require-hashes``; ``index_url`` is None where
    no file names one; lists are in order of appearance; ``only_binary`` and ``no_binary`` hold normalized names or
    ":all:" (see `capsa.model.binary`).
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    is_without_index: bool = False
    is_pre_allowed: bool = False
    is_binary_preferred: bool = False
    is_hash_required: bool = False
    only_binary: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@value
class Given:
    """One option as it stands in a line: ``name`` is its long name; ``value`` is "" for one that takes none."""

    name: str
    value: str = ""


_WITH_VALUE = {
    "--requirement": "-r",
    "--constraint": "-c",
    "--editable": "-e",
    "--index-url": "-i",
    "--pypi-url": "",
    "--extra-index-url": "",
    "--find-links": "-f",
    "--only-binary": "",
    "--no-binary": "",
    "--trusted-host": "",
    "--use-feature": "",
    "--hash": "",
    "--config-settings": "-C",
    "--config-setting": "",
}
_WITHOUT_VALUE = ("--no-index", "--pre", "--prefer-binary", "--require-hashes")
_SHORT = {short: name for name, short in _WITH_VALUE.items() if short}
_SAME = {"--pypi-url": "--index-url", "--config-setting": "--config-settings"}
_STRONG = {"sha256": 64, "sha384": 96, "sha512": 128}  # hash, and its length in hex

_EDITABLE = r"(?:-e\s*|--editable(?:=|\s+))(\S.*)"


def split_options(text: str) -> tuple[str, str]:
    """Return (what stands before the first option, the options) of a line."""
    found = re.search(r"(?:^|\s)-", text)
    return (text[: found.start()].strip(), text[found.start() :].strip()) if found else (text, "")


def split_editable(text: str) -> tuple[str, str] | None:
    """Return (the value of ``-e``, the options after it) of a line that begins with it, or None for another line.

    The value may be quoted, alone or together with its marker, as pip wants it, or not at all, as tools export it.
    """
    found = re.match(_EDITABLE, text, flags=re.DOTALL)
    if found is None:
        return None
    value = found[1]
    end = value.find(value[0], 1) if value[0] in "'\"" else 0
    quoted, value = (value[1:end], value[end + 1 :]) if end > 0 else ("", value)
    rest, options = split_options(value)
    return f"{quoted} {rest}".strip(), options


def parse_options(text: str, origin: Origin) -> tuple[Given, ...]:
    """Return the options in a text; raises RequirementError that names ``origin`` for one that is not known."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise RequirementError(f"{origin}: `{without_password(text)}` has a quote that is not closed") from error
    return tuple(_options(iter(words), origin))


def parse_hash(text: str, origin: Origin) -> str:
    """Return "sha256:hex" of ``--hash``'s value; raises RequirementError for another form or a weak algorithm."""
    algorithm, _, digest = text.partition(":")
    algorithm, digest = algorithm.lower(), digest.strip().lower()
    length = _STRONG.get(algorithm)
    if length is None:
        raise RequirementError(
            f"{origin}: `{text}` is not a hash that protects: it must be sha256, sha384 or sha512",
            hints=("write it like --hash=sha256:0123...",),
        )
    if not re.fullmatch(f"[0-9a-f]{{{length}}}", digest):
        raise RequirementError(f"{origin}: `{text}` is not a {algorithm} hash: that has {length} hexadecimal digits")
    return f"{algorithm}:{digest}"


def parse_projects(text: str, origin: Origin) -> tuple[str, ...]:
    """Return the words of ``--only-binary``'s or ``--no-binary``'s value; raises RequirementError for others."""
    try:
        return parse_words(text)
    except ValueError as error:
        raise RequirementError(
            f"{origin}: `{error}` is not the name of a project", hints=("write names with commas, `:all:` or `:none:`",)
        ) from error


def _options(words: Iterator[str], origin: Origin) -> Iterator[Given]:
    for word in words:
        if word.startswith("--"):
            long, equals, attached = word.partition("=")
            name = _long_name(long, origin)
            is_attached = bool(equals)
        else:
            name, attached = _SHORT.get(word[:2], ""), word[2:]
            is_attached = bool(attached)
            if not name:
                raise _unknown(word, origin)
        if name in _WITHOUT_VALUE:
            if is_attached:
                raise RequirementError(f"{origin}: {name} takes no value")
            yield Given(name=name)
            continue
        value = attached if is_attached else next(words, "")
        if not value:
            raise RequirementError(f"{origin}: {name} needs a value")
        yield Given(name=_SAME.get(name, name), value=value)


def _long_name(word: str, origin: Origin) -> str:
    known = (*_WITH_VALUE, *_WITHOUT_VALUE)
    fitting = [name for name in known if name == word] or [name for name in known if name.startswith(word)]
    if len({_SAME.get(name, name) for name in fitting}) > 1:
        raise RequirementError(f"{origin}: {word} could be {' or '.join(fitting)}")
    if not fitting:
        raise _unknown(word, origin)
    return _SAME.get(fitting[0], fitting[0])


def _unknown(word: str, origin: Origin) -> RequirementError:
    return RequirementError(f"{origin}: {word} is not an option that a requirements file may hold")
