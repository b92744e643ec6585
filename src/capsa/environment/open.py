"""Finds boxes and reads what says that they are ones: pyvenv.cfg (PEP 405). Never changes anything. Hot."""

from __future__ import annotations

import os

from capsa.errors import EnvironmentMissingError
from capsa.model.environment import Environment
from capsa.model.interpreter import Interpreter
from capsa.model.layout import CONFIG, Layout

HOT = True  # the fast path: see docs/adr

FOLDER = ".venv"


def read_config(root: str) -> dict[str, str]:
    """Return the keys (lower case) and values of pyvenv.cfg in the folder ``root``, read as Python's `site` reads it.

    Raises EnvironmentMissingError when there is no such file, or it can't be read.
    """
    try:
        with open(f"{root}/{CONFIG}", "rb") as stream:
            text = stream.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        reason = "it has no pyvenv.cfg" if isinstance(error, FileNotFoundError | NotADirectoryError) else error.strerror
        raise EnvironmentMissingError(
            f"{root} is not a box: {reason}", hints=(f"make one: `capsa create {root}`",)
        ) from error
    values = {}
    for line in text.split("\n"):
        key, mark, value = line.partition("=")
        if mark:
            values[key.strip().lower()] = value.strip()
    return values


def is_environment(folder: str) -> bool:
    """Whether a folder is a virtual environment: it has a pyvenv.cfg that tells where the base Python is."""
    try:
        return "home" in read_config(folder)
    except EnvironmentMissingError:
        return False


def find_environment(folder: str) -> str | None:
    """Return the absolute path of the ``.venv`` in ``folder`` or the nearest folder above it, or None."""
    while True:
        candidate = os.path.join(folder, FOLDER)
        if is_environment(candidate):
            return candidate
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def open_environment(root: str, interpreter: Interpreter) -> Environment:
    """Return the environment at the absolute path ``root`` whose Python has the facts of ``interpreter``."""
    layout = Layout(root, lib_name=interpreter.lib_name, platform=interpreter.platform)
    return Environment(root=root, layout=layout, interpreter=interpreter)
