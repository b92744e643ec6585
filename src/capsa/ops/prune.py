"""``cache prune``: what no known box needs, in none of its states, and nobody used for some time leaves the store.

Boxes that are not in the register (made on another machine that shares the store, say) keep their files all the same:
those are names of their own for them.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator

from capsa.cache.leftover import Item
from capsa.cache.prune import Choice, Rule, carry_out, choose
from capsa.cache.seed import read_manifest
from capsa.machine.register import known_boxes
from capsa.model.event import Event
from capsa.model.layout import HISTORY, RECEIPT
from capsa.model.store import PruneOutcome, PruneRow
from capsa.ops.session import Session
from capsa.value import value

DAYS = 30

# Receipts and states of the history are JSON; whatever there names an archive needs it.
_ARCHIVE = re.compile(rb'"sha256":\s*"([0-9a-f]{64})"')


@value
class PruneOrder:
    """What is asked for: what nobody used for ``days`` goes; ``limit`` is how large the store may be, in bytes."""

    days: int = DAYS
    limit: int | None = None
    is_dry_run: bool = False


def prune(session: Session, order: PruneOrder, clock: Callable[[], float] = time.time) -> PruneOutcome:
    """Take out of the store what is not needed, or tell what would go; ``clock`` gives seconds since the epoch.

    Raises CacheError for a folder that is no store of ours, and while another capsa is adding to it.
    """
    if not os.path.isdir(session.store.root):
        return _outcome(session, order, Choice(items=(), freed=0, held=0, size=0), ())
    if order.is_dry_run:
        choice = _choice(session, order, clock())
        return _outcome(session, order, choice, _rows(session, choice))
    with session.store.seize("pruned"):
        choice = _choice(session, order, clock())
        rows = _rows(session, choice)
        session.report(Event(kind="sweep", text=""))
        carry_out(session.store, choice)
    # Nobody waits for this: it is out of the store already.
    session.store.empty_aside()
    return _outcome(session, order, choice, rows)


def archives_of(session: Session, root: str) -> frozenset[str]:
    """Return the sha256 of every archive that the box at ``root`` needs, now or to go back in its history."""
    found: set[str] = set()
    for path in _papers(root):
        try:
            with open(path, "rb") as file:
                found.update(match.decode("ascii") for match in _ARCHIVE.findall(file.read()))
        except FileNotFoundError:
            continue  # nothing was put in yet, or the box is being changed right now
        except OSError as error:
            text = f"what {root} needs can't be read ({error.strerror}); its files stay, but perhaps not in the store"
            session.report(Event(kind="warning", text=text))
    return frozenset(found)


def _papers(root: str) -> Iterator[str]:
    yield f"{root}/{RECEIPT}"
    try:
        with os.scandir(f"{root}/{HISTORY}") as entries:
            yield from [entry.path for entry in entries if entry.is_file(follow_symlinks=False)]
    except OSError:
        return  # no history


def _choice(session: Session, order: PruneOrder, now: float) -> Choice:
    rule = Rule(now=now, days=order.days, limit=order.limit)
    needed = (archives_of(session, root) for root in known_boxes(session.settings.data_dir))
    return choose(session.store, rule, frozenset().union(*needed), lambda root: archives_of(session, root))


def _rows(session: Session, choice: Choice) -> tuple[PruneRow, ...]:
    return tuple(PruneRow(bucket=item.bucket, name=_name(session, item)) for item in choice.items)


def _name(session: Session, item: Item) -> str:
    manifest = read_manifest(session.store.root, item.name) if item.bucket == "archive-v1" else None
    return manifest.filename if manifest else item.name


def _outcome(session: Session, order: PruneOrder, choice: Choice, rows: tuple[PruneRow, ...]) -> PruneOutcome:
    return PruneOutcome(
        folder=session.store.root,
        rows=rows,
        freed=choice.freed,
        held=choice.held,
        size=choice.size,
        days=order.days,
        needed=choice.needed or 0,
        limit=order.limit,
        is_dry_run=order.is_dry_run,
    )
