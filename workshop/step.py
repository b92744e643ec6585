"""One step of a verb of dev.py: a child process, a small file, a line on the screen, a failure in one sentence."""

from __future__ import annotations

import hashlib
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.join(ROOT, "src")
BIN, PYTHON_NAME = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")

# What would make a child look for its modules or its home somewhere else.
CONFUSING = frozenset({
    "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR",
    "PYTHONSAFEPATH", "PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV",
    "VIRTUAL_ENV_PROMPT",
})  # fmt: skip


class StepError(Exception):
    """A step that failed; ``str()`` is what to print."""


def say(text: str) -> None:
    """Print one line at once, so that it stands before the output of the children."""
    print(text, flush=True)


def variables(**added: str) -> dict[str, str]:
    """Return this process's environment variables without those that would confuse a child, and with some added."""
    return {name: value for name, value in os.environ.items() if name not in CONFUSING} | added


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command in the checkout with our own streams and return its exit status."""
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def run_quietly(command: list[str], environment: dict[str, str], *, what: str, timeout: float = 900) -> None:
    """Run a command whose output matters only when it fails."""
    try:
        done = subprocess.run(
            command, env=environment, cwd=ROOT, check=False, timeout=timeout, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepError(f"{what} failed: {error}") from error
    if done.returncode:
        tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-15:])
        raise StepError(f"{what} failed with exit status {done.returncode}:\n{tail}")


def digest(parts: list[str]) -> str:
    """Return a short digest of some texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read(path: str) -> str:
    """Return the text of a file, "" where there is none."""
    if not os.path.isfile(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as stream:
        return stream.read()


def write(path: str, text: str, *, mode: int = 0o644) -> None:
    """Write a whole file or none of it."""
    with open(f"{path}.new", "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
    os.chmod(f"{path}.new", mode)
    os.replace(f"{path}.new", path)
