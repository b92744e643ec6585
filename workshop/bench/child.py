"""One timed child: wall time, CPU time of it and of its children, its output in a file; ended with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

LIMIT = 900.0  # seconds; what takes longer has failed
TAIL = 12  # lines of output that a failure shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A child that ended: exit status (-9 when it took too long), wall and CPU time in seconds."""

    code: int
    wall: float
    cpu: float


def timed(command: list[str], variables: dict[str, str], folder: str, log: str) -> Finished:
    """Run a command in a folder, with its output in ``log``, and measure it."""
    with open(log, "wb") as stream:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=variables, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, process_group=0
        )
        with guarded(process):
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Finished(code=process.returncode, wall=wall, cpu=usage.ru_utime + usage.ru_stime)


@contextlib.contextmanager
def guarded(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a child and its group when it takes too long, and when we are interrupted."""
    timer = threading.Timer(LIMIT, end, [process.pid])
    timer.daemon = True
    timer.start()
    try:
        yield
    except BaseException:
        end(process.pid)
        process.wait()
        raise
    finally:
        timer.cancel()


def end(group: int) -> None:
    """End every process of a group that we started; it may have ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def tail(log: str) -> str:
    """Return the last lines of what a child said."""
    with open(log, encoding="utf-8", errors="replace") as stream:
        return "\n".join(stream.read().strip().splitlines()[-TAIL:])
