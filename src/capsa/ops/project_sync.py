"""A project brought together: its lock as it should be, its box as the lock says, itself editable inside."""

from __future__ import annotations

import os
from typing import Literal

from capsa.model.distribution import Distribution
from capsa.model.environment import Environment
from capsa.model.interpreter import Interpreter
from capsa.model.lock import FILE, Lock, LockedFolder
from capsa.model.outcome import ChangesOutcome
from capsa.model.wish import SelectionWish
from capsa.ops.build import Builds
from capsa.ops.inputs import Inputs, project_inputs
from capsa.ops.lock import current_lock, frozen_lock
from capsa.ops.restore import file_changes, read_content
from capsa.ops.sealing import input_words
from capsa.ops.supply import Supply
from capsa.ops.sync import Manner, SyncOrder, sync_lock
from capsa.ops.wiring import build_rules
from capsa.project.declared import Declared, read_declared
from capsa.project.find import Project
from capsa.project.reference import file_url
from capsa.value import field, replace, value

Freshness = Literal["renewed", "locked", "frozen"]


@value
class ProjectOrder:
    """How a project is synced.

    ``freshness`` says what becomes of a lock that is out of date: it is "renewed", refused ("locked"), or taken as it
    is without a look ("frozen"). ``has_project`` False leaves the project itself out. ``words`` are the
    request as the seal of the box notes it (`capsa.environment.request.sync_words`).
    """

    wish: SelectionWish = field(default_factory=SelectionWish)
    freshness: Freshness = "renewed"
    has_project: bool = True
    manner: Manner = field(default_factory=Manner)
    words: tuple[str, ...] = ()


def sync_project(supply: Supply, project: Project, environment: Environment, order: ProjectOrder) -> ChangesOutcome:
    """Bring the box of a project to its lock, and the lock to its pyproject.toml."""
    declared, inputs = project_demands(supply, project, environment.interpreter)
    before = {inputs.path: read_content(inputs.path)}
    found = project_lock(supply, inputs, environment, order)
    words: tuple[str, ...] = ()
    if order.words and not declared.is_told:  # what a build backend reads is not known: it is asked every time
        words = (*order.words, *input_words(supply.session, project, _folders(found, project.root)))
    wish = replace(order_of(declared, found, order), words=words, files=file_changes(before))
    return sync_lock(supply, environment, found, inputs.path, wish)


def _folders(lock: Lock, root: str) -> tuple[str, ...]:
    """Return the absolute folders that a lock holds as they lie there."""
    direct = [package.direct for package in lock.packages]
    return tuple(
        os.path.normpath(os.path.join(root, source.path, source.subdirectory or ""))
        for source in direct
        if isinstance(source, LockedFolder)
    )


def project_demands(supply: Supply, project: Project, interpreter: Interpreter) -> tuple[Declared, Inputs]:
    """Return what a project declares, and what its lock is made from; what is dynamic is asked of the build backend."""
    declared = read_declared(project)
    if not declared.is_dynamic:
        return declared, project_inputs(declared)
    url = file_url(project.root)
    folder = Distribution(project=project.name or "", version="", filename=project.name or "", url=url)
    told = Builds(supply, interpreter, build_rules(supply.session.settings)).metadata(folder)
    declared = read_declared(project, told=told)
    return declared, project_inputs(declared, tuple(sorted(told.requires)))


def project_lock(supply: Supply, inputs: Inputs, environment: Environment, order: ProjectOrder) -> Lock:
    """Return the lock that the order means. What only looks writes nothing: there an old lock is a LockError."""
    if order.freshness == "frozen":
        return frozen_lock(inputs.path)
    is_locked = order.freshness == "locked" or order.manner.is_check
    return current_lock(supply, inputs, environment, is_locked=is_locked, is_written=not order.manner.is_dry_run)


def order_of(declared: Declared, found: Lock, order: ProjectOrder) -> SyncOrder:
    """Return what the box is to hold, by the lock that was found."""
    selection = order.wish.selection(
        extras=found.extras, groups=found.dependency_groups, default_groups=found.default_groups
    )
    is_own = declared.is_package and order.has_project
    return SyncOrder(
        selection=selection,
        own=declared.root if is_own else "",
        own_name=declared.name or "",
        manner=order.manner,
    )


def lock_path(project: Project) -> str:
    """Return the absolute path of a project's lock."""
    return os.path.join(project.root, FILE)
