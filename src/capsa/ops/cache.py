"""``cache size`` and ``cache clear``: what the store holds, and holding nothing."""

from __future__ import annotations

from capsa.cache.store import Bucket
from capsa.model.outcome import BucketRow, CacheOutcome
from capsa.ops.session import Session


def measure(session: Session) -> CacheOutcome:
    """Return the files and bytes of each bucket."""
    return CacheOutcome(action="size", folder=session.store.root, buckets=_rows(session.store.buckets()))


def clear(session: Session) -> CacheOutcome:
    """Empty the store and return what it held; raises CacheError for a folder that is no store of ours."""
    return CacheOutcome(action="clear", folder=session.store.root, buckets=_rows(session.store.clear()))


def _rows(buckets: tuple[Bucket, ...]) -> tuple[BucketRow, ...]:
    return tuple(BucketRow(name=bucket.name, files=bucket.files, size=bucket.bytes) for bucket in buckets)
