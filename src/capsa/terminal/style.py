"""How text is dressed: colours where they are wanted, paths as people type them.

Decides from facts that it is given and never asks the process. NO_COLOR (no-color.org), FORCE_COLOR (force-color.org)
and TERM=dumb are obeyed; without any of them there is colour on a terminal only.
"""

from __future__ import annotations

from collections.abc import Mapping

from capsa.model.surroundings import Surroundings
from capsa.terminal.sentence import short_path
from capsa.value import value

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@value
class Style:
    """The dress of one stream: whether it is coloured, and against which folders paths are shortened."""

    is_colored: bool = False
    folder: str = ""
    home: str = ""

    def paint(self, text: str, color: str) -> str:
        """Return the text in a color ("red", "green", "yellow", "cyan", "bold", "dim"), or as it is."""
        return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if self.is_colored and text else text

    def path(self, path: str) -> str:
        """Return an absolute path as it is shown."""
        return short_path(path, self.folder, self.home)


def style_of(surroundings: Surroundings, *, is_terminal: bool, has_no_color: bool = False) -> Style:
    """Return the dress of a stream; ``has_no_color`` is the flag --no-color."""
    return Style(
        is_colored=not has_no_color and _is_colored(surroundings.variables, is_terminal=is_terminal),
        folder=surroundings.folder,
        home=surroundings.home,
    )


def _is_colored(variables: Mapping[str, str], *, is_terminal: bool) -> bool:
    if variables.get("NO_COLOR"):
        return False
    if variables.get("FORCE_COLOR"):
        return True
    return is_terminal and variables.get("TERM") != "dumb"


def is_live(surroundings: Surroundings, *, has_no_progress: bool = False, is_quiet: bool = False) -> bool:
    """Whether something may move on standard error: a terminal that can, and nobody against it.

    CI systems give terminals that nobody watches, and keep every state of what moves in their logs.
    """
    variables = surroundings.variables
    if has_no_progress or is_quiet or not is_watched(surroundings):
        return False
    return variables.get("TERM") != "dumb"


def is_watched(surroundings: Surroundings) -> bool:
    """Whether somebody is likely to look at standard error: a terminal, and not one of a CI system."""
    return surroundings.is_terminal and surroundings.variables.get("CI", "").lower() in {"", "0", "false"}
