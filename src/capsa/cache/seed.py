"""Which pip a new box gets, answered without looking at the archives, and the manifest of one archive.

A pointer is worked out once for each Python minor and thrown away when another pip comes into the store. Never decides
which pip is right: who writes a pointer does.

    CACHE/seed-v1/<minor>      a page: the sha256 of the archive to put into boxes of that Python ("3.12")
"""

from __future__ import annotations

import os

from capsa.cache.page import Pages, read_page, write_page
from capsa.cache.store import Store
from capsa.disk.atomic import remove_file
from capsa.model.manifest import VERSION, Manifest

HOT = True  # the fast path: see docs/adr

_HEX = frozenset("0123456789abcdef")
_SHA256_LENGTH = 64


def read_seed(store_root: str, minor: str) -> str | None:
    """Return the sha256 of the pip archive for boxes of a Python minor, or None where nobody knows yet.

    The archive may have gone since: `read_manifest` tells.
    """
    sha256 = Pages(Store(store_root).seed()).read(minor)
    return sha256 if isinstance(sha256, str) and is_sha256(sha256) else None


def write_seed(store_root: str, minor: str, sha256: str) -> None:
    """Remember which pip archive goes into boxes of a Python minor."""
    store = Store(store_root)
    store.prepare()
    Pages(store.seed()).write(minor, sha256)


def forget_seeds(store_root: str) -> None:
    """Forget all pointers: another pip has come into the store."""
    folder = Store(store_root).seed()
    try:
        names = os.listdir(folder)
    except OSError:
        return  # no pointers yet
    for name in names:
        remove_file(f"{folder}/{name}")


def read_manifest(store_root: str, sha256: str) -> Manifest | None:
    """Return what an unpacked archive consists of; None where it is not in the store or its manifest can't be read."""
    if not is_sha256(sha256):
        return None
    document = read_page(f"{Store(store_root).archive(sha256)}/manifest")
    if not isinstance(document, dict) or document.get("version") != VERSION:
        return None
    try:
        manifest = Manifest(document)
    except KeyError:
        return None
    return manifest if manifest.sha256 == sha256 else None


def write_manifest(folder: str, manifest: Manifest) -> None:
    """Write the manifest of the archive that is being made in ``folder``."""
    write_page(f"{folder}/manifest", {"version": VERSION, **manifest.facts()})


def is_sha256(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hex, and so may name an archive."""
    return len(text) == _SHA256_LENGTH and _HEX.issuperset(text)
