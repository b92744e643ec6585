"""Which modules the standard library of a box's Python has, by a look at its folder. Only reads."""

from __future__ import annotations

import os
import sys

from capsa.model.interpreter import Interpreter

_EXTENSIONS = (".so", ".pyd")
# Wheels leave their tests behind under this name, which nobody imports by it.
_PASSED_OVER = "test"


def standard_modules(interpreter: Interpreter) -> frozenset[str]:
    """Return the top-level names; where the folder can't be read, those of the Python that runs capsa."""
    names = set(sys.builtin_module_names)
    try:
        found = os.listdir(interpreter.stdlib)
    except OSError:
        found = []
        names |= sys.stdlib_module_names
    for entry in (*found, *_extensions(interpreter)):
        stem, _, ending = entry.partition(".")
        if ending in {"", "py"} or entry.endswith(_EXTENSIONS):
            names.add(stem)
    return frozenset(name for name in names if name.isidentifier() and name != _PASSED_OVER)


def _extensions(interpreter: Interpreter) -> list[str]:
    try:
        return os.listdir(f"{interpreter.stdlib}/lib-dynload")
    except OSError:
        return []  # PyPy and Windows have none
