"""What of the store nobody needs any more: chosen first, so that it can be shown, and taken out afterwards.

What boxes need is told by the caller, by the sha256 of archives, and always stays. Beside that everything stays that
was used since a given time, by the mark that each part of the store has for it:

    archive-v1, source-v1                   time of the folder or file: set when a command takes it
    environment-v1                          time of .capsa/used
    git-v1, pages                           time of the last reading, as far as the file system notes it, or writing
    built-v1, project-v1, seed-v1, script-v1   none: they go with what they point to
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterator

from capsa.cache.leftover import (
    Item,
    archives,
    boxes,
    leftovers,
    mirrors,
    old_pages,
    pointers,
    seeds,
    sources,
    spares,
)
from capsa.cache.store import Store
from capsa.cache.weight import Ledger, Load, weigh
from capsa.disk.atomic import make_folder, remove_empty_folder, remove_file, rename
from capsa.value import value

_DAY = 86400.0

Needs = Callable[[str], frozenset[str]]
"""Tells which archives the box at an absolute path needs, by sha256."""


@value
class Rule:
    """What may go: what nobody used in the ``days`` before ``now``, which is in seconds since the epoch.

    Where there is a ``limit`` in bytes for the whole store, more may go, the least recently used first.
    """

    now: float
    days: int
    limit: int | None = None

    @property
    def before(self) -> float:
        """What was used earlier than this is old."""
        return self.now - self.days * _DAY


@value
class Choice:
    """What goes, with the bytes that become free and those that are still ``held`` by boxes; what is left of the store.

    ``size`` are the bytes that stay, ``needed`` those of them that boxes need; both None where no limit was asked for.
    """

    items: tuple[Item, ...]
    freed: int
    held: int
    size: int
    needed: int | None = None


def choose(store: Store, rule: Rule, needed: frozenset[str], needs_of: Needs) -> Choice:
    """Return what goes by a rule; nothing is changed. ``needed`` is what boxes outside of the store need."""
    return _Chooser(store, rule, needed, needs_of).choice()


def carry_out(store: Store, choice: Choice) -> None:
    """Take out what was chosen. The caller has seized the store; what went stays aside until `Store.empty_aside`.

    Each folder leaves in one step, so that whoever dies when leaves nothing half in the store.
    """
    if not choice.items:
        return
    aside = store.aside()
    make_folder(aside)
    above: set[str] = set()
    for number, path in enumerate(path for item in choice.items for path in item.paths):
        if os.path.isdir(path) and not os.path.islink(path):
            rename(path, f"{aside}/{number}")
        else:
            remove_file(path)
        above.add(os.path.dirname(path))
    for folder in above:
        if os.path.dirname(folder) != store.root:  # a bucket stays: one of them says that it was ever used
            remove_empty_folder(folder)


class _Chooser:
    def __init__(self, store: Store, rule: Rule, needed: frozenset[str], needs_of: Needs) -> None:
        self._store = store
        self._rule = rule
        self._needed = needed | seeds(store)  # without a network, new boxes get their pip all the same
        self._needs_of = needs_of
        self._needs: dict[str, frozenset[str]] = {}  # of boxes of the store that stay, by their roots
        self._holders: Counter[str] = Counter()  # how many of those need an archive
        self._items: list[Item] = []
        self._ledger = Ledger(weigh(*(f"{store.root}/{name}" for name in store.names())))
        self._archives = archives(store)

    def choice(self) -> Choice:
        staying = self._go_by_age()
        if self._rule.limit is not None:
            self._go_by_size(staying, self._rule.limit)
        gone = frozenset(path for item in self._items for path in item.paths)
        self._take(pointers(self._store, gone))
        return Choice(
            items=tuple(self._items),
            freed=self._ledger.freed,
            held=self._ledger.held,
            size=self._ledger.size,
            needed=None if self._rule.limit is None else self._weight_of_needed(),
        )

    def _go_by_age(self) -> list[Item]:
        """Choose what is old; return what else could go."""
        staying = self._split(boxes(self._store))
        for box in staying:
            needs = self._needs[box.paths[0]] = self._needs_of(box.paths[0])
            self._holders.update(needs)
        self._take(leftovers(self._store, self._rule.now, self._rule.before))
        self._take(old_pages(self._store, self._rule.before))
        self._take(spares(self._store, self._rule.before))
        for found in (self._unneeded(), sources(self._store), mirrors(self._store)):
            staying += self._split(found)
        return staying

    def _go_by_size(self, staying: list[Item], limit: int) -> None:
        """Choose the least recently used of what could go, until the rest is no larger than the limit."""
        queue = [(item.touched, item.paths[0], item) for item in staying]
        heapq.heapify(queue)
        while queue and self._ledger.size > limit:
            _, root, item = heapq.heappop(queue)
            self._take([item])
            if root in self._needs:
                for archive in self._released(root):
                    heapq.heappush(queue, (archive.touched, archive.paths[0], archive))

    def _released(self, root: str) -> Iterator[Item]:
        """Yield the archives that only a box of the store needed."""
        for sha256 in self._needs[root]:
            self._holders[sha256] -= 1
            if not self._holders[sha256] and sha256 not in self._needed and sha256 in self._archives:
                yield self._archives[sha256]

    def _unneeded(self) -> Iterator[Item]:
        for sha256, item in self._archives.items():
            if sha256 not in self._needed and not self._holders[sha256]:
                yield item

    def _split(self, found: Iterator[Item]) -> list[Item]:
        staying = []
        for item in found:
            if item.touched < self._rule.before:
                self._take([item])
            else:
                staying.append(item)
        return staying

    def _take(self, items: Iterator[Item] | list[Item]) -> None:
        for item in items:
            self._items.append(item)
            self._ledger.take(weigh(*item.paths))

    def _weight_of_needed(self) -> int:
        load = Load()
        for sha256, item in self._archives.items():
            if sha256 in self._needed:
                load.join(weigh(*item.paths))
        return load.bytes
