"""capsa: the whole system of Python virtual environments.

A box for every project: made in milliseconds, entered and left in any shell, filled exactly, never half done.
"""

from capsa.version import __version__

__all__ = ["__version__"]
