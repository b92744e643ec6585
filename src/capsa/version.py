"""The version of capsa, in a module of its own so that ``capsa --version`` loads nothing else."""

HOT = True  # the fast path: see docs/adr

__version__ = "0.1.0"
