"""What of the store could go, part by part, and when each thing was last used. Decides nothing and changes nothing.

The marks by which use is told stand in `capsa.cache.prune`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from capsa.cache.page import read_page
from capsa.cache.seed import is_sha256
from capsa.cache.store import Store, names_in
from capsa.model.layout import CAPSA
from capsa.process.alive import is_alive
from capsa.value import value

_PAGES = ("listing-v1", "metadata-v1", "probe-v1", "lock-v1", "log-v1")
_DAY = 86400.0
_HEXADECIMAL = 16


@value
class Item:
    """One thing of the store that goes as a whole.

    ``bucket`` is the part that it is in, ``name`` what it is called there; ``paths`` are absolute, in the order in
    which they go; ``touched`` is when it was last used, in seconds since the epoch.
    """

    bucket: str
    name: str
    paths: tuple[str, ...]
    touched: float = 0.0


def archives(store: Store) -> dict[str, Item]:
    """Return all archives by sha256, with their bytecode."""
    found = {}
    for path in _children(f"{store.root}/archive-v1", depth=2):
        sha256 = os.path.basename(path)
        if is_sha256(sha256):
            found[sha256] = Item(bucket="archive-v1", name=sha256, paths=(path,), touched=_time(path))
    return found


def seeds(store: Store) -> frozenset[str]:
    """Return the sha256 of the archives that new boxes get their pip from."""
    found = (read_page(path) for path in _children(store.seed()))
    return frozenset(sha256 for sha256 in found if isinstance(sha256, str))


def sources(store: Store) -> Iterator[Item]:
    """Yield the archives that wheels are built from."""
    for path in _children(f"{store.root}/source-v1"):
        yield Item(bucket="source-v1", name=os.path.basename(path), paths=(path,), touched=_time(path))


def boxes(store: Store) -> Iterator[Item]:
    """Yield the boxes of builds, scripts and ``run --with``; one that nobody could use yet counts from its making."""
    for path in _children(f"{store.root}/environment-v1"):
        touched = _time(f"{path}/{CAPSA}/used") or _time(path)
        yield Item(bucket="environment-v1", name=os.path.basename(path), paths=(path,), touched=touched)


def mirrors(store: Store) -> Iterator[Item]:
    """Yield what git fetched, each with its lock; git reads HEAD in every command."""
    for path in _children(f"{store.root}/git-v1"):
        if path.endswith(".lock") and not os.path.exists(path.removesuffix(".lock")):
            yield Item(bucket="git-v1", name=os.path.basename(path), paths=(path,), touched=_last_use(path))
        elif not path.endswith(".lock"):
            # Not when the folder was read: everybody who counts bytes does that.
            touched = max(_time(path), *(_last_use(f"{path}/{name}") for name in ("HEAD", "FETCH_HEAD")))
            yield Item(bucket="git-v1", name=os.path.basename(path), paths=(path, f"{path}.lock"), touched=touched)


def old_pages(store: Store, before: float) -> Iterator[Item]:
    """Yield what pages, metadata and Pythons said, which locks are up to date and what builds printed."""
    for bucket in _PAGES:
        for path in _files(f"{store.root}/{bucket}"):
            touched = _last_use(path)
            if touched < before:
                yield Item(bucket=bucket, name=os.path.basename(path), paths=(path,), touched=touched)


def spares(store: Store, before: float) -> Iterator[Item]:
    """Yield what was linked beforehand: what nobody took for long, and what is of an archive that no box gets now."""
    current = seeds(store)
    for path in _children(f"{store.root}/spare-v1", depth=2):
        sha256 = os.path.basename(os.path.dirname(path))
        touched = _time(path)
        if touched < before or sha256 not in current:
            yield Item(bucket="spare-v1", name=sha256, paths=(path,), touched=touched)


def leftovers(store: Store, now: float, before: float) -> Iterator[Item]:
    """Yield what was on its way into the store: that of processes that are no more, and what is older than any work."""
    for path in _children(f"{store.root}/temporary-v1"):
        name = os.path.basename(path)
        touched = _time(path)
        if touched < min(before, now - _DAY) or not _has_maker(name):
            yield Item(bucket="temporary-v1", name=name, paths=(path,), touched=touched)


def pointers(store: Store, gone: frozenset[str]) -> Iterator[Item]:
    """Yield the pages that point to an archive or a box that is not there, or is among the paths that are ``gone``."""
    for bucket, depth in (("project-v1", 2), ("built-v1", 1), ("seed-v1", 1), ("script-v1", 1)):
        for path in _children(f"{store.root}/{bucket}", depth=depth):
            place = _pointed(store, bucket, path)
            if place in gone or not os.path.isdir(place):
                yield Item(bucket=bucket, name=os.path.basename(path), paths=(path,), touched=_last_use(path))


def _pointed(store: Store, bucket: str, path: str) -> str:
    """Return the absolute path that a page points to, "" where it says nothing."""
    if bucket == "project-v1":
        return store.archive(os.path.basename(path))
    document = read_page(path)
    if bucket == "script-v1":
        return document if isinstance(document, str) else ""
    sha256 = document.get("sha256") if isinstance(document, dict) else document
    return store.archive(sha256) if isinstance(sha256, str) else ""


def _has_maker(name: str) -> bool:
    """Whether the process that made a temporary is there, or may be: its number stands in front."""
    number = name.partition("-")[0]
    try:
        return is_alive(int(number, _HEXADECIMAL))
    except ValueError:
        return False


def _children(folder: str, *, depth: int = 1) -> Iterator[str]:
    for name in names_in(folder):
        path = f"{folder}/{name}"
        if depth == 1:
            yield path
        elif os.path.isdir(path):
            yield from _children(path, depth=depth - 1)


def _files(folder: str) -> Iterator[str]:
    for path in _children(folder):
        if os.path.isdir(path) and not os.path.islink(path):
            yield from _files(path)
        else:
            yield path


def _time(path: str) -> float:
    """Return when a file or folder was changed, 0 where it is missing."""
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0


def _last_use(path: str) -> float:
    """Return when a file was last read or changed; most file systems note readings once a day, some never."""
    try:
        status = os.lstat(path)
    except OSError:
        return 0.0
    return max(status.st_atime, status.st_mtime)
