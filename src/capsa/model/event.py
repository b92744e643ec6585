"""What happens while capsa works, as values: rooms report them, ``terminal`` shows them, tests watch them."""

from __future__ import annotations

from typing import Literal, Protocol

from capsa.value import value

Kind = Literal[
    "note", "detail", "warning", "resolve", "fetch", "build", "unpack", "compile", "stage", "journal", "move", "seal",
    "sweep", "verify",
]  # fmt: skip


@value
class Event:
    """Something that happened.

    ``kind`` is the stable word: "note" (always shown), "detail" (shown under ``-v``), "warning", and the steps of the
    work ("resolve", "fetch", "build", "unpack", "compile", "stage" and so on); ``text`` is one plain sentence or a
    name; ``done`` and ``total`` are counts or bytes where they are known. A "fetch" and a "build" are
    over when an event of the same text has as much done as there is in total: 1 of 1 for a build.
    """

    kind: Kind
    text: str
    done: int = 0
    total: int | None = None


class Reporter(Protocol):
    """Who is told of events. May be called from several threads at once."""

    def event(self, event: Event, /) -> None:
        """Take note of one event; must not raise and must not wait."""
