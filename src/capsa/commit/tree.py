"""The files of several packages by folder: whose files lie in a folder, and whose below it.

PURE: knows lists of paths, never a disk. Paths are relative to the box's root, with "/"; the root itself is "".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


class Tree:
    """Files by folder and name, folders by folder, and the packages that have anything below a folder.

    ``files`` maps folder -> file name -> package, ``folders`` folder -> names of folders, ``owners`` folder ->
    packages. Where two packages bring the same file the later name wins; ``collisions`` holds such paths.
    """

    __slots__ = ("collisions", "files", "folders", "owners")

    def __init__(self, packages: Mapping[str, Iterable[str]]) -> None:
        self.files: dict[str, dict[str, str]] = {}
        self.folders: dict[str, set[str]] = {}
        self.owners: dict[str, set[str]] = {}
        self.collisions: list[str] = []
        for package in sorted(packages):
            self._add(package, packages[package])

    def owner(self, path: str) -> str | None:
        """The package that has this very file, or None."""
        folder, _, name = path.rpartition("/")
        files = self.files.get(folder)
        return files.get(name) if files else None

    def names(self, folder: str) -> set[str]:
        """The names of what lies in a folder, files and folders."""
        return set(self.files.get(folder, ())).union(self.folders.get(folder, ()))

    def _add(self, package: str, paths: Iterable[str]) -> None:
        # One pass over the files, then only over the folders: there are six times fewer of those.
        by_folder: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            folder, _, name = path.rpartition("/")
            by_folder[folder].append(name)
        for folder, names in by_folder.items():
            files = self.files.setdefault(folder, {})
            if files:
                self.collisions.extend(join(folder, name) for name in names if name in files)
            files.update(dict.fromkeys(names, package))
            self._claim(folder, package)

    def _claim(self, folder: str, package: str) -> None:
        while True:
            owners = self.owners.setdefault(folder, set())
            if package in owners:
                return
            owners.add(package)
            if not folder:
                return
            parent, _, name = folder.rpartition("/")
            self.folders.setdefault(parent, set()).add(name)
            folder = parent


def join(folder: str, name: str) -> str:
    """The path of a name in a folder; the root is ""."""
    return f"{folder}/{name}" if folder else name
