"""How a state of a box is written on the command line: ``@3``."""

from __future__ import annotations

from capsa.errors import UsageError

MARK = "@"


def state_number(text: str) -> int:
    """Return the number of a state that was written as ``@3``; raises UsageError for anything else."""
    number = text.removeprefix(MARK)
    if not text.startswith(MARK) or not (number.isascii() and number.isdecimal()) or not int(number):
        raise UsageError(f"`{text}` is not a state: they are written `@1`, `@2`", hints=("see them: `capsa history`",))
    return int(number)
