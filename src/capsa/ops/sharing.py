"""Which other boxes hold the very same damaged file, and the mark that makes their next `sync` mend it.

A hard link shares a file with the store and with every box that got it from there. Asked of each box that the register
knows, and of those of the store, by device and inode of the same member of the same archive.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator

from capsa.commit.turn import take_turn
from capsa.disk.atomic import remove_file
from capsa.environment.look import Subject
from capsa.environment.mark import mark_damaged
from capsa.environment.receipt import receipt_of
from capsa.errors import DiskError, EnvironmentDamagedError, EnvironmentMissingError
from capsa.machine.register import known_boxes
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.finding import Finding
from capsa.model.receipt import Receipt, ReceiptEntry
from capsa.ops.furnish import USED
from capsa.ops.session import Session
from capsa.value import replace, value


@value
class Shared:
    """What was found, with the boxes that share it; ``names`` are the packages to be marked in each other box."""

    findings: tuple[Finding, ...]
    names: dict[str, frozenset[str]]


def find_sharing(
    session: Session, environment: Environment, subjects: Iterable[Subject], findings: tuple[Finding, ...]
) -> Shared:
    """Return the findings with the known boxes that share the files."""
    entries = {subject.name: subject.entry for subject in subjects if subject.entry is not None}
    suspects = [
        (number, entries[finding.package], finding.path, identity)
        for number, finding in enumerate(findings)
        if finding.is_damage
        and finding.package in entries
        and (identity := _shared_identity(environment.layout.path(finding.path)))
    ]
    if not suspects:
        return Shared(findings=findings, names={})
    roots: dict[int, list[str]] = {}
    names: dict[str, set[str]] = {}
    for root, receipt in _others(session, environment):
        theirs = {entry.sha256: entry for entry in receipt.entries}
        for number, own, path, identity in suspects:
            their = theirs.get(own.sha256)
            if their is not None and _shared_identity(f"{root}/{_counterpart(path, own, their)}") == identity:
                roots.setdefault(number, []).append(root)
                names.setdefault(root, set()).add(their.name)
    stored = f"{session.store.root}/"
    told = tuple(
        replace(finding, shared_with=tuple(root for root in roots.get(number, ()) if not root.startswith(stored)))
        for number, finding in enumerate(findings)
    )
    return Shared(findings=told, names={root: frozenset(found) for root, found in names.items()})


def mark_here(session: Session, root: str, names: frozenset[str]) -> None:
    """Mark packages of a box whose turn the caller holds; one that may not be written stays without."""
    if not names:
        return
    try:
        mark_damaged(root, names)
    except DiskError as error:
        session.report(Event(kind="detail", text=f"{root} is not marked as damaged: {error}"))


def mark_others(session: Session, names: dict[str, frozenset[str]]) -> None:
    """Mark packages of other boxes, each in its turn. A box of the store is made anew when it is next asked for."""
    for root, found in sorted(names.items()):
        try:
            lock = take_turn(root, session.reporter)
        except (DiskError, EnvironmentMissingError) as error:
            session.report(Event(kind="detail", text=f"{root} is not marked as damaged: {error}"))
            continue
        try:
            mark_here(session, root, found)
            if root.startswith(f"{session.store.root}/"):
                remove_file(f"{root}/{USED}")
        finally:
            lock.release()


def _shared_identity(path: str) -> tuple[int, int] | None:
    """Return device and inode of a file that has more names than one, None for any other."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_nlink > 1 else None


def _others(session: Session, environment: Environment) -> Iterator[tuple[str, Receipt]]:
    """Yield the other boxes with their receipts; one whose receipt can't be read is passed over, and that is told."""
    folder = f"{session.store.root}/environment-v1"
    stored = [f"{folder}/{name}" for name in sorted(_names(folder))]
    for root in (*known_boxes(session.settings.data_dir), *stored):
        if _is_same(root, environment.root):
            continue
        try:
            yield root, receipt_of(root)
        except EnvironmentDamagedError as error:
            session.report(Event(kind="detail", text=f"{root} was not looked at: {error}"))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_same(root: str, other: str) -> bool:
    try:
        return os.path.samefile(root, other)
    except OSError:
        return False


def _counterpart(path: str, own: ReceiptEntry, their: ReceiptEntry) -> str:
    """Return where another box has what lies at a path here: its packages may lie in another folder."""
    site = f"{posixpath.dirname(own.info)}/"
    return f"{posixpath.dirname(their.info)}/{path[len(site) :]}" if path.startswith(site) else path
