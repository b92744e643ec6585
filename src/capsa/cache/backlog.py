"""Which archives wait to be compiled for one kind of Python, and whose turn it is to do so: one process at a time.

    CACHE/bytecode-v1/<kind>/lock           held by who works the backlog off
    CACHE/bytecode-v1/<kind>/<wish>.wish    a page: the Python to compile with, its variables, the sha256 of archives
    CACHE/bytecode-v1/<kind>/unfinished/    what that process has not finished

A wish is taken away before it is worked on: what is lost by a kill is wished for again by the next box.
"""

from __future__ import annotations

import os

from capsa.cache.page import read_page, write_page
from capsa.cache.seed import is_sha256
from capsa.cache.store import Store
from capsa.disk.atomic import make_folder, remove_file, remove_tree
from capsa.disk.locking import FileLock
from capsa.value import value

_ENDING = ".wish"


@value
class Wish:
    """Archives, by sha256, to be compiled with the Python at an absolute path, which needs these variables to start."""

    python: str
    variables: dict[str, str]
    archives: tuple[str, ...]


class Backlog:
    """The backlog of one kind of Python (see `capsa.cache.bytecode.kind_of`) in one store."""

    def __init__(self, store: Store, kind: str) -> None:
        self._store = store
        self._folder = store.bytecode(kind)

    def add(self, wish: Wish) -> None:
        """Ask for something; raises DiskError, CacheError when the store can't be written."""
        self._store.prepare()
        path = f"{self._folder}/{os.urandom(8).hex()}{_ENDING}"
        write_page(path, [wish.python, wish.variables, list(wish.archives)])

    def take(self) -> Wish | None:
        """Take one wish off the backlog and return it; None when nothing is left."""
        for path in self._wishes():
            document = read_page(path)
            remove_file(path)
            if isinstance(document, list) and len(document) == 3:  # noqa: PLR2004 - as written
                python, variables, archives = document
                known = tuple(sha256 for sha256 in archives if is_sha256(sha256))
                return Wish(python=python, variables=variables, archives=known)
        return None

    @property
    def is_empty(self) -> bool:
        """Whether nobody wishes for anything."""
        return not self._wishes()

    def turn(self) -> FileLock:
        """Return the lock of who works the backlog off; raises DiskError when there is no backlog any more."""
        return FileLock(f"{self._folder}/lock")

    def unfinished(self) -> str:
        """Return an empty folder, for who has the turn: what a killed process left in it is removed."""
        path = f"{self._folder}/unfinished"
        remove_tree(path)
        make_folder(path)
        return path

    def _wishes(self) -> list[str]:
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []  # never asked for anything, or cleared meanwhile
        return [f"{self._folder}/{name}" for name in sorted(names) if name.endswith(_ENDING)]
