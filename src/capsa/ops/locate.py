"""Which box a verb means, and why (CONTRACT, "Which box").

Never the base interpreter, never a folder that is not a box.
"""

from __future__ import annotations

import os

from capsa.environment.open import FOLDER, find_environment, is_environment
from capsa.errors import EnvironmentMissingError
from capsa.machine.names import find_named
from capsa.model.layout import CONFIG
from capsa.model.surroundings import Surroundings
from capsa.settings.place import absolute
from capsa.value import value

__all__ = ["FOLDER", "Place", "choose_box", "locate_box"]


@value
class Place:
    """The box that was meant: its absolute ``root``, and one line to say when that is not obvious, or None."""

    root: str
    note: str | None = None


def locate_box(surroundings: Surroundings, named: str | None, folder: str) -> Place | None:
    """Return the box: the ``named`` one, else the active one, else the ``.venv`` found upward from ``folder``, or None.

    Raises EnvironmentMissingError when what is named or active is not one.
    """
    if named is not None:
        root = os.path.normpath(os.path.join(surroundings.folder, named))
        if not is_environment(root):
            raise _no_box(root)
        return Place(root=root)
    near = find_environment(folder)
    active = surroundings.variables.get("VIRTUAL_ENV")
    if active:
        return _active(active, near)
    return Place(root=near) if near else None


def choose_box(surroundings: Surroundings, data_dir: str, word: str, *, is_path_first: bool = False) -> Place:
    """Return what a word on the command line means, there or not: a named box if there is one, else a path.

    With ``is_path_first`` a box is meant by its name only where nothing lies at such a path.
    """
    path = absolute(surroundings, word)
    named = find_named(data_dir, word)
    if named is None or (is_path_first and os.path.lexists(path)):
        return Place(root=path)
    note = f"using the named box {word}; the one in this folder is `.{os.sep}{word}`" if is_environment(path) else None
    return Place(root=named, note=note)


def _no_box(root: str) -> EnvironmentMissingError:
    if os.path.exists(f"{root}/{CONFIG}"):
        return EnvironmentMissingError(
            f"{root} is not a box: its pyvenv.cfg names no Python",
            hints=("remove the folder and make it again, or choose another path",),
        )
    if os.path.lexists(root):
        return EnvironmentMissingError(
            f"{root} is not a box: it has no pyvenv.cfg",
            hints=(f"make one inside it: `capsa create {os.path.join(root, FOLDER)}`",) if os.path.isdir(root) else (),
        )
    return EnvironmentMissingError(f"there is no box at {root}", hints=(f"make one: `capsa create {root}`",))


def _active(active: str, near: str | None) -> Place:
    if not is_environment(active):
        raise EnvironmentMissingError(
            f"the active box {active} is gone (VIRTUAL_ENV names it)",
            hints=("leave it: `deactivate`", "or make it again: `capsa create {active}`"),
        )
    root = os.path.normpath(active)
    if near is not None and os.path.realpath(near) != os.path.realpath(root):
        return Place(root=root, note=f"using the active box {root}, not {near}")
    return Place(root=root)
