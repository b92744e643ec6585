"""The version of capsa, in a module of its own so that ``capsa --version`` loads nothing else."""

__version__ = "0.1.0"
