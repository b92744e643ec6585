"""One box that is there: where it lies, how it is laid out, and the Python in it.

Hot: a plain slotted class; opening one is `capsa.environment`'s work.
"""

from capsa.model.interpreter import Interpreter
from capsa.model.layout import Layout

HOT = True  # the fast path: see docs/adr


class Environment:
    """A virtual environment on disk (PEP 405): ``root`` is its absolute path; ``interpreter`` the Python inside it."""

    __slots__ = ("interpreter", "layout", "root")

    def __init__(self, *, root: str, layout: Layout, interpreter: Interpreter) -> None:
        self.root = root
        self.layout = layout
        self.interpreter = interpreter
