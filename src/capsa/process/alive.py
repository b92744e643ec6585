"""Whether a process is there. Sends nothing to it."""

from __future__ import annotations

import os
import sys


def is_alive(number: int) -> bool:
    """Whether this machine has a process of that number, whoever it belongs to; on Windows always True: nobody asks."""
    if sys.platform == "win32":
        return True  # signal 0 is an interrupt there
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # it is somebody else's
    return True
