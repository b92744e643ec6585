"""``cache size`` and ``cache clear``: what the store holds, and holding nothing."""

from __future__ import annotations

from capsa.cache.weight import Bucket, buckets
from capsa.model.store import BucketRow, CacheOutcome
from capsa.ops.session import Session


def measure(session: Session) -> CacheOutcome:
    """Return the files and bytes of each bucket, and how many of the bytes boxes hold too."""
    return CacheOutcome(action="size", folder=session.store.root, buckets=_rows(buckets(session.store)))


def clear(session: Session) -> CacheOutcome:
    """Empty the store and return what it held; raises CacheError for a folder that is no store of ours."""
    held = buckets(session.store)
    session.store.clear()
    return CacheOutcome(action="clear", folder=session.store.root, buckets=_rows(held))


def _rows(found: tuple[Bucket, ...]) -> tuple[BucketRow, ...]:
    return tuple(
        BucketRow(name=bucket.name, files=bucket.files, size=bucket.bytes, shared=bucket.shared) for bucket in found
    )
