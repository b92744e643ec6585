"""Which files of a box two packages list: what leaves with one of them may belong to another that stays.

Reads the lists of files (RECORD, PEP 376) as text, quickly and without judging them: `capsa.environment.site` does.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from capsa.model.environment import Environment
from capsa.model.installed import Installed


def listed_by(environment: Environment, packages: Iterable[Installed], paths: Iterable[str]) -> dict[str, str]:
    """Return, of the paths relative to the box's root, those that one of the packages lists, each with its name.

    A package whose list can't be read lists nothing.
    """
    wanted: dict[str, dict[str, str]] = {}
    paths = tuple(paths)
    found: dict[str, str] = {}
    for package in packages:
        folder = posixpath.dirname(package.info)
        if folder not in wanted:
            wanted[folder] = {_recorded(path, folder): path for path in paths}
        for name in wanted[folder].keys() & _names(environment.layout.path(f"{package.info}/RECORD")):
            found[wanted[folder][name]] = package.name
    return found


def _recorded(path: str, folder: str) -> str:
    inside = f"{folder}/"
    return path[len(inside) :] if path.startswith(inside) else posixpath.relpath(path, folder)


def _names(place: str) -> set[str]:
    """The first fields of the lines; one in quotes holds a comma, and is taken whole."""
    try:
        with open(place, encoding="utf-8") as stream:
            lines = stream.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    return {line[1:].partition('"')[0] if line[:1] == '"' else line.partition(",")[0] for line in lines}
