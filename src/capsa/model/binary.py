"""Which projects are taken as wheels only and which are always built, in pip's words for both. PURE.

The words are names, ":all:" for every project and ":none:", which empties a list. A project that is named on one side
leaves the other side's list, and is an exception to the other side's ":all:" (see `capsa.model.build.BuildRules`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from capsa.model.name import normalize
from capsa.value import value

EVERY, NOBODY = ":all:", ":none:"

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"


def parse_words(text: str) -> tuple[str, ...]:
    """Return the words of a value of ``--only-binary`` or ``--no-binary``, names normalized, in their order.

    They have commas or white space between them. Raises ValueError with the first that is no such word.
    """
    words = text.replace(",", " ").split()
    for word in words:
        if word not in {EVERY, NOBODY} and not re.fullmatch(_NAME, word):
            raise ValueError(word)
    return tuple(word if word in {EVERY, NOBODY} else normalize(word) for word in words)


@value
class Binaries:
    """``only`` are the projects that are taken as wheels only, ``no`` those that are always built: names or ":all:"."""

    only: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def with_only(self, words: Iterable[str]) -> Binaries:
        """Return both lists after ``--only-binary`` was given, the later word winning."""
        only, no = self.only, self.no
        for word in words:
            only, no = _told(only, no, word)
        return Binaries(only=only, no=no)

    def with_no(self, words: Iterable[str]) -> Binaries:
        """Return both lists after ``--no-binary`` was given, the later word winning."""
        turned = Binaries(only=self.no, no=self.only).with_only(words)
        return Binaries(only=turned.no, no=turned.only)

    def under(self, stronger: Binaries) -> Binaries:
        """Return what holds when a stronger voice is heard too, whose words have no order between its two lists."""
        found = self
        for is_name in (False, True):  # first what is said of all: the names are exceptions to that
            only, no = (
                [word for word in words if (word[0] != ":") is is_name] for words in (stronger.only, stronger.no)
            )
            found = found.with_only(only).with_no(no)
        return found


def _told(chosen: tuple[str, ...], other: tuple[str, ...], word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if word == EVERY:
        return (EVERY,), ()
    if word == NOBODY:
        return (), other
    return (*(kept for kept in chosen if kept != word), word), tuple(kept for kept in other if kept != word)
