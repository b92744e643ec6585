"""pyenv's Pythons: which versions are there, and which of them a shim on PATH means, found without running anything.

A shim asks, in this order: the variable PYENV_VERSION, a `.python-version` file upward from the current folder, the
file `version` of pyenv's root. Each may name several versions; "system" means the next one on PATH. Hot.
"""

from __future__ import annotations

import os

from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr

PIN = ".python-version"


def pyenv_root(surroundings: Surroundings) -> str:
    """Return where pyenv lives or would live."""
    return surroundings.variables.get("PYENV_ROOT") or os.path.join(surroundings.home, ".pyenv")


def shim_root(path: str) -> str | None:
    """Return the root of the pyenv whose shim is at ``path``, or None for any other program."""
    folder = os.path.dirname(path)
    if os.path.basename(folder) != "shims":
        return None
    root = os.path.dirname(folder)
    if not os.path.isdir(os.path.join(root, "versions")):
        return None
    with open(path, "rb") as stream:
        return root if stream.read(2) == b"#!" else None


def resolve_shim(path: str, root: str, surroundings: Surroundings) -> str | None:
    """Return the program that a shim would start now, or None where it means the next one on PATH, or nothing."""
    name = os.path.basename(path)
    for version in _chosen(root, surroundings):
        if version == "system":
            return None
        folder = find_version(root, version)
        program = os.path.join(folder, "bin", name) if folder else ""
        if program and os.access(program, os.X_OK):
            return program
    return None


def find_version(root: str, version: str) -> str | None:
    """Return the folder of an installed version: by its exact name, else the newest that "3.12" is the beginning of."""
    versions = os.path.join(root, "versions")
    for name in (version, version.removeprefix("python-")):
        if name and "/" not in name and os.path.isdir(os.path.join(versions, name)):
            return os.path.join(versions, name)
    fitting = [name for name in installed_versions(root) if name.startswith(f"{version}.")]
    return os.path.join(versions, fitting[0]) if fitting else None


def installed_versions(root: str) -> list[str]:
    """Return the names of the installed versions, newest first, those that are not numbers last."""
    try:
        names = os.listdir(os.path.join(root, "versions"))
    except OSError:
        return []  # no pyenv here
    return sorted(names, key=lambda name: (release_of(name), name), reverse=True)


def release_of(name: str) -> tuple[int, ...]:
    """Return the leading numbers in the name of a CPython version: "3.13.0t" -> (3, 13, 0), "pypy3.9" -> ()."""
    numbers = []
    for part in name.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


def find_pin(folder: str) -> str | None:
    """Return the path of the nearest `.python-version` in ``folder`` or above it, or None."""
    while True:
        path = os.path.join(folder, PIN)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def read_pin(path: str) -> list[str]:
    """Return the versions that a `.python-version` or a `version` file names; unreadable or missing: none."""
    try:
        with open(path, "rb") as stream:
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return []
    words = [line.partition("#")[0].split() for line in text.splitlines()]
    return [word for line in words for word in line]


def _chosen(root: str, surroundings: Surroundings) -> list[str]:
    variable = surroundings.variables.get("PYENV_VERSION", "")
    if variable:
        return [version for version in variable.split(":") if version]
    pin = find_pin(surroundings.folder)
    return (read_pin(pin) if pin else []) or read_pin(os.path.join(root, "version")) or ["system"]
