"""What of a box belongs to the box itself: files that no package may bring, folders that no package may take along.

PURE. Paths are relative to the box's root, with "/". Follows PEP 405 and the folders that ``venv`` makes. Names are
compared without regard to case on every platform, because the disks of macOS and Windows do not regard it.
"""

from __future__ import annotations

from collections.abc import Iterable

from capsa.model import layout

_SCRIPTS = frozenset({"bin", "scripts"})
_DEEP = 2
_FOLDERS = frozenset({"", "bin", "scripts", "lib", "lib64", "include", "lib/site-packages"})
_FILES = frozenset({layout.CONFIG, ".gitignore", "cachedir.tag", layout.CAPSA, "lib64"})
_INTERPRETERS = ("python", "pythonw", "pypy")
_SUSPECT = ("\\", "\0", ":", "//", "/../", "/./")


def is_inside(path: str) -> bool:
    """Whether a path stays below the box's root on every platform: no "..", no empty part, no drive, no backslash."""
    if "\\" in path or "\0" in path or ":" in path.partition("/")[0]:
        return False
    framed = f"/{path}/"
    return not ("//" in framed or "/../" in framed or "/./" in framed)


def escaping(paths: Iterable[str]) -> list[str]:
    """The paths that are not `is_inside`."""
    paths = list(paths)
    # Thousands of paths, hardly ever one that is wrong: all are looked through in one go first.
    framed = "/" + "/\n/".join(paths) + "/"
    if not paths or not any(part in framed for part in _SUSPECT):
        return []
    return [path for path in paths if not is_inside(path)]


def reserved(paths: Iterable[str]) -> list[str]:
    """The paths that are `is_reserved`."""
    # None lies more than one folder deep, but for those of ``.capsa``.
    return [path for path in paths if (path.count("/") < _DEEP or path.startswith(".")) and is_reserved(path)]


def is_reserved(path: str) -> bool:
    """Whether a path is a file of the box itself: its configuration, its Python, its activation, all of ``.capsa``."""
    path = path.casefold()
    folder, _, name = path.rpartition("/")
    if path in _FILES or path.startswith(f"{layout.CAPSA}/"):
        return True
    return folder in _SCRIPTS and (_is_interpreter(name) or _is_activation(name))


def is_skeleton(path: str) -> bool:
    """Whether a folder is part of every box, so that it stays where it is, also when it is empty."""
    path = path.casefold()
    if path in _FOLDERS:
        return True
    first, _, rest = path.partition("/")
    name, _, site = rest.partition("/")
    if first == "include":
        return not site and _is_version_folder(name)
    return first in {"lib", "lib64"} and site in {"", "site-packages"} and _is_version_folder(name)


def _is_interpreter(name: str) -> bool:
    """Whether a script's name is that of a Python: python, python3, python3.12, pythonw.exe, pypy3.10."""
    stem = name.removesuffix(".exe")
    return any(stem.startswith(word) and not stem[len(word) :].strip("0123456789.t") for word in _INTERPRETERS)


def _is_activation(name: str) -> bool:
    """Whether a script's name is that of an activation script, of any shell."""
    return name in {"activate", "deactivate", "activate_this.py"} or name.startswith(("activate.", "deactivate."))


def _is_version_folder(name: str) -> bool:
    """Whether a folder's name is the one below lib: python3.12, python3.13t, pypy3.10."""
    return name.startswith(("python", "pypy")) and name.rstrip("t")[-1:].isdigit()
