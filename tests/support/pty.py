"""A process on a terminal of its own: what it writes, whichever stream, in its order."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

_PATIENCE = 120.0  # seconds


class OnTerminal:
    """A process that was started on a terminal. ``written`` is what it wrote so far."""

    def __init__(
        self,
        command: list[str],
        *,
        folder: Path,
        variables: dict[str, str],
        size: tuple[int, int] = (80, 24),
        patience: float = _PATIENCE,
    ) -> None:
        self._master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={"TERM": "xterm-256color"} | variables,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            # The terminal is this process's own: Ctrl-C written to it interrupts.
            preexec_fn=_control,  # noqa: PLW1509 - the tests start it from one thread
        )
        os.close(slave)
        self._patience = patience
        self._end = time.monotonic() + patience
        self._is_over = False
        self.written = ""

    def until(self, is_enough: Callable[[str], bool]) -> str:
        """Read until what was written is enough, and return it; fails when the process ends before."""
        while not is_enough(self.written):
            assert not self._is_over, f"the process has ended and wrote only {self.written!r}"
            self._read()
        return self.written

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def finish(self) -> int:
        """Read to the end; return the exit code."""
        while not self._is_over:
            self._read()
        os.close(self._master)
        return self.process.wait(timeout=_PATIENCE)

    def _read(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0 or not select.select([self._master], [], [], left)[0]:
            self.process.kill()
            self.process.wait(timeout=_PATIENCE)
            message = f"still running after {self._patience:g} s, and wrote {self.written!r}"
            raise AssertionError(message)
        try:
            piece = os.read(self._master, 65536)
        except OSError:  # EIO: nobody has the other end any more
            piece = b""
        if not piece:
            self._is_over = True
        self.written += piece.decode()


def _control() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
