"""Whether an interrupted change waits in a box: the one question that every verb asks.

Never changes anything; the answer is also yes while another capsa is at work.
"""

from __future__ import annotations

import os

from capsa.model.layout import JOURNAL, NEW, OLD

HOT = True  # the fast path: see docs/adr


def needs_recovery(root: str) -> bool:
    """Whether the box at ``root`` holds a journal, or something staged or removed that was not swept: three lstats."""
    return any(os.path.lexists(f"{root}/{place}") for place in (JOURNAL, NEW, OLD))
