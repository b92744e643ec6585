"""Keep what no store has, so that undo has it: what another program put into a box, or what was patched there.

They are linked below ``.capsa/history/kept`` (see `capsa.commit.history`), on the disk of the box and never in the
store. A kept file is held against its size, time and mode when it is linked back: who writes through a link spoils it,
and that is noticed.
"""

from __future__ import annotations

import json
import os

from capsa.commit.history import KEPT
from capsa.commit.skeleton import is_inside
from capsa.disk.atomic import make_folders, remove_tree, rename, temporary_sibling, write_new
from capsa.disk.facts import facts_of
from capsa.disk.link import Linker
from capsa.disk.refusal import refusing
from capsa.environment.site import departure
from capsa.errors import EnvironmentDamagedError
from capsa.model.digest import digest
from capsa.model.environment import Environment
from capsa.model.history import StatePackage
from capsa.model.installation import Installation, Link, WrittenFile
from capsa.model.installed import Installed
from capsa.model.receipt import ReceiptEntry

_KEY_LENGTH = 32

Row = tuple[str, int, int, int]
"""A kept file: its path relative to the box's root, size in bytes, mtime_ns and mode."""


def keep(environment: Environment, installed: Installed) -> str:
    """Keep all files of a distribution as they are, and return the key under which they are.

    Kept once under one key, however often they are asked for. What its list of files names and is not there is passed
    over. Raises EnvironmentDamagedError where it can't be told what belongs to it, or it holds more than plain files;
    DiskError for what the disk refuses.
    """
    rows = _rows(environment, installed)
    told = [installed.name, installed.version, installed.info, *map(str, rows)]
    key = digest("\n".join(told).encode("utf-8", "surrogateescape"))[:_KEY_LENGTH]
    place = _place(environment, key)
    if os.path.exists(f"{place}/manifest"):
        return key
    remove_tree(place)
    make_folders(os.path.dirname(place))
    aside = temporary_sibling(place)
    try:
        _link_all(environment, rows, f"{aside}/tree")
        write_new(f"{aside}/manifest", json.dumps(rows).encode("ascii"))
        rename(aside, place)
    except BaseException:
        remove_tree(aside)
        raise
    return key


def brought_back(environment: Environment, package: StatePackage) -> Installation:
    """Return what brings a kept package back as it was.

    What was patched comes as files of its own, so that patching it again does not change what is kept. Raises
    EnvironmentDamagedError where it is no longer what was kept.
    """
    tree, rows = f"{_place(environment, package.kept)}/tree", _kept_rows(environment, package)
    entry = package.entry or ReceiptEntry(
        name=package.name, version=package.version, filename="", sha256="", url="", info=package.info
    )
    if entry.is_edited:
        written = tuple(WrittenFile(path=path, content=_read(f"{tree}/{path}"), mode=mode) for path, *_, mode in rows)
        return Installation(entry=entry, source=tree, links=(), written=written)
    links: tuple[Link, ...] = tuple((path, path, size, mtime_ns, mode) for path, size, mtime_ns, mode in rows)
    return Installation(entry=entry, source=tree, links=links)


def check_kept(environment: Environment, package: StatePackage) -> None:
    """Raise EnvironmentDamagedError where a kept package can't be brought back any more, by a look at each file."""
    _kept_rows(environment, package)


def drop_kept(environment: Environment, needed: frozenset[str]) -> None:
    """Remove what is kept under any other key, also what was cut off while it was being kept; DiskError as usual."""
    folder = environment.layout.path(KEPT)
    with refusing("read", folder):
        try:
            names = os.listdir(folder)
        except FileNotFoundError:
            return
    for name in names:
        if name not in needed:
            remove_tree(f"{folder}/{name}")


def _place(environment: Environment, key: str) -> str:
    return f"{environment.layout.path(KEPT)}/{key}"


def _rows(environment: Environment, installed: Installed) -> tuple[Row, ...]:
    rows = []
    for path in sorted(departure(environment, installed).paths):
        place = environment.layout.path(path)
        if os.path.islink(place) or os.path.isdir(place):
            raise EnvironmentDamagedError(f"{path} is not a plain file")
        known = facts_of(place)
        if known is not None:
            rows.append((path, *known))
    return tuple(rows)


def _link_all(environment: Environment, rows: tuple[Row, ...], tree: str) -> None:
    # Whatever mode the settings ask for, it is the same disk and the same box: a link costs nothing.
    linker = Linker()
    make_folders(tree)
    made = {tree}
    for path, *known in rows:
        folder = os.path.dirname(f"{tree}/{path}")
        if folder not in made:
            make_folders(folder)
            made.add(folder)
        linker.link(environment.layout.path(path), f"{tree}/{path}", (known[0], known[1], known[2]))


def _kept_rows(environment: Environment, package: StatePackage) -> tuple[Row, ...]:
    place = f"{_place(environment, package.kept)}/manifest"
    try:
        with open(place, encoding="utf-8") as stream:
            rows = [(str(path), int(size), int(time), int(mode)) for path, size, time, mode in json.load(stream)]
    except (OSError, ValueError, TypeError) as error:
        raise _spoilt(package, f"{place} can't be read") from error
    if not all(is_inside(path) for path, *_ in rows):
        raise _spoilt(package, f"{place} names a path outside of the box")
    tree = f"{_place(environment, package.kept)}/tree"
    for path, *known in rows:
        if facts_of(f"{tree}/{path}") != tuple(known):
            raise _spoilt(package, f"{tree}/{path} was changed or is gone")
    return tuple(rows)


def _read(path: str) -> bytes:
    with refusing("read", path), open(path, "rb") as stream:
        return stream.read()


def _spoilt(package: StatePackage, reason: str) -> EnvironmentDamagedError:
    return EnvironmentDamagedError(f"{package.name} {package.version} can't be brought back: {reason}")
