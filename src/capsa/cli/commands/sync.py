"""``capsa sync``."""

from __future__ import annotations

import os

from capsa.cli.call import Call
from capsa.cli.project import box_choice, freshness, make_box, selection_wish
from capsa.environment.request import sync_words
from capsa.errors import RequirementError
from capsa.model.lock import FILE
from capsa.model.outcome import ChangesOutcome
from capsa.ops.lock import frozen_lock
from capsa.ops.project_box import project_environment
from capsa.ops.project_sync import ProjectOrder, sync_project
from capsa.ops.supply import Supply
from capsa.ops.sync import Manner, SyncOrder, sync_lock
from capsa.project.declared import read_declared
from capsa.project.find import find_project


def run(call: Call) -> ChangesOutcome:
    """Make the box of the project equal to its lock, or any box to any lock."""
    project = find_project(call.folder)
    path = call.path(call.text("lock") or "") if call.has("lock") else None
    if path is None and project is None:
        path = os.path.join(call.folder, FILE)
        if not os.path.exists(path):
            raise RequirementError(
                f"there is no pyproject.toml in {call.folder} or above it, and no {FILE}",
                hints=("begin a project here: `capsa init`", "or name a lock: `capsa sync --lock FILE`"),
            )
    if path is not None:
        return _sync_lock(call, path)
    assert project is not None  # noqa: S101 - told above
    supply = Supply(call.session)
    variables = call.session.surroundings.variables
    order = ProjectOrder(
        wish=selection_wish(call),
        freshness=freshness(call),
        has_project=not call.has("no-install-project"),
        manner=_manner(call),
        words=sync_words(call.values, root=project.root, variables=variables, is_exact=not call.has("inexact")),
    )
    read_declared(project)  # what is wrong with the file is said before a box is made
    environment = project_environment(supply, project, box_choice(call), may_make=not order.manner.is_told)
    return sync_project(supply, project, environment, order)


def _manner(call: Call) -> Manner:
    return Manner(
        is_exact=not call.has("inexact"),
        is_check=call.has("check"),
        is_dry_run=call.has("dry-run"),
        reinstalls=call.selection("reinstall"),
    )


def _sync_lock(call: Call, path: str) -> ChangesOutcome:
    """Bring the box that is meant to a lock that was named."""
    freshness(call)  # a lock that is named is taken as it is; a contradiction is refused all the same
    choice = box_choice(call)
    found = frozen_lock(path)
    project = find_project(call.folder)
    wish = selection_wish(call)
    order = SyncOrder(
        selection=wish.selection(
            extras=found.extras, groups=found.dependency_groups, default_groups=found.default_groups
        ),
        own_name=(project.name or "") if project else "",
        manner=_manner(call),
    )
    supply = Supply(call.session)
    if project is not None:
        environment = project_environment(supply, project, choice, may_make=not order.manner.is_told)
    else:
        environment = call.environment(is_changed=True, make=lambda call: make_box(call, call.folder))
    return sync_lock(supply, environment, found, path, order)
