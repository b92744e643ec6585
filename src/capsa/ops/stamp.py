"""What the source of a folder looks like, by a look at the files that say how it is built. Reads none of them."""

from __future__ import annotations

import os

from capsa.model.distribution import Distribution
from capsa.model.source import parse_source
from capsa.project.reference import file_path

TELLING = ("pyproject.toml", "setup.py", "setup.cfg")


def stamp_of(folder: str) -> str:
    """Return size and mtime_ns of pyproject.toml, setup.py and setup.cfg: where they differ, it is built again."""
    found = []
    for name in TELLING:
        try:
            status = os.stat(os.path.join(folder, name))
        except OSError:
            continue  # no such file: that is a fact too
        found.append(f"{name}:{status.st_size}:{status.st_mtime_ns}")
    return " ".join(found)


def folder_of(distribution: Distribution) -> str | None:
    """Return the absolute folder of the project that a distribution is, or None for one that is no folder."""
    source = None if distribution.is_wheel else parse_source(distribution.url)
    if source is None or source.kind != "folder":
        return None
    folder = file_path(source.url)
    return os.path.join(folder, *source.subdirectory.split("/")) if folder and source.subdirectory else folder
