"""Spares: the pip of the store as a site-packages folder, linked before anybody asks, which a new box gets by a rename.

    CACHE/spare-v1/<sha256 of the archive>/<time>-<random>/    all files of the archive but RECORD

A spare is taken by one process, whoever comes first. Its files share the store's, so that one may have been edited
since: each is held against the manifest when the spare is taken, and its folders against the <time> (hex, nanoseconds)
after which nothing was put into them. One that is not what it should be is thrown away. Hot.
"""

from __future__ import annotations

import os

from capsa.disk.atomic import make_folder, make_folders, remove_tree, rename
from capsa.disk.facts import facts_in
from capsa.disk.link import Linker
from capsa.errors import DiskError
from capsa.model.manifest import Manifest

HOT = True  # the fast path: see docs/adr

_HEX = frozenset("0123456789abcdef")


def link_tree(site: str, manifest: Manifest, tree: str, linker: Linker) -> None:
    """Link the files of the archive that is unpacked at ``tree`` into the folder ``site``, all but RECORD.

    Raises SourceChangedError, DiskError.
    """
    folders = {""}
    for path, size, mtime_ns, mode, _ in manifest.files:
        folder = path.rpartition("/")[0]
        if folder not in folders:
            _make_folders(site, folder, folders)
        linker.link(f"{tree}/{path}", f"{site}/{path}", (size, mtime_ns, mode))


def take_spare(spares: str, site: str, manifest: Manifest) -> bool:
    """Put a spare in the place of the empty folder ``site``, and tell whether there was one.

    ``spares`` is the folder of those of this archive. Where it lies on another disk there is none.
    """
    for name in spares_in(spares):
        try:
            rename(f"{spares}/{name}", site)
        except DiskError:
            continue  # another process was faster, or it lies on another disk
        if _is_sound(site, manifest, int(name.partition("-")[0], 16)):
            return True
        remove_tree(site)
        make_folder(site)
    return False


def make_spare(spares: str, manifest: Manifest, tree: str, temporary: str) -> bool:
    """Add a spare, made at the path ``temporary`` on the same disk, and return True; none where that takes copies.

    Raises SourceChangedError, DiskError; then nothing is left.
    """
    linker = Linker()
    try:
        make_folder(temporary)
        link_tree(temporary, manifest, tree, linker)
        if linker.made["copy"]:
            remove_tree(temporary)
            return False
        newest = max(os.stat(f"{temporary}/{folder}").st_mtime_ns for folder in _folders(manifest))
        make_folders(spares)
        rename(temporary, f"{spares}/{newest:x}-{os.urandom(8).hex()}")
    except BaseException:
        remove_tree(temporary)
        raise
    return True


def spares_in(spares: str) -> list[str]:
    """Return the names of the spares that are there."""
    try:
        names = os.listdir(spares)
    except OSError:
        return []
    return [name for name in names if not name.startswith("-") and _HEX.issuperset(name.partition("-")[0])]


def _is_sound(site: str, manifest: Manifest, newest: int) -> bool:
    try:
        for folder in _folders(manifest):
            if os.lstat(f"{site}/{folder}").st_mtime_ns > newest:
                return False
        for path, size, mtime_ns, mode, _ in manifest.files:
            if facts_in(os.lstat(f"{site}/{path}")) != (size, mtime_ns, mode):
                return False
    except OSError:
        return False
    return True


def _folders(manifest: Manifest) -> set[str]:
    """Return every folder that the archive has below site-packages; "" is site-packages itself."""
    folders = {""}
    for row in manifest.files:
        folder = row[0].rpartition("/")[0]
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _make_folders(site: str, folder: str, made: set[str]) -> None:
    above = folder.rpartition("/")[0]
    if above not in made:
        _make_folders(site, above, made)
    make_folder(f"{site}/{folder}")
    made.add(folder)
