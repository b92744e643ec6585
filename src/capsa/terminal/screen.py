r"""The lines at the foot of a terminal that change, below lines that stay.

    \r LINE \x1b[K \n LINE \x1b[J \r \x1b[1A      the cursor waits on the first character of what changes

From there `\r\x1b[J` erases it all, however the terminal folded it when it was resized, and Ctrl-C's echo moves
nothing. The cursor is never hidden: a process that is killed could not show it again (ECMA-48).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from capsa.terminal.stream import write

_ERASE = "\r\x1b[J"


class Screen:
    """One stream, and what stands at its foot. May be used by several threads at once; never raises."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._foot = ""
        self._is_closed = False
        self._is_broken = False

    def say(self, text: str) -> None:
        """Write lines that stay, the last one ended; above the foot, if there is one."""
        with self._lock:
            self._write(f"{_ERASE}{text}{_placed(self._foot)}" if self._foot else text)

    def show(self, foot: str) -> None:
        """Make these lines the foot, "" for none; none of them may reach the edge of the terminal."""
        with self._lock:
            if foot == self._foot or self._is_closed:
                return
            self._foot = foot
            self._write(_placed(foot) if foot else _ERASE)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Erase the foot and write nothing while the block runs; whoever wants to waits for its end."""
        with self._lock:
            if self._foot:
                self._foot = ""
                self._write(_ERASE)
            yield

    def close(self) -> None:
        """Erase the foot, and show none any more. May be called twice."""
        with self._lock:
            self._is_closed = True
            if self._foot:
                self._foot = ""
                self._write(_ERASE)

    def _write(self, text: str) -> None:
        if self._is_broken:
            return
        try:
            write(self._stream, text)
        except (OSError, ValueError):
            # Nobody reads standard error any more: the work goes on, and its end is told by the exit code.
            self._is_broken = True


def _placed(foot: str) -> str:
    if not foot:
        return ""
    count = foot.count("\n")
    lines = foot.replace("\n", "\x1b[K\n")
    return f"\r{lines}\x1b[J\r" + (f"\x1b[{count}A" if count else "")
