"""What is seen of the work: notes, warnings and details as lines of their own, and on a terminal what is going on.

Implements `Reporter`. Decides what is said, and writes to standard error only; in a pipe nothing moves. May be told of
events by several threads at once; never raises, never waits for more than the stream.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self, TextIO

from capsa.model.event import Event
from capsa.terminal.live import Easel, Live
from capsa.terminal.screen import Screen
from capsa.terminal.style import Style
from capsa.terminal.tally import Tally
from capsa.terminal.visible import visible
from capsa.value import value


@value
class Loudness:
    """How much is said: ``is_verbose`` tells the details too, ``is_quiet`` warnings only."""

    is_verbose: bool = False
    is_quiet: bool = False


class Progress:
    """The reporter of one run; a context manager that leaves nothing moving behind.

    ``easel`` is what the work is drawn with, None where nothing shall move.
    """

    def __init__(self, stream: TextIO, *, style: Style, loudness: Loudness, easel: Easel | None = None) -> None:
        self._style = style
        self._loudness = loudness
        self._screen = Screen(stream)
        self._tally = Tally()
        self._easel = easel
        self._live = Live(self._screen, self._tally, easel) if easel else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def event(self, event: Event, /) -> None:
        """Show an event, or let it pass."""
        if event.kind in {"note", "detail", "warning"}:
            line = self._line(event)
            if line:
                self._screen.say(line)
        elif self._live and self._easel:
            self._tally.take(event, self._easel.clock())
            self._live.start()

    def resting(self) -> AbstractContextManager[None]:
        """Return a context in which the terminal is somebody else's: nothing moves, and nothing is said."""
        return self._screen.resting()

    def close(self) -> None:
        """Erase what moves; lines may still be said. May be called twice."""
        if self._live:
            self._live.stop()
        self._screen.close()

    def _line(self, event: Event) -> str:
        text = visible(event.text, keeps_lines=True)
        if event.kind == "warning":
            return f"{self._style.paint('warning:', 'yellow')} {text}\n"
        if event.kind == "detail":
            return f"{self._style.paint(text, 'dim')}\n" if self._loudness.is_verbose else ""
        return "" if self._loudness.is_quiet else f"{text}\n"
