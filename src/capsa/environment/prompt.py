"""What a shell's prompt shows for a box: the text that it was made with, else a name of its place. Hot."""

from __future__ import annotations

import os

from capsa.model.plain import as_line

HOT = True  # the fast path: see docs/adr

_PROJECT = ".venv"
_QUOTES = "'\""


def shown_prompt(root: str, prompt: str) -> str:
    """Return the text that is shown for the box at the absolute path ``root``; never empty, no control characters.

    ``prompt`` is the text that was asked for; without one it is the name of the folder, or for ``.venv`` of that above.
    """
    name = os.path.basename(root)
    if name == _PROJECT:
        name = os.path.basename(os.path.dirname(root)) or name
    return as_line(prompt or name or _PROJECT)


def written_prompt(config: dict[str, str]) -> str:
    """Return the prompt that pyvenv.cfg tells of, "" for none: Python's venv writes it as a literal, others bare."""
    text = config.get("prompt", "")
    if len(text) < 2 or text[0] not in _QUOTES or text[-1] != text[0]:  # noqa: PLR2004 - a pair of quotes
        return text
    try:
        return text[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
    except UnicodeDecodeError:
        return text
