"""The normalized form of names (PEP 503, PEP 685, PEP 735): of projects, extras and dependency groups alike. PURE.

Apart from `distribution`, so that what only compares names need not load what reads versions.
"""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[-_.]+")


def normalize(name: str) -> str:
    """Return a name in lower case, with every run of ``-``, ``_`` and ``.`` as one ``-``."""
    return _SEPARATORS.sub("-", name).lower()
