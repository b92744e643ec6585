"""Numbers of bytes as people read them: 1000 bytes are 1 kB, as disks and networks are sold."""

from __future__ import annotations

_STEP = 1000
_UNITS = ("kB", "MB", "GB", "TB")


def size_text(size: int) -> str:
    """Return a number of bytes: "0 B", "999 B", "1.2 kB", "620.0 MB"."""
    if size < _STEP:
        return f"{size} B"
    amount, power = size / _STEP, 0
    while round(amount, 1) >= _STEP and power < len(_UNITS) - 1:
        amount, power = amount / _STEP, power + 1
    return f"{amount:.1f} {_UNITS[power]}"
