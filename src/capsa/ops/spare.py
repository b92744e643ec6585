"""Sees to it that there are spares of pip for the boxes that come: made in the background, when a box has got its own.

Who makes them says nothing and is missed by nobody: a box without a spare gets its files linked. Hot.
"""

from __future__ import annotations

from capsa.cache.seed import read_manifest
from capsa.cache.store import Store
from capsa.environment.spare import make_spare, spares_in
from capsa.errors import Failure
from capsa.model.surroundings import Surroundings
from capsa.process.detach import detach, settle

HOT = True  # the fast path: see docs/adr


def replenish(surroundings: Surroundings, store: str, sha256: str, count: int) -> None:
    """Have spares of the archive ``sha256`` made in the background, unless there are ``count`` already.

    Where CI is set nothing is left running: the job's end would kill it, and its store may be packed meanwhile.
    """
    if surroundings.variables.get("CI"):
        return
    if len(spares_in(Store(store).spares(sha256))) < count:
        order = ("capsa.ops.spare", "work", (store, f"{count} {sha256}"))
        detach(order, python=surroundings.interpreter, variables=surroundings.variables, is_ending=True)


def work(root: str, order: str) -> None:
    """Make the spares of one archive: the process that `replenish` starts. ``order`` is their count and its sha256."""
    settle()
    count, _, sha256 = order.partition(" ")
    store = Store(root)
    try:
        with store.sharing():
            manifest = read_manifest(root, sha256)
            while manifest is not None and len(spares_in(store.spares(sha256))) < int(count):
                if not make_spare(store.spares(sha256), manifest, f"{store.archive(sha256)}/tree", store.temporary()):
                    return
    except Failure:
        return  # no space, no permission, a file that was changed: the next box is made without, and tells
