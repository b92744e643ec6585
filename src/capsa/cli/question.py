"""Questions to whoever sits before the terminal, answered with yes or no. Anything but yes means no."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from capsa.model.surroundings import Surroundings
from capsa.terminal.stream import write
from capsa.terminal.style import is_watched
from capsa.terminal.visible import visible

_YES = ("y", "yes")


def asker(
    values: Mapping[str, object], surroundings: Surroundings, resting: Callable[[], AbstractContextManager[None]]
) -> Callable[[str], bool] | None:
    """Return what puts a question, None where nobody is there to answer.

    ``values`` are those of the invocation: ``--yes`` answers everything, and what it answered is shown. ``resting``
    gives a context in which nobody else writes to the terminal.
    """

    def agree(question: str) -> bool:
        if "quiet" not in values:
            with resting():
                write(sys.stderr, f"{visible(question, keeps_lines=True)} [y/N] y\n")
        return True

    if "yes" in values:
        return agree
    if not surroundings.is_input_terminal or not is_watched(surroundings):
        return None

    def ask(question: str) -> bool:
        with resting():
            write(sys.stderr, f"{visible(question, keeps_lines=True)} [y/N] ")
            answer = sys.stdin.readline()
            if not answer.endswith("\n"):
                write(sys.stderr, "\n")  # Ctrl-D: the cursor still stands behind the question
        return answer.strip().lower() in _YES

    return ask
