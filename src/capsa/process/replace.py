"""Becomes another program: this process ends, and that one has its number, terminal, streams and signals.

Where no process can be replaced (Windows), or something is left to do after it, it is started and waited for. Never
looks a program up: `capsa.environment.command` does. Follows POSIX exec. Hot.
"""

from __future__ import annotations

import os
import sys

from capsa.errors import Failure

HOT = True  # the fast path: see docs/adr

_IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFZ", "SIGXFSZ")
_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_FOR_SIGNALS = 128  # what a shell adds to the number of the signal that ended a program


class CommandError(Failure):
    """A command that can't be run: it is not there, or is no program."""

    kind = "command"


def replace(program: str, words: list[str], variables: dict[str, str]) -> int:
    """Become the program at the path ``program``; ``words`` begin with its own name, as it is to see it.

    What is written must be flushed before. Where this returns at all the program has run and ended: the exit code.
    Raises CommandError.
    """
    if sys.platform == "win32":
        return wait(program, words, variables)
    # `signal` itself loads enum; this one every Python has loaded already.
    import _signal  # type: ignore[import-not-found] # noqa: PLC0415 - see above

    # An ignored signal stays ignored in the program, and Python ignores these: `yes | head` must end (bugs.python.org
    # issue 1652). A handler is no matter: the kernel takes it away. What our caller ignores stays so (nohup).
    numbers = [getattr(_signal, name) for name in _IGNORED_BY_PYTHON if hasattr(_signal, name)]
    earlier = [(number, _signal.signal(number, _signal.SIG_DFL)) for number in numbers]
    try:
        os.execve(program, words, variables)  # noqa: S606 - a shell is what must not come in between
    except (OSError, ValueError) as error:
        for number, disposition in earlier:
            _signal.signal(number, disposition)
        raise _refusal(program, error) from error


def wait(program: str, words: list[str], variables: dict[str, str]) -> int:
    """Start the program, pass on what this process is sent, and return its exit code: 128 and N after signal N.

    Ctrl-C reaches it by itself: the terminal sends it to both.
    """
    import signal  # noqa: PLC0415 - not on the fast path
    import subprocess  # noqa: PLC0415 - not on the fast path

    try:
        child = subprocess.Popen(words, executable=program, env=variables, stdin=None)
    except (OSError, ValueError) as error:
        raise _refusal(program, error) from error
    for number in (getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            continue  # it was interrupted too, and decides itself what that means
        return code if code >= 0 else _FOR_SIGNALS - code


def _refusal(program: str, error: Exception) -> CommandError:
    import errno  # noqa: PLC0415 - for a failure only

    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return CommandError(f"{program} can't be run: the program that its first line names is missing")
    if number == errno.ENOEXEC:
        return CommandError(
            f"{program} can't be run: it is no program, and no first line says what runs it",
            hints=(f"name that program: `capsa run sh {program}`",),
        )
    if number == errno.E2BIG:
        return CommandError(f"{program} can't be run: its arguments and variables are too long for this system")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return CommandError(f"{program} can't be run: {reason[:1].lower()}{reason[1:]}")
