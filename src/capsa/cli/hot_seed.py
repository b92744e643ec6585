"""The pip of a new box on the fast path of `create`: see `capsa.cli.hot_create`. A bare box never loads it. Hot."""

from __future__ import annotations

from capsa.cache.seed import read_manifest, read_seed
from capsa.cache.store import Store
from capsa.environment.pip import Seed
from capsa.ops.spare import replenish
from capsa.settings.place import spare_count

__all__ = ["find_seed", "replenish", "spare_count"]

HOT = True  # the fast path: see docs/adr


def find_seed(store: str, minor: str, spares: int) -> Seed | None:
    """Return the pip for boxes of a Python minor version, where the store knows it."""
    manifest = read_manifest(store, read_seed(store, minor) or "")
    if manifest is None:
        return None
    place = Store(store)
    return Seed(manifest, f"{place.archive(manifest.sha256)}/tree", place.spares(manifest.sha256) if spares else "")
