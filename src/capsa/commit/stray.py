"""What killed processes left of papers that they were still writing: swept by whoever has the box's turn next.

    BOX/.capsa/.capsa-<process>-<random>           a seal, a mark, a note that was not whole yet
    BOX/.capsa/history/.capsa-...  kept/.capsa-...

Only names as `capsa.disk.atomic.temporary_sibling` gives them, and only of processes that are gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from capsa.disk.atomic import maker_of, remove_tree
from capsa.errors import DiskError
from capsa.model.event import Event, Reporter
from capsa.model.layout import CAPSA, HISTORY
from capsa.process.alive import is_alive

_FOLDERS = (CAPSA, HISTORY, f"{HISTORY}/kept")


def sweep_strays(root: str, reporter: Reporter) -> None:
    """Remove them from the box at ``root``; what the disk refuses now is left to a later verb."""
    for path in _strays(root):
        try:
            remove_tree(path)
        except DiskError as error:
            reporter.event(Event(kind="detail", text=f"what a killed capsa left stays: {error}"))


def _strays(root: str) -> Iterator[str]:
    for folder in _FOLDERS:
        place = f"{root}/{folder}"
        try:
            names = os.listdir(place)
        except OSError:
            continue  # there is none, or it can't be read: nothing is swept from there
        for name in names:
            maker = maker_of(name)
            if maker is not None and not is_alive(maker):
                yield f"{place}/{name}"
