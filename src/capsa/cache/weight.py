"""What the store weighs, and what of it boxes hold too. Looks at every file, and changes nothing.

A file with several names (hard links) counts once. Where there are more names of it than are found in the store, the
others are those of boxes: its bytes become free only when they go too. Bytes are the sizes of the files.
"""

from __future__ import annotations

import os
import stat

from capsa.cache.store import Store, unreadable
from capsa.value import value

_Inode = tuple[int, int]


@value
class Bucket:
    """One part of the store: ``name`` of its folder, number of ``files``, their ``bytes``; ``shared`` of them in boxes.

    A file with names in several parts counts in the first one.
    """

    name: str
    files: int
    bytes: int
    shared: int = 0


class Load:
    """What lies at some paths.

    ``single`` are the bytes of files with one name, ``files`` counts those; ``linked`` holds of the others size, number
    of names, and how many of the names are here.
    """

    __slots__ = ("files", "linked", "single")

    def __init__(self) -> None:
        self.files = 0
        self.single = 0
        self.linked: dict[_Inode, tuple[int, int, int]] = {}

    @property
    def bytes(self) -> int:
        """All bytes, each file counted once."""
        return self.single + sum(size for size, _, _ in self.linked.values())

    def add(self, status: os.stat_result) -> None:
        """Take in one name of a file."""
        if status.st_nlink == 1:
            self.files += 1
            self.single += status.st_size
            return
        inode = (status.st_dev, status.st_ino)
        seen = self.linked[inode][2] if inode in self.linked else 0
        self.linked[inode] = (status.st_size, status.st_nlink, seen + 1)

    def join(self, other: Load) -> None:
        """Take in everything of another load."""
        self.files += other.files
        self.single += other.single
        for inode, (size, names, seen) in other.linked.items():
            known = self.linked[inode][2] if inode in self.linked else 0
            self.linked[inode] = (size, names, known + seen)


class Ledger:
    """What becomes of the bytes of a store as things leave it.

    ``size`` is what is left; ``freed`` are the bytes of files whose last name went, ``held`` those that left the store
    and are still in boxes.
    """

    def __init__(self, load: Load) -> None:
        self.size = load.bytes
        self.freed = 0
        self.held = 0
        self._load = load
        self._gone: dict[_Inode, int] = {}

    def take(self, load: Load) -> None:
        """Let everything of a load leave; it must be part of the store's."""
        self.size -= load.single
        self.freed += load.single
        for inode, (size, names, count) in load.linked.items():
            gone = self._gone[inode] = self._gone.get(inode, 0) + count
            seen = self._load.linked[inode][2] if inode in self._load.linked else count
            if gone < seen:
                continue
            self.size -= size
            if names > seen:
                self.held += size
            else:
                self.freed += size


def buckets(store: Store) -> tuple[Bucket, ...]:
    """Return the parts of a store that are there, by name."""
    loads = {name: Load() for name in store.names()}
    whole = Load()
    for name, load in loads.items():
        _fill(load, f"{store.root}/{name}")
        whole.join(load)
    counted: set[_Inode] = set()
    found = []
    for name, load in loads.items():
        mine = load.linked.keys() - counted
        counted |= mine
        shared = [inode for inode in mine if whole.linked[inode][1] > whole.linked[inode][2]]
        found.append(
            Bucket(
                name=name,
                files=load.files + len(mine),
                bytes=load.single + sum(load.linked[inode][0] for inode in mine),
                shared=sum(load.linked[inode][0] for inode in shared),
            )
        )
    return tuple(found)


def weigh(*paths: str) -> Load:
    """Return what lies at these paths, files or folders; links are not followed, and what is missing weighs nothing."""
    load = Load()
    for path in paths:
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise unreadable(path, error) from error
        if stat.S_ISDIR(status.st_mode):
            _fill(load, path)
        else:
            load.add(status)
    return load


def _fill(load: Load, top: str) -> None:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        load.add(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue  # it went while we looked: another process renamed it into its place
        except OSError as error:
            raise unreadable(folder, error) from error
