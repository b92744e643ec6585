"""Starts a program and waits for it: a list of words, never a shell, with exactly the variables that are given.

The program gets no input but what is passed, and no terminal. When time is up, or the user interrupts, it is killed
together with everything that it started.
"""

from __future__ import annotations

import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable

from capsa.errors import Failure
from capsa.value import value

_LAST_WORDS = 1.0  # seconds that a killed program's pipes are read on: a grandchild may hold them open
_GLANCE = 0.1  # seconds between two looks whether a silent program is still there
_PIECE = 1 << 16  # bytes


@value
class Finished:
    """How a program ended: its exit ``code`` (negative: the signal) and its two outputs as text.

    Bytes that are not UTF-8 are shown as the replacement character.
    """

    code: int
    output: str
    errors: str


class StartError(Failure):
    """A program that could not be started, or did not end in time (``is_late``)."""

    kind = "process"

    def __init__(self, message: str, *, is_late: bool = False, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.is_late = is_late


def run(
    command: list[str],
    *,
    variables: dict[str, str],
    folder: str,
    timeout: float,
    input: bytes | None = None,  # noqa: A002 - the word that `subprocess` uses
) -> Finished:
    """Run ``command`` in ``folder`` with nothing but ``variables`` and return how it ended.

    ``timeout`` is in seconds; ``input`` is fed to its standard input, which is empty otherwise. A non-zero exit code is
    no error here. Raises StartError when the program can't be started or takes longer.
    """
    process = _start(command, variables=variables, folder=folder, has_input=input is not None)
    try:
        output, errors = process.communicate(input, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise StartError(f"{command[0]} gave no answer within {timeout:g} seconds", is_late=True) from error
    except BaseException:
        _end(process)
        raise
    return Finished(
        code=process.returncode,
        output=output.decode("utf-8", "replace"),
        errors=errors.decode("utf-8", "replace"),
    )


def run_logged(
    command: list[str],
    *,
    variables: dict[str, str],
    folder: str,
    log: Callable[[bytes], None],
    timeout: float | None = None,
) -> int:
    """Run ``command`` like `run`, but hand its two outputs to ``log`` as they come, mixed; return its exit code.

    ``timeout`` is in seconds, None waits for ever. What a program that it started and left behind says later is not
    waited for. Raises StartError when it can't be started or takes longer; when ``log`` raises, it is ended, too.
    """
    process = _start(command, variables=variables, folder=folder, has_input=False, is_mixed=True)
    end = math.inf if timeout is None else time.monotonic() + timeout
    try:
        if _hand_over(process, log, end):
            code = process.wait(None if timeout is None else max(end - time.monotonic(), 0))
        else:
            code = process.returncode
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise StartError(f"{command[0]} did not end within {timeout:g} seconds", is_late=True) from error
    except BaseException:
        _end(process)
        raise
    if process.stdout:
        process.stdout.close()
    return code


def _hand_over(process: subprocess.Popen[bytes], log: Callable[[bytes], None], end: float) -> bool:
    """Pass the output on; tell whether it was closed (or the program ended and somebody else holds it open)."""
    descriptor = process.stdout.fileno() if process.stdout else -1
    if os.name == "nt":  # where a pipe can't be watched: the end of the output is waited for, however late
        while piece := os.read(descriptor, _PIECE):
            log(piece)
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if selector.select(min(left, _GLANCE)):
                piece = os.read(descriptor, _PIECE)
                if not piece:
                    return True
                log(piece)
            elif process.poll() is not None:
                return False
    raise subprocess.TimeoutExpired(process.args, 0)


def _start(
    command: list[str], *, variables: dict[str, str], folder: str, has_input: bool, is_mixed: bool = False
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if is_mixed else subprocess.PIPE,
            env=variables,
            cwd=folder,
            # A group of its own, so that what it starts can be ended with it.
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise StartError(f"can't start {command[0]}: {_cause(error, folder)}") from error


def _cause(error: Exception, folder: str) -> str:
    if isinstance(error, FileNotFoundError) and not os.path.isdir(folder):
        return f"the folder {folder} does not exist"
    if isinstance(error, FileNotFoundError):
        return "there is no such program, or the one that its first line names is missing"
    if isinstance(error, PermissionError):
        return "it is not a program that you may run"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.poll()  # it ended by itself in this moment
    else:
        process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    try:
        process.communicate(timeout=_LAST_WORDS)
    except subprocess.TimeoutExpired:
        # A grandchild left the group and keeps the pipes: it is not waited for.
        for stream in (process.stdout, process.stderr, process.stdin):
            if stream is not None:
                stream.close()
