"""The pip of a new box on the fast path of `create`: see `capsa.cli.hot_create`. A bare box never loads it. Hot."""

from __future__ import annotations

from capsa.cache.seed import read_manifest, read_seed
from capsa.cache.store import Store
from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.pip import Seed
from capsa.environment.wish import Wish
from capsa.model.surroundings import Surroundings
from capsa.ops.spare import replenish
from capsa.settings.place import spare_count

HOT = True  # the fast path: see docs/adr


def create_with_pip(wish: Wish, surroundings: Surroundings, root: str) -> str | None:
    """Make the box with the pip of the store at ``root`` and return its version; None where none is known."""
    count = spare_count(surroundings)
    manifest = read_manifest(root, read_seed(root, wish.interpreter.minor) or "")
    if count is None or manifest is None:
        return None
    store = Store(root)
    spares = store.spares(manifest.sha256) if count else ""
    create(wish, Linker(), Seed(manifest, f"{store.archive(manifest.sha256)}/tree", spares).put)
    replenish(surroundings, root, manifest.sha256, count)
    return manifest.release
