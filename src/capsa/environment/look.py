"""Looks at every file of an installed distribution: is it what was put in? One `lstat` a file, nothing is read.

By the manifest of its archive where capsa put it in (size, time, mode; an equal inode excuses nothing), else by its
RECORD (presence and size; PEP 376). What was compiled since (``__pycache__``) counts for nothing.
"""

from __future__ import annotations

import os
import posixpath

from capsa.environment.site import departure
from capsa.errors import EnvironmentDamagedError
from capsa.model.environment import Environment
from capsa.model.installation import Installation
from capsa.model.installed import Installed
from capsa.model.manifest import Manifest
from capsa.model.record import parse_record

_ANY = (None, None, None)


def first_change(environment: Environment, expected: Installation, manifest: Manifest) -> str | None:
    """Return what is wrong with a distribution that capsa put in: "PATH is missing", "PATH was changed", or None.

    ``expected`` is what putting it in would do today, ``manifest`` that of its archive. The path is relative to the
    box's root. Files written for this box (launchers, RECORD) are looked for, programs among them by size too.
    """
    layout = environment.layout
    facts = {path: (size, mtime_ns, mode) for path, size, mtime_ns, mode, _ in manifest.files}
    for path, target in expected.links:
        if change := _change(layout.path(target), facts.get(path, _ANY)):
            return f"{target} {change}"
    programs = f"{layout.scripts}/"
    for file in expected.written:
        size = len(file.content) if file.path.startswith(programs) else None
        if change := _change(layout.path(file.path), (size, None, None)):
            return f"{file.path} {change}"
    return None


def first_change_by_record(environment: Environment, installed: Installed) -> str | None:
    """Return the same for a distribution that another tool put in, by its RECORD."""
    try:
        paths = departure(environment, installed).paths
    except EnvironmentDamagedError as error:
        return f"{installed.info} is not whole: {error}"
    sizes = _recorded_sizes(environment, installed)
    for path in paths:
        if not path.endswith(".pyc") and (
            change := _change(environment.layout.path(path), (sizes.get(path), None, None))
        ):
            return f"{path} {change}"
    return None


def _recorded_sizes(environment: Environment, installed: Installed) -> dict[str, int | None]:
    """Return the size of each file by RECORD, by its path relative to the box; empty for the older forms."""
    place = environment.layout.path(f"{installed.info}/RECORD")
    if not os.path.isfile(place):
        return {}
    with open(place, encoding="utf-8", newline="") as stream:
        rows = parse_record(stream.read(), place)
    folder = posixpath.dirname(installed.info)
    return {posixpath.normpath(posixpath.join(folder, row.path)): row.size for row in rows}


def _change(path: str, expected: tuple[int | None, int | None, int | None]) -> str | None:
    size, mtime_ns, mode = expected
    try:
        found = os.lstat(path)
    except OSError:
        return "is missing"
    is_same = (
        size in {None, found.st_size}
        and mtime_ns in {None, found.st_mtime_ns}
        and mode in {None, found.st_mode & 0o7777}
    )
    return None if is_same else "was changed"
