"""Documents of the store that only capsa reads: digested pages, metadata, interpreter facts, manifests.

Each is one marshal value behind a short head, replaced whole. One that is missing, cut off or from another capsa is
answered with None: every page can be made again. Never holds what could not.
"""

from __future__ import annotations

import marshal
import os

from capsa.disk.atomic import make_folders, write_atomic

HOT = True  # the fast path: see docs/adr

# The head tells our own files, and their length, from files that a power cut left long and empty.
_HEAD = b"capsa page 1\n"
_LENGTH = 8
_FORMAT = 4  # of marshal: read by every Python that runs capsa, whichever wrote it


class Pages:
    """The documents in one folder, by name; a name may have folders in it ("index/project")."""

    __slots__ = ("folder",)

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def path(self, name: str) -> str:
        """Return where the document of that name lies; a name that would leave the folder is a ValueError."""
        if name.startswith("/") or "\\" in name or "\0" in name or not {"", ".", ".."}.isdisjoint(name.split("/")):
            raise ValueError(name)
        return f"{self.folder}/{name}"

    def read(self, name: str) -> object | None:
        """Return the document, or None: see `read_page`."""
        return read_page(self.path(name))

    def write(self, name: str, document: object) -> None:
        """Replace the document: see `write_page`."""
        write_page(self.path(name), document)


def read_page(path: str) -> object | None:
    """Return the document in a file; None when there is none that can be read."""
    try:
        with open(path, "rb") as file:
            content = file.read()
        start = len(_HEAD) + _LENGTH
        length = int.from_bytes(content[len(_HEAD) : start], "little")
        if not content.startswith(_HEAD) or len(content) != start + length:
            return None
        document: object = marshal.loads(memoryview(content)[start:])  # noqa: S302 - our own file, see above
    except (OSError, EOFError, ValueError, TypeError, MemoryError):
        return None
    return document


def write_page(path: str, document: object) -> None:
    """Put a document (None, bool, int, float, str, bytes, tuple, list, dict, set of such) at ``path``, in one step.

    Folders are made. Raises ValueError for another type, DiskError when it can't be written.
    """
    body = marshal.dumps(document, _FORMAT)  # type: ignore[arg-type] # its type is a name that only stubs have
    make_folders(os.path.dirname(path))
    write_atomic(path, b"".join((_HEAD, len(body).to_bytes(_LENGTH, "little"), body)))
