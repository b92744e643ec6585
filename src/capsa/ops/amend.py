"""A file of a project changed together with its lock and its box: all of it, or nothing of it.

The new file is made in memory, the lock worked out for it, and only then is anything written; when fetching or the
commit fails after that, file and lock are byte by byte what they were. Shared by ``add`` and ``remove``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from capsa.model.history import FileChange
from capsa.model.interpreter import Interpreter
from capsa.model.lock import Lock
from capsa.model.outcome import ChangesOutcome, EditOutcome, EditRow, LockOutcome
from capsa.model.target import target_of
from capsa.model.wish import SelectionWish
from capsa.ops.currency import staleness
from capsa.ops.inputs import Inputs
from capsa.ops.intent import announced
from capsa.ops.lock import changed_rows, renew_lock, write_lock
from capsa.ops.note import note_files
from capsa.ops.project_box import BoxChoice, project_environment, project_root
from capsa.ops.project_sync import ProjectOrder, lock_path, order_of, project_demands
from capsa.ops.restore import file_changes, read_content, replace_file, restoring
from capsa.ops.supply import Supply
from capsa.ops.sync import Manner, sync_lock
from capsa.project.find import Project, parse_project
from capsa.project.lock_file import read_lock
from capsa.project.lock_text import format_lock
from capsa.value import field, replace, value

Versions = Mapping[str, str]
"""The version of each package of a lock, by normalized name; empty as long as there is no lock."""


@value
class AmendOrder:
    """``upgrades`` are normalized names, "*" for all; ``wish`` are the extras and groups that the box is to hold.

    ``is_frozen`` writes the file and looks at nothing else; ``is_lock_only`` leaves the box alone; ``is_exact`` takes
    out of it what the lock does not name.
    """

    box: BoxChoice = field(default_factory=BoxChoice)
    upgrades: frozenset[str] = frozenset()
    wish: SelectionWish = field(default_factory=SelectionWish)
    is_frozen: bool = False
    is_lock_only: bool = False
    is_exact: bool = False
    is_dry_run: bool = False


@value
class Amendment:
    """What is to become of the file at the absolute ``path``, whose bytes are ``content``.

    ``compose`` returns the new bytes and what was edited; ``inputs_of`` what the lock for such bytes is made from, None
    where the file has no lock.
    """

    path: str
    content: bytes
    compose: Callable[[Versions], tuple[bytes, tuple[EditRow, ...]]]
    inputs_of: Callable[[bytes], Inputs | None]


@value
class _Settled:
    """The new bytes with the lock for them; ``renewed`` is ``earlier`` itself where that is up to date."""

    content: bytes
    edits: tuple[EditRow, ...]
    inputs: Inputs
    earlier: Lock | None
    renewed: Lock
    seconds: float

    @property
    def is_lock_equal(self) -> bool:
        return self.earlier is not None and format_lock(self.earlier) == format_lock(self.renewed)


def amend_project(
    supply: Supply, project: Project, interpreter: Interpreter, amendment: Amendment, order: AmendOrder
) -> EditOutcome:
    """Change a pyproject.toml, bring its lock up to date, and the box to that."""
    session, root = supply.session, project_root(supply.session, project, order.box)
    settled = None if order.is_frozen else _settle(supply, interpreter, amendment, order)
    if settled is None:
        with restoring(amendment.path) as before:
            outcome = _amend_file(amendment, order)
            note_files(session, root, file_changes(before))
        return outcome
    changes = None
    files = () if order.is_dry_run else _intended(amendment, settled)
    with restoring(amendment.path, settled.inputs.path), announced(session, root, files):
        _write(amendment, settled, order)
        if order.is_lock_only:
            note_files(session, root, files)
        else:
            changes = _sync(supply, project, settled, order, files)
    return _outcome(amendment, settled, order, changes)


def amend_script(supply: Supply, interpreter: Interpreter, amendment: Amendment, order: AmendOrder) -> EditOutcome:
    """Change the block of a script, and bring its lock up to date where it has one."""
    settled = None if order.is_frozen else _settle(supply, interpreter, amendment, order)
    if settled is None:
        return _amend_file(amendment, order)
    with restoring(amendment.path, settled.inputs.path):
        _write(amendment, settled, order)
    return _outcome(amendment, settled, order, None)


def _settle(supply: Supply, interpreter: Interpreter, amendment: Amendment, order: AmendOrder) -> _Settled | None:
    """Work out the lock, and the new bytes with the versions that it brings; None where the file has no lock."""
    started = time.monotonic()
    content, edits = amendment.compose({})
    inputs = amendment.inputs_of(content)
    if inputs is None:
        return None
    earlier = read_lock(inputs.path)
    if earlier is not None and not order.upgrades and not staleness(earlier, inputs, target_of(interpreter)):
        renewed = earlier
    else:
        renewed = renew_lock(supply, inputs, interpreter, earlier, order.upgrades)
    whole, edits = amendment.compose(_versions(renewed))
    if whole != content:
        # A bound at the version that was chosen leaves the choice as it is: only what it was made from reads otherwise.
        inputs = amendment.inputs_of(whole) or inputs
        renewed = _made_from(renewed, inputs)
    seconds = time.monotonic() - started
    return _Settled(content=whole, edits=edits, inputs=inputs, earlier=earlier, renewed=renewed, seconds=seconds)


def _versions(lock: Lock) -> Versions:
    return {package.name: package.version for package in lock.packages if package.version}


def _made_from(lock: Lock, inputs: Inputs) -> Lock:
    own = lock.tool.get("capsa")
    notes = {**own, "inputs": inputs.digest} if isinstance(own, dict) else {"inputs": inputs.digest}
    return replace(lock, tool={**lock.tool, "capsa": notes})


def _intended(amendment: Amendment, settled: _Settled) -> tuple[FileChange, ...]:
    """Return what will become of the file and its lock."""
    lock = settled.inputs.path
    before = {amendment.path: amendment.content, lock: read_content(lock)}
    after = dict(before) | {amendment.path: settled.content}
    if not settled.is_lock_equal:
        after[lock] = format_lock(settled.renewed).encode("utf-8")
    return tuple(
        FileChange(path=path, before=before[path], after=after[path])
        for path in sorted(before)
        if before[path] != after[path]
    )


def _write(amendment: Amendment, settled: _Settled, order: AmendOrder) -> None:
    if order.is_dry_run:
        return
    if settled.content != amendment.content:
        replace_file(amendment.path, settled.content)
    if not settled.is_lock_equal:
        write_lock(settled.inputs.path, settled.renewed)


def _sync(
    supply: Supply, project: Project, settled: _Settled, order: AmendOrder, files: tuple[FileChange, ...]
) -> ChangesOutcome:
    """Bring the box to the lock; a box that is not there is made, but not to show what would be done in it."""
    changed = parse_project(settled.content, project.path)
    environment = project_environment(supply, changed, order.box, may_make=not order.is_dry_run)
    declared, _ = project_demands(supply, changed, environment.interpreter)
    wanted = ProjectOrder(wish=order.wish, manner=Manner(is_exact=order.is_exact, is_dry_run=order.is_dry_run))
    wish = replace(order_of(declared, settled.renewed, wanted), files=files)
    return sync_lock(supply, environment, settled.renewed, lock_path(project), wish)


def _amend_file(amendment: Amendment, order: AmendOrder) -> EditOutcome:
    content, edits = amendment.compose({})
    if content != amendment.content and not order.is_dry_run:
        replace_file(amendment.path, content)
    return EditOutcome(path=amendment.path, edits=edits, is_dry_run=order.is_dry_run)


def _outcome(amendment: Amendment, settled: _Settled, order: AmendOrder, changes: ChangesOutcome | None) -> EditOutcome:
    lock = LockOutcome(
        path=settled.inputs.path,
        changes=changed_rows(settled.earlier, settled.renewed),
        package_count=len(settled.renewed.packages),
        is_current=settled.is_lock_equal,
        is_dry_run=order.is_dry_run,
        seconds=settled.seconds,
    )
    return EditOutcome(
        path=amendment.path, edits=settled.edits, lock=lock, changes=changes, is_dry_run=order.is_dry_run
    )
