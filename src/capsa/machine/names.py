"""Named boxes: those that belong to no project and are found by their name from every folder.

    DATA/named/NAME    the box

A name is one folder name that every shell and system can write. Hot.
"""

from __future__ import annotations

import os

from capsa.errors import UsageError, quoted
from capsa.model.layout import CONFIG

HOT = True  # the fast path: see docs/adr

_FOLDER = "named"
_LONGEST = 255  # bytes, of a file name
_SEPARATORS = frozenset("/\\:")  # of folders and disks
_FRONTS = (".", "-", "~")  # of paths and options


def is_name(word: str) -> bool:
    """Whether a word may be the name of a box."""
    return (
        bool(word)
        and word.isprintable()
        and word == word.strip()
        and not word.startswith(_FRONTS)
        and _SEPARATORS.isdisjoint(word)
        and len(word.encode("utf-8")) <= _LONGEST
    )


def named_folder(data_dir: str) -> str:
    """Return the absolute path of the folder in which the named boxes lie, there or not."""
    return f"{data_dir}/{_FOLDER}"


def named_root(data_dir: str, name: str) -> str:
    """Return the absolute path of the box of this name, there or not; raises UsageError for what is no name."""
    if not is_name(name):
        raise UsageError(
            f"{quoted(name)} can't be the name of a box",
            hints=("choose letters, digits, `-`, `_` and `.`, with a letter or a digit in front",),
        )
    return f"{data_dir}/{_FOLDER}/{name}"


def find_named(data_dir: str, word: str) -> str | None:
    """Return the absolute path of the box that is named by a word, None where the word is a path or there is none."""
    if not is_name(word):
        return None
    root = f"{data_dir}/{_FOLDER}/{word}"
    return root if os.path.isfile(f"{root}/{CONFIG}") else None


def named_boxes(data_dir: str) -> tuple[str, ...]:
    """Return the names of the boxes that are there, sorted."""
    try:
        names = os.listdir(f"{data_dir}/{_FOLDER}")
    except OSError:
        return ()
    return tuple(sorted(name for name in names if find_named(data_dir, name)))
