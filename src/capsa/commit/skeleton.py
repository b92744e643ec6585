"""What of a box belongs to the box itself: files that no package may bring, folders that no package may take along.

PURE. Paths are relative to the box's root, with "/". Follows PEP 405 and the folders that ``venv`` makes. On every
platform names are compared as Windows and macOS compare them: without regard to case, to blanks and dots at their end,
and to what stands behind a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from capsa.model import layout

_SCRIPTS = frozenset({"bin", "scripts"})
_LIBRARIES = ("lib/", "Lib/")
_FOLDERS = frozenset({"", "bin", "scripts", "lib", "lib64", "include", "lib/site-packages"})
_FILES = frozenset({layout.CONFIG, ".gitignore", "cachedir.tag", layout.CAPSA, "lib64"})
_INTERPRETERS = ("python", "pythonw", "pypy")
# What Windows starts by a name without an ending, beside ".exe".
_ENDINGS = (".exe", ".com", ".bat", ".cmd", ".ps1")
_ABOUT_PIP = re.compile("/pip(?![a-z_])")
_LAUNCHER_ENDINGS = ("-script.py", "-script.pyw", *_ENDINGS)
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
    # Nearly all paths lie below lib, where none is reserved.
    return [path for path in paths if not path.startswith(_LIBRARIES) and is_reserved(path)]


def is_reserved(path: str) -> bool:
    """Whether a path is a file of the box itself: its configuration, its Python, its activation, all of ``.capsa``."""
    path = _plain(path)
    folder, _, name = path.rpartition("/")
    if path in _FILES or path.startswith(f"{layout.CAPSA}/"):
        return True
    return folder in _SCRIPTS and (_is_interpreter(name) or _is_activation(name))


def of_pip(paths: Iterable[str]) -> list[str]:
    """The paths that are `is_of_pip`."""
    paths = list(paths)
    # As above: hardly ever is there anything to be looked at closely.
    if not _ABOUT_PIP.search("\n".join(paths).casefold()):
        return []
    return [path for path in paths if is_of_pip(path)]


def is_of_pip(path: str) -> bool:
    """Whether a path is one of pip's: its package, what is installed of it, its launchers. Only pip may bring them."""
    folder, _, name = _plain(path).rpartition("/")
    if folder in _SCRIPTS:
        return _is_pip(name)
    top = _in_site(f"{folder}/{name}")
    return top.partition(".")[0] == "pip" or (top.startswith("pip-") and top[4:5].isdigit())


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
    stem = _without(name, _ENDINGS)
    return any(stem.startswith(word) and not stem[len(word) :].strip("0123456789.td") for word in _INTERPRETERS)


def _is_activation(name: str) -> bool:
    """Whether a script's name is that of an activation script, of any shell."""
    return name in {"activate", "deactivate", "activate_this.py"} or name.startswith(("activate.", "deactivate."))


def _is_pip(name: str) -> bool:
    """Whether a script's name is that of pip: pip, pip3, pip3.12, pip.exe, pip3-script.py."""
    stem = _without(name, _LAUNCHER_ENDINGS)
    if not stem.startswith("pip"):
        return False
    version = stem[3:].removeprefix("-")
    return not version or (version[0].isdigit() and not version.strip("0123456789.t"))


def _in_site(path: str) -> str:
    """Return the name in site-packages that a path lies at or below, "" for a path outside of it."""
    first, _, rest = path.partition("/")
    if first not in {"lib", "lib64"}:
        return ""
    name, _, below = rest.partition("/")
    if name != "site-packages":
        name, _, below = below.partition("/")
    return below.partition("/")[0] if name == "site-packages" else ""


def _plain(path: str) -> str:
    """Return a path as Windows takes it: no dots and blanks at the end of names, no stream (``NAME:STREAM``)."""
    path = path.casefold()
    if not any(sign in path for sign in ("./", " /", ":")) and path[-1:] not in {".", " "}:
        return path
    return "/".join(part.partition(":")[0].rstrip(". ") for part in path.split("/"))


def _without(name: str, endings: tuple[str, ...]) -> str:
    return next((name.removesuffix(ending) for ending in endings if name.endswith(ending)), name)


def _is_version_folder(name: str) -> bool:
    """Whether a folder's name is the one below lib: python3.12, python3.13t, pypy3.10."""
    return name.startswith(("python", "pypy")) and name.rstrip("t")[-1:].isdigit()
