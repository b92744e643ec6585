"""Files put into a store by hand."""

from __future__ import annotations

import os

from capsa.cache.store import Store


def put(store: Store, relative: str, content: bytes = b"x") -> str:
    """Write a file at a path relative to the store's root, and return its absolute path."""
    path = os.path.join(store.root, relative)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    return path
