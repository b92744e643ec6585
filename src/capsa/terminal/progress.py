"""What is seen of the work: one line that changes on a terminal, and notes, warnings and details as lines of their own.

Implements `Reporter`. Writes to standard error only; in a pipe the changing line is left out. May be told of events by
several threads at once; never raises, never waits for more than the stream.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TextIO

from capsa.model.event import Event
from capsa.terminal.size import size_text
from capsa.terminal.stream import write
from capsa.terminal.style import Style
from capsa.terminal.table import columns
from capsa.terminal.visible import visible

_INTERVAL = 0.1  # seconds between two states of the line, also before the first: what is quick shows none
_ERASE = "\r\x1b[K"
_DOING = {
    "resolve": "resolving",
    "fetch": "fetching",
    "build": "building",
    "unpack": "unpacking",
    "stage": "staging",
    "journal": "writing the journal",
    "move": "swapping in",
    "seal": "sealing",
    "sweep": "tidying up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """How much is said: ``is_live`` is the changing line, ``is_verbose`` the details; ``is_quiet`` warnings only."""

    is_live: bool = False
    is_verbose: bool = False
    is_quiet: bool = False


class Progress:
    """The reporter of one run; a context manager that erases its line at the end. ``width`` is the terminal's."""

    def __init__(
        self,
        stream: TextIO,
        *,
        style: Style,
        loudness: Loudness,
        width: int = 80,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._style = style
        self._loudness = loudness
        self._width = width
        self._clock = clock
        self._lock = threading.Lock()
        self._drawn_at = clock()
        self._is_drawn = False
        self._is_broken = False
        self._fetches: dict[str, tuple[int, int | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def event(self, event: Event, /) -> None:
        """Show an event, or let it pass."""
        with self._lock:
            if event.kind in {"note", "detail", "warning"}:
                self._tell(event)
            elif self._loudness.is_live:
                self._follow(event)

    def close(self) -> None:
        """Erase the line. May be called twice."""
        with self._lock:
            self._erase()

    def _tell(self, event: Event) -> None:
        text = visible(event.text, keeps_lines=True)
        if event.kind == "warning":
            line = f"{self._style.paint('warning:', 'yellow')} {text}\n"
        elif event.kind == "detail":
            line = f"{self._style.paint(text, 'dim')}\n" if self._loudness.is_verbose else ""
        else:
            line = "" if self._loudness.is_quiet else f"{text}\n"
        if line:
            self._erase()
            self._write(line)

    def _follow(self, event: Event) -> None:
        if event.kind == "fetch":
            self._fetches[event.text] = (event.done, event.total)
        now = self._clock()
        if now - self._drawn_at < _INTERVAL:
            return
        self._drawn_at = now
        line = _cut(self._line(event), self._width - 1)
        self._write(f"{_ERASE}{line}" if self._is_drawn else line)
        self._is_drawn = True

    def _line(self, event: Event) -> str:
        name = visible(event.text)
        if event.kind == "fetch":
            return f"{_DOING['fetch']} {self._fetched()}: {name}"
        amount = f" {event.done} of {event.total}" if event.total else f" {event.done}" if event.done else ""
        return f"{_DOING[event.kind]}{amount}{': ' if name else ''}{name}"

    def _fetched(self) -> str:
        # A file whose size nobody told counts with what has come of it.
        done = sum(had for had, _ in self._fetches.values())
        total = sum(had if size is None else size for had, size in self._fetches.values())
        return size_text(done) if total <= done else f"{size_text(done)} of {size_text(total)}"

    def _erase(self) -> None:
        if self._is_drawn:
            self._is_drawn = False
            self._write(_ERASE)

    def _write(self, text: str) -> None:
        if self._is_broken:
            return
        try:
            write(self._stream, text)
        except (OSError, ValueError):
            # Nobody reads standard error any more: the work goes on, and its end is told by the exit code.
            self._is_broken = True


def _cut(line: str, width: int) -> str:
    if columns(line) <= width:
        return line
    while line and columns(line) > width - 1:
        line = line[:-1]
    return f"{line}…"
