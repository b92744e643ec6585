"""Where Pythons may lie on this machine, in the order in which they are tried. Looks at names only, runs nothing.

PATH first (a pyenv shim stands for what it would start), then other names on PATH, pyenv's versions, the usual folders.
Hot.
"""

from __future__ import annotations

import os
from _collections_abc import Iterator

from capsa.interpreter.pyenv import installed_versions, pyenv_root, release_of, resolve_shim, shim_root
from capsa.interpreter.request import Request
from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr

_MINORS = range(20, 7, -1)
_USUAL = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
_OLDEST = (3, 8)


def on_path(names: list[str], surroundings: Surroundings) -> Iterator[str]:
    """Yield the programs of these names on PATH: folder by folder, in each in the order of ``names``.

    Looks no further than it is asked to.
    """
    return _in_folders(_path_folders(surroundings), names, surroundings)


def elsewhere(request: Request | None, surroundings: Surroundings) -> list[str]:
    """Return the other places that may hold a fitting Python: more names on PATH, pyenv, the usual folders."""
    names = _numbered_names(request)
    found = list(on_path(names, surroundings))
    root = pyenv_root(surroundings)
    for version in installed_versions(root):
        if _is_hopeful(version, request):
            place = os.path.join(root, "versions", version, "bin")
            found += list(_in_folders([place], ["python3", "python", "pypy3", "pypy"], surroundings))[:1]
    present = set(_path_folders(surroundings))
    usual = [] if surroundings.is_windows else [folder for folder in _USUAL if folder not in present]
    return [*found, *_in_folders(usual, [*names, "python3", "pypy3"], surroundings)]


def in_folder(folder: str) -> str | None:
    """Return the Python of an environment or of an installation in ``folder``, or None."""
    places = [os.path.join(folder, name) for name in ("bin", "Scripts", "")]
    names = ["python", "python3", "pypy3", "pypy", *_numbered_names(None)]
    for place in places:
        for name in names:
            for ending in ("", ".exe"):
                path = os.path.join(place, name + ending)
                if _is_program(path):
                    return path
    return None


def _is_hopeful(version: str, request: Request | None) -> bool:
    release = release_of(version)
    if release and release < _OLDEST:
        return False
    return request is None or request.may_be_met_by(release)


def _numbered_names(request: Request | None) -> list[str]:
    names = [f"python3.{minor}" for minor in _MINORS]
    names += [f"python3.{minor}t" for minor in _MINORS if minor > 12]  # noqa: PLR2004 - 3.13 was the first
    names += ["pypy3", *(f"pypy3.{minor}" for minor in _MINORS if minor < 13)]  # noqa: PLR2004 - far enough
    if request is None or len(request.release) < 2:  # noqa: PLR2004 - without a minor version all may fit
        return names
    minor = f"3.{request.release[1]}"
    if request.is_debug:
        names += [f"python{minor}d", f"python{minor}td"]
    return [name for name in names if name.endswith((minor, f"{minor}t", "d")) or name == "pypy3"]


def _path_folders(surroundings: Surroundings) -> list[str]:
    # An empty or relative entry means the current folder, of whose programs nobody knows who put them there.
    separator = ";" if surroundings.is_windows else ":"
    folders = surroundings.variables.get("PATH", "").split(separator)
    return list(dict.fromkeys(folder.rstrip("/") or "/" for folder in folders if os.path.isabs(folder)))


def _in_folders(folders: list[str], names: list[str], surroundings: Surroundings) -> Iterator[str]:
    ending = ".exe" if surroundings.is_windows else ""
    for folder in folders:
        for name in names:
            path = os.path.join(folder, name + ending)
            if _is_program(path):
                program = _behind_shim(path, surroundings)
                if program:
                    yield program


def _behind_shim(path: str, surroundings: Surroundings) -> str | None:
    try:
        root = shim_root(path)
    except OSError:
        return path  # a program that may be run but not read is no shim
    return path if root is None else resolve_shim(path, root, surroundings)


def _is_program(path: str) -> bool:
    return os.access(path, os.X_OK) and os.path.isfile(path)
