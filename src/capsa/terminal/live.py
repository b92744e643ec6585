"""The thread that draws what is going on, ten times a second, for as long as there is something to see.

It begins so late that whatever is quick is never drawn, and only then is the painter made: rich costs 60 ms to import.
Nobody ever waits for this thread, also not at the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from capsa.terminal.screen import Screen
from capsa.terminal.tally import State, Tally
from capsa.value import value

_DELAY = 0.2  # seconds of work before anything is drawn
_INTERVAL = 0.1  # seconds between two pictures


class Painter(Protocol):
    """Who words and lays out a state (`capsa.terminal.picture.Picture`)."""

    def paint(self, state: State, width: int, height: int, /) -> str:
        """Return lines without an end after the last, fewer than ``height`` and narrower than ``width``."""


@value
class Easel:
    """What drawing takes: a maker of the painter, the terminal's (columns, rows) as they are now, a clock in seconds.

    ``delay`` and ``interval`` are in seconds.
    """

    painter: Callable[[], Painter]
    size: Callable[[], tuple[int, int]]
    clock: Callable[[], float]
    delay: float = _DELAY
    interval: float = _INTERVAL


class Live:
    """Draws a tally on a screen until it is stopped."""

    def __init__(self, screen: Screen, tally: Tally, easel: Easel) -> None:
        self._screen = screen
        self._tally = tally
        self._easel = easel
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._is_started = False

    def start(self) -> None:
        """Begin; again and again does no harm."""
        with self._starting:
            if self._is_started:
                return
            self._is_started = True
        threading.Thread(target=self._draw, name="capsa-live", daemon=True).start()

    def stop(self) -> None:
        """End; waits for nothing: a picture that comes late meets a closed screen."""
        self._stopped.set()

    def _draw(self) -> None:
        if self._stopped.wait(self._easel.delay):
            return
        painter = self._easel.painter()
        while not self._stopped.is_set():
            self._screen.show(painter.paint(self._tally.state(self._easel.clock()), *self._easel.size()))
            self._stopped.wait(self._easel.interval)
