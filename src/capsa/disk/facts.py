"""What a file is known by without reading it: size, time of the last change, mode. An equal inode excuses nothing."""

from __future__ import annotations

import os

HOT = True  # the fast path: see docs/adr

Facts = tuple[int, int, int]
"""Size in bytes, mtime_ns, permission bits."""

_KIND, _REGULAR, _PERMISSIONS = 0o170000, 0o100000, 0o7777  # S_IFMT, S_IFREG


def facts_in(status: os.stat_result) -> Facts | None:
    """Return the facts that a look gave, None for what is no plain file."""
    mode = status.st_mode
    return (status.st_size, status.st_mtime_ns, mode & _PERMISSIONS) if mode & _KIND == _REGULAR else None


def facts_of(path: str) -> Facts | None:
    """Return the facts of a plain file; None for anything else, for a link, and where nothing is to be seen."""
    try:
        return facts_in(os.lstat(path))
    except OSError:
        return None
