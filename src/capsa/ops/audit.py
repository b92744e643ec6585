"""``cache verify``: the whole store by hash; what is damaged leaves it, and boxes that hold the same files are named.

A damaged file is taken out of the store and never written through: boxes that share it keep it, and are
marked, so that their next ``sync`` mends them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping

from capsa.cache.audit import Damage, Inode, audit, take_out
from capsa.cache.leftover import boxes
from capsa.machine.register import known_boxes
from capsa.model.event import Event
from capsa.model.store import AuditOutcome, DamageRow
from capsa.ops.session import Session
from capsa.ops.sharing import mark_others

_MOST_HINTS = 2

_Sharers = Mapping[Inode, tuple[str, ...]]


def verify_store(session: Session) -> AuditOutcome:
    """Look at every file of the store, take out what is damaged, and tell which boxes have it too."""
    started = time.monotonic()
    with session.sharing_store():
        found = audit(session.store, lambda done, total: _tell(session, done, total))
        wanted = frozenset(damage.inode for damage in found.damages if damage.inode is not None)
        outside = _sharers(known_boxes(session.settings.data_dir), wanted)
        inside = _sharers((item.paths[0] for item in boxes(session.store)), wanted)
        rows = tuple(_row(session, damage, outside) for damage in found.damages)
    if found.foreign:
        count = f"{found.foreign} archive{'s' if found.foreign > 1 else ''} of another version of capsa"
        session.report(Event(kind="note", text=f"passed over {count}: this one does not know what is in them"))
    mark_others(session, _names(found.damages, outside, inside))
    return AuditOutcome(
        folder=session.store.root,
        archives=found.archives,
        files=found.files,
        size=found.size,
        damages=rows,
        hints=_hints(found.damages, rows),
        seconds=time.monotonic() - started,
    )


def _tell(session: Session, done: int, total: int) -> None:
    session.report(Event(kind="verify", text="", done=done, total=total))


def _row(session: Session, damage: Damage, sharers: _Sharers) -> DamageRow:
    return DamageRow(
        path=damage.path,
        package=damage.package,
        version=damage.version,
        kind=damage.kind,
        is_out=take_out(session.store, damage),
        environments=sharers.get(damage.inode, ()) if damage.inode else (),
    )


def _sharers(roots: Iterable[str], wanted: frozenset[Inode]) -> _Sharers:
    """Return the boxes that hold a file under a name of their own, by the file."""
    if not wanted:
        return {}
    found: dict[Inode, dict[str, None]] = {}
    for root in roots:
        for inode in _inodes(root, wanted):
            found.setdefault(inode, {})[root] = None
    return {inode: tuple(roots) for inode, roots in found.items()}


def _inodes(root: str, wanted: frozenset[Inode]) -> Iterator[Inode]:
    # Every file, not only those that the receipt accounts for: bytecode is linked too, and files may have been moved.
    numbers = {number for _, number in wanted}
    folders = [root]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif entry.inode() in numbers:
                        status = entry.stat(follow_symlinks=False)
                        if (status.st_dev, status.st_ino) in wanted:
                            yield status.st_dev, status.st_ino
        except OSError:
            continue  # it went, or is not ours to look into


def _names(damages: Iterable[Damage], *found: _Sharers) -> dict[str, frozenset[str]]:
    """Return the packages to be marked in each box; bytecode is none of what a box can mend."""
    names: dict[str, set[str]] = {}
    for damage in damages:
        if damage.inode is not None and damage.package and not damage.is_bytecode:
            for root in (root for sharers in found for root in sharers.get(damage.inode, ())):
                names.setdefault(root, set()).add(damage.package)
    return {root: frozenset(packages) for root, packages in names.items()}


def _hints(damages: Iterable[Damage], rows: tuple[DamageRow, ...]) -> tuple[str, ...]:
    mending: dict[str, None] = {}
    renewing: dict[str, None] = {}
    for damage, row in zip(damages, rows, strict=True):
        for root in row.environments:
            if damage.is_bytecode:
                renewing[f"put it in anew: `capsa install --env {root} --reinstall {row.package}`"] = None
            else:
                mending[f"mend the box: `capsa repair --env {root}`"] = None
    hints = [*sorted(mending), *sorted(renewing)]
    if len(hints) > _MOST_HINTS:
        hints = [f"{hints[0]}, and so on for each box that is named above"]
    if any(not row.is_out for row in rows):
        hints.append("run the same command again as somebody who may write to the store")
    return tuple(hints)
