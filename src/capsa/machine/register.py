"""The register: which boxes capsa made or changed on this machine. Not one of them depends on being in it.

    DATA/box-v1/<name>-<hash of the path>     "<number of the file system> <absolute path>" and the end of a line

A box that is gone is forgotten when that is noticed. One that lies on a disk which is not there now (another file
system answers in its place) is passed over and stays. Where the data folder can't be read or written there is no
register, which is no failure. Hot.
"""

from __future__ import annotations

import errno
import os

from capsa.disk.atomic import make_folders, remove_file, write_atomic
from capsa.errors import DiskError
from capsa.model.key import key_of
from capsa.model.layout import CONFIG

HOT = True  # the fast path: see docs/adr

_BUCKET = "box-v1"
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})


def note_box(data_dir: str, root: str) -> None:
    """Let the register know of the box at the absolute path ``root``: a look where it does, else one small file."""
    path = _entry(data_dir, root)
    if os.path.exists(path):
        return
    try:
        content = b"%d %b\n" % (os.stat(root).st_dev, os.fsencode(root))
        if not os.path.isdir(f"{data_dir}/{_BUCKET}"):
            make_folders(f"{data_dir}/{_BUCKET}")
        write_atomic(path, content)
    except (DiskError, OSError):
        return  # a register that can't be written is no reason to have no box


def known_boxes(data_dir: str) -> tuple[str, ...]:
    """Return the absolute paths of the boxes that are there, sorted; one with several paths by the first of them."""
    folder = f"{data_dir}/{_BUCKET}"
    try:
        names = os.listdir(folder)
    except OSError:
        return ()
    found: list[tuple[str, tuple[int, int]]] = []
    for name in names:
        if not name.startswith("."):  # else on its way in
            found.extend(_look(data_dir, f"{folder}/{name}"))
    seen: dict[tuple[int, int], str] = {}
    for root, identity in sorted(found):
        seen.setdefault(identity, root)
    return tuple(seen.values())


def _look(data_dir: str, entry: str) -> list[tuple[str, tuple[int, int]]]:
    """Return path and inode of the box of an entry, nothing where there is none; the entry goes if that is for good."""
    try:
        with open(entry, "rb") as file:
            device, _, path = file.read().removesuffix(b"\n").partition(b" ")
    except OSError:
        return []
    root = os.fsdecode(path)
    if not device.isdigit() or entry != _entry(data_dir, root):
        _forget(entry)
        return []
    try:
        os.stat(f"{root}/{CONFIG}")
        status = os.stat(root)
    except OSError as error:
        if error.errno in _GONE and _answers_here(root, int(device)):
            _forget(entry)
        return []
    return [(root, (status.st_dev, status.st_ino))]


def _answers_here(root: str, device: int) -> bool:
    """Whether what is nearest to a path lies on the file system on which there was a box at that path."""
    while root:
        try:
            return os.stat(root).st_dev == device
        except OSError as error:
            if error.errno not in _GONE:
                return False
        root = os.path.dirname(root) if root != os.path.dirname(root) else ""
    return False


def _forget(entry: str) -> None:
    try:
        remove_file(entry)
    except DiskError:
        return  # then it is passed over again the next time


def _entry(data_dir: str, root: str) -> str:
    return f"{data_dir}/{_BUCKET}/{key_of(root)}"
