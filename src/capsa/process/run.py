"""Starts a program and waits for it: a list of words, never a shell, with exactly the variables that are given.

The program gets no input but what is passed, and no terminal. When time is up, or the user interrupts, it is killed
together with everything that it started.
"""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass

from capsa.errors import Failure

_LAST_WORDS = 1.0  # seconds that a killed program's pipes are read on: a grandchild may hold them open


@dataclass(frozen=True, slots=True, kw_only=True)
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


def _start(command: list[str], *, variables: dict[str, str], folder: str, has_input: bool) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.poll()  # it ended by itself in this moment
    else:
        process.kill()
    try:
        process.communicate(timeout=_LAST_WORDS)
    except subprocess.TimeoutExpired:
        # A grandchild left the group and keeps the pipes: it is not waited for.
        for stream in (process.stdout, process.stderr, process.stdin):
            if stream is not None:
                stream.close()
