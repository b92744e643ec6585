"""Source archives: unpacked to the tree that a backend is given, and their PKG-INFO read without unpacking.

An sdist holds one folder, which is the tree (PEP 517, PEP 625); other archives may hold the tree itself. Tar archives
follow PEP 721, zip archives the strict rules of `capsa.disk.member`. Never runs anything.
"""

from __future__ import annotations

import os

from capsa.disk.atomic import set_mode
from capsa.disk.refusal import refusal
from capsa.disk.tarball import read_tar_member, unpack_tar
from capsa.disk.unpack import read_directory, read_member, unpack

_INFO = "PKG-INFO"
_ZIP = b"PK\3\4"
_FILE_MODE, _PROGRAM_MODE = 0o644, 0o755
_LONGEST_INFO = 1 << 26  # bytes


def unpack_source(path: str, folder: str, title: str) -> str:
    """Unpack the archive at ``path`` into ``folder`` (made when missing) and return the absolute root of its tree.

    The root is the one folder that the archive holds, or ``folder`` itself where it holds something else. What kind of
    archive it is, its first bytes tell. Raises IntegrityError that names ``title`` and the member, DiskError.
    """
    if _is_zip(path):
        for file in unpack(path, folder, title=title):
            # A wheel's files are read-only, as they are shared; a backend may want to write over a source.
            set_mode(os.path.join(folder, file.path), _PROGRAM_MODE if file.mode & 0o100 else _FILE_MODE)
    else:
        unpack_tar(path, folder, title)
    return _root(folder)


def read_pkg_info(path: str, title: str) -> bytes | None:
    """Return the PKG-INFO at the root of the sdist at ``path``, None where it has none; reads no further than that."""
    if not _is_zip(path):
        return read_tar_member(path, _is_info, title, _LONGEST_INFO)
    names = [member.name for member in read_directory(path, title) if _is_info(member.name)]
    return read_member(path, names[0], title) if len(names) == 1 else None


def _is_info(name: str) -> bool:
    return name.removeprefix("./").split("/")[1:] == [_INFO]


def _is_zip(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read(len(_ZIP)) == _ZIP
    except OSError as error:
        raise refusal(error, "read", path) from error


def _root(folder: str) -> str:
    try:
        with os.scandir(folder) as entries:
            # macOS's tar adds files named "._x" that hold what other systems don't know of x.
            found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries if entry.name[:2] != "._"]
    except OSError as error:
        raise refusal(error, "read", folder) from error
    return found[0][0] if len(found) == 1 and found[0][1] else folder
