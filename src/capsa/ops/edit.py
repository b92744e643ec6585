"""``edit``: a box gets its own copy of a package's files, to be patched there: no other box and no store has them.

The files are copied from the box itself after each was found to be what was put in, and take the place of the shared
ones in one commit like any other, so that `undo` goes back before it.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable

from capsa.disk.atomic import make_folders, remove_tree, set_mode
from capsa.disk.facts import facts_in
from capsa.disk.link import Linker
from capsa.disk.refusal import refusing
from capsa.environment.look import Subject, listed
from capsa.errors import EnvironmentDamagedError, Failure
from capsa.model.environment import Environment
from capsa.model.finding import PatchOutcome, PatchRow
from capsa.model.installation import Installation, Link
from capsa.model.layout import CAPSA
from capsa.model.plan import diff
from capsa.model.solution import Solution
from capsa.ops.change import Stock, apply_plan, turn
from capsa.ops.inspection import chosen_subjects, inspect
from capsa.ops.inventory import Inventory
from capsa.ops.renewal import chosen_of, reinstalling
from capsa.ops.supply import Supply
from capsa.value import replace

COPY = f"{CAPSA}/copy"

_RUNS = 0o111
_FILE, _PROGRAM = 0o644, 0o755


def edit(supply: Supply, environment: Environment, names: tuple[str, ...]) -> PatchOutcome:
    """Give a box its own, writable files of the packages with these normalized names.

    Raises Failure that names what is not there, is no package of ours, or is damaged; the box is as it was then.
    """
    session = supply.session
    with turn(session, environment):
        inventory = Inventory(supply.archives, environment)
        subjects = chosen_subjects(inventory, names)
        fresh = tuple(subject for subject in subjects if not subject.is_edited)
        _refuse_unfit(environment, fresh)
        _refuse_damaged(inventory, fresh)
        if fresh:
            _own(supply, environment, fresh)
    new = {subject.name for subject in fresh}
    rows = tuple(_row(environment, subject, is_new=subject.name in new) for subject in subjects)
    return PatchOutcome(environment=environment.root, packages=rows)


def _refuse_unfit(environment: Environment, subjects: Iterable[Subject]) -> None:
    for subject in subjects:
        installed = subject.installed
        if installed is not None and installed.is_editable:
            folder = str((installed.direct_url or {}).get("url", "")).removeprefix("file://")
            raise Failure(
                f"{subject.name} is linked into {environment.root} from its own folder",
                hints=(f"patch it there, which counts at once: `cd {folder}`",),
            )
        if subject.entry is None:
            who = (installed.installer if installed is not None else "") or "another program"
            raise Failure(
                f"{subject.name} was put into {environment.root} by {who}, so there is nothing to tell edits by",
                hints=(f"put it in by capsa, then edit it: `{_reinstalling(subject)}`",),
            )


def _reinstalling(subject: Subject) -> str:
    return reinstalling(subject.name, subject.installed.direct_url if subject.installed is not None else None)


def _refuse_damaged(inventory: Inventory, subjects: tuple[Subject, ...]) -> None:
    """Raise Failure for a package that is not what was put in: its copy would not be either."""
    if not subjects:
        return
    findings = inspect(inventory, subjects, (subject.name for subject in subjects))
    damaged = next((finding for finding in findings if finding.is_damage and finding.package), None)
    if damaged is not None:
        raise EnvironmentDamagedError(
            f"{damaged.package} is not what was put in: {damaged.path} {damaged.text}",
            hints=(
                f"get its own files back, and edit those: `capsa repair --full {damaged.package}`",
                "or copy the file first, if the change is yours",
            ),
        )


def _own(supply: Supply, environment: Environment, subjects: tuple[Subject, ...]) -> None:
    """Copy the packages aside, and put the copies in their place."""
    aside = environment.layout.path(COPY)
    remove_tree(aside)  # what a killed one may have left
    ready, chosen = {}, []
    try:
        for number, subject in enumerate(subjects):
            if subject.entry is not None:
                ready[subject.name] = _copied(environment, subject, f"{aside}/{number}")
                chosen.append(chosen_of(subject.entry))
        plan = diff(
            Solution(packages=tuple(chosen)),
            tuple(subject.installed for subject in subjects if subject.installed is not None),
            reinstall=frozenset(ready),
        )
        apply_plan(supply.session, environment, plan, Stock(ready=ready))
    finally:
        remove_tree(aside)


def _copied(environment: Environment, subject: Subject, folder: str) -> Installation:
    """Copy every file of a package below a folder, with its time, and writable; return what puts the copies in."""
    linker = Linker("copy")
    links: list[Link] = []
    for path in listed(environment, subject):
        place, target = environment.layout.path(path), f"{folder}/{path}"
        if path.endswith(".pyc"):
            continue
        with refusing("read", place):
            found = facts_in(os.lstat(place))
        if found is None:
            raise EnvironmentDamagedError(
                f"{path} of {subject.name} is no plain file",
                hints=(f"look at it, and put the package in anew: `{_reinstalling(subject)}`",),
            )
        make_folders(posixpath.dirname(target))
        linker.link(place, target, found)
        size, mtime_ns, shared = found
        mode = _PROGRAM if shared & _RUNS else _FILE
        set_mode(target, mode)
        links.append((path, path, size, mtime_ns, mode))
    assert subject.entry is not None  # noqa: S101 - told by `_own`
    return Installation(entry=replace(subject.entry, is_edited=True), source=folder, links=tuple(links))


def _row(environment: Environment, subject: Subject, *, is_new: bool) -> PatchRow:
    paths = [path for path in listed(environment, subject) if not path.endswith(".pyc")]
    return PatchRow(
        name=subject.name,
        version=subject.entry.version if subject.entry is not None else "",
        file_count=len(paths),
        places=tuple(environment.layout.path(place) for place in _places(environment, paths)),
        is_new=is_new,
    )


def _places(environment: Environment, paths: Iterable[str]) -> list[str]:
    """Return where the modules of a package are: single files and folders at the top of site-packages."""
    site = f"{environment.layout.purelib}/"
    inside = (path[len(site) :].partition("/")[0] for path in paths if path.startswith(site))
    return sorted({f"{site}{name}" for name in inside if not name.endswith(".dist-info")})
