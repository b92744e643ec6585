"""Children that are killed at a chosen step, and calls of the system that fail at a chosen one."""

from __future__ import annotations

import contextlib
import os
import signal
import traceback
import warnings

# What changes a disk, apart from the one exchange that goes through ctypes.
CHANGES = ("mkdir", "rename", "replace", "unlink", "rmdir", "link", "write", "fsync", "open")
_WRITING = os.O_WRONLY | os.O_RDWR


def run_in_child(act) -> int:
    """Run ``act`` in a forked child; return its exit code, or minus the signal that killed it."""
    with warnings.catch_warnings():
        # A test runner may have threads of its own; the child only touches files and never returns.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        act()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is must not run the parent's clean-up
        traceback.print_exc()
    finally:
        os._exit(code)


def kill(*_ignored) -> None:
    """End this process as the kernel does when memory is short: at once, nothing tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


class Calls:
    """Counts the calls that change a disk while ``watching``; at the one of a number it acts before calling.

    ``is_lasting``: at all that follow as well. Half of what is to be written is written before it acts.
    """

    def __init__(self, number: int | None = None, act=None, *, is_lasting: bool = False) -> None:
        self.count = 0
        self._number = number
        self._act = act
        self._is_lasting = is_lasting

    @contextlib.contextmanager
    def watching(self):
        real = {name: getattr(os, name) for name in CHANGES}
        for name in CHANGES:
            setattr(os, name, self._watched(name, real[name]))
        try:
            yield self
        finally:
            for name in CHANGES:
                setattr(os, name, real[name])

    def _watched(self, name, call):
        def watched(*arguments, **options):
            if name == "open" and not arguments[1] & _WRITING:
                return call(*arguments, **options)
            number, self.count = self.count, self.count + 1
            if number == self._number or (self._is_lasting and number > self._number):
                if name == "write":
                    call(arguments[0], arguments[1][: len(arguments[1]) // 2])
                self._act(name)
            return call(*arguments, **options)

        return watched
