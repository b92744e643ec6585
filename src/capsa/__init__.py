"""capsa: the whole system of Python virtual environments.

A box for every project: made in milliseconds, entered and left in any shell, filled exactly, never half done.
"""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Load what is asked for, and nothing before: the command line passes here each time it starts."""
    if name == "__version__":
        from capsa.version import __version__  # noqa: PLC0415 - see above

        return __version__
    raise AttributeError(name)
