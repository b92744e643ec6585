"""Looks at what no single package answers for: files that several list, or none, and scripts without interpreter.

Follows PEP 376 (who owns a file) and what the kernel and `sh` make of a first line (``#!``). Changes nothing.
"""

from __future__ import annotations

import os
import posixpath
import shlex
from collections.abc import Iterable, Iterator, Mapping

from capsa.environment.look import Subject, listed
from capsa.model.environment import Environment
from capsa.model.finding import Finding

Owners = Mapping[str, tuple[str, ...]]
"""The packages that list a file, by its path relative to the box's root."""

_BYTECODE = "__pycache__"
_HEAD = 4096  # bytes of a script that are read: two lines, however long the path
_SHELL = b"#!/bin/sh"


def owners(environment: Environment, subjects: Iterable[Subject]) -> dict[str, tuple[str, ...]]:
    """Return who lists which file; what was compiled is nobody's."""
    found: dict[str, tuple[str, ...]] = {}
    for subject in subjects:
        for path in listed(environment, subject):
            if path.endswith(".pyc") and f"/{_BYTECODE}/" in path:
                continue
            known = found.get(path, ())
            if subject.name not in known:
                found[path] = (*known, subject.name)
    return found


def collisions(owned: Owners) -> Iterator[Finding]:
    """Yield the files that two packages list: there can be only one, and it is that of the last one put in."""
    for path, names in sorted(owned.items()):
        if len(names) > 1:
            others = " and ".join(names[1:])
            yield Finding(package=names[0], path=path, kind="collision", text=f"is listed by {others} too")


def extras(environment: Environment, owned: Owners) -> Iterator[Finding]:
    """Yield what lies in the packages' own folders and is in no list: a folder of such files counts once.

    A package's own are its metadata folder, a folder with an ``__init__.py`` that it lists, and all below them.
    """
    folders: dict[str, str] = {}
    shared: set[str] = set()
    for path, names in owned.items():
        folder = posixpath.dirname(path)
        while folder and folder not in shared:
            shared.add(folder)
            folder = posixpath.dirname(folder)
        if posixpath.basename(path) == "__init__.py" or posixpath.dirname(path).endswith(".dist-info"):
            folders.setdefault(posixpath.dirname(path), names[0])
    tops = (folder for folder in folders if not _has_own_above(folder, folders))
    for folder in sorted(tops):
        yield from _strangers(environment, folder, folders[folder], owned, shared)


def dead_launchers(environment: Environment, owned: Owners) -> Iterator[Finding]:
    """Yield the scripts that name an interpreter which is not there, whoever put them in."""
    scripts = environment.layout.scripts
    try:
        names = sorted(os.listdir(environment.layout.path(scripts)))
    except OSError:
        return  # a box without scripts has none that are broken
    for name in names:
        path = f"{scripts}/{name}"
        interpreter = _interpreter(environment.layout.path(path))
        if interpreter and not os.path.exists(interpreter):
            names_of = owned.get(path, ("",))
            text = f"is started by {os.fsdecode(interpreter)}, which is not there"
            yield Finding(package=names_of[0], path=path, kind="launcher", text=text)


def _has_own_above(folder: str, folders: Mapping[str, str]) -> bool:
    above = posixpath.dirname(folder)
    while above:
        if above in folders:
            return True
        above = posixpath.dirname(above)
    return False


def _strangers(
    environment: Environment, folder: str, package: str, owned: Owners, shared: set[str]
) -> Iterator[Finding]:
    try:
        with os.scandir(environment.layout.path(folder)) as found:
            entries = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in found)
    except OSError:
        return  # that it is missing is told by its files
    for name, is_folder in entries:
        path = f"{folder}/{name}"
        if not is_folder:
            if path not in owned:
                yield Finding(package=package, path=path, kind="extra", text="is in no package's list")
        elif name == _BYTECODE:
            yield from _odd_bytecode(environment, path, package, owned)
        elif path in shared:
            yield from _strangers(environment, path, package, owned, shared)
        else:
            yield Finding(package=package, path=path, kind="extra", text="is a folder of which no package lists a file")


def _odd_bytecode(environment: Environment, folder: str, package: str, owned: Owners) -> Iterator[Finding]:
    """Yield what is no bytecode of a module of the folder above."""
    above = posixpath.dirname(folder)
    try:
        names = sorted(os.listdir(environment.layout.path(folder)))
    except OSError:
        return
    for name in names:
        path = f"{folder}/{name}"
        if ".pyc" in name and _has_module(environment, above, name.split("."), owned):
            continue
        yield Finding(package=package, path=path, kind="extra", text="is in no package's list")


def _has_module(environment: Environment, folder: str, words: list[str], owned: Owners) -> bool:
    """Whether a module of the folder has one of the beginnings of a name: tags may have dots, as those of pytest."""
    modules = [f"{folder}/{'.'.join(words[:count])}.py" for count in range(1, len(words))]
    return any(module in owned or os.path.lexists(environment.layout.path(module)) for module in modules)


def _interpreter(path: str) -> bytes:
    """Return the absolute path of what starts a script, b"" where that can't be told or is looked for on PATH."""
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return b""
        with open(path, "rb", buffering=0) as stream:
            head = stream.read(_HEAD)
    except OSError:
        return b""
    if not head.startswith(b"#!"):
        return b""
    first, _, rest = head.partition(b"\n")
    words = first[2:].split(None, 1)
    named = words[0] if words else b""
    if first.strip() == _SHELL and rest.startswith(b"'''exec'"):
        named = _started(rest.partition(b"\n")[0])
    return named if named.startswith(b"/") else b""


def _started(line: bytes) -> bytes:
    """Return the program that a line for `sh` starts: the way of launchers whose path is too long, or has blanks."""
    try:
        words = shlex.split(os.fsdecode(line))
    except ValueError:
        return b""
    return os.fsencode(words[1]) if len(words) > 1 else b""
