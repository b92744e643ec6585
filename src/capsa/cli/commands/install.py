"""``capsa install REQ...``."""

from __future__ import annotations

import os

from capsa.cli.call import Call
from capsa.model.outcome import ChangesOutcome
from capsa.ops.create import Order, create_box
from capsa.ops.demands import Sources, read_demands, settings_with
from capsa.ops.install import Policy, install
from capsa.ops.locate import FOLDER, Place
from capsa.ops.supply import Supply
from capsa.project.find import find_project


def run(call: Call) -> ChangesOutcome:
    """Make the demands hold in the box; beside a pyproject.toml a missing box is made first."""
    session = call.session
    sources = Sources(
        arguments=call.texts("requirements"),
        files=tuple(call.path(path) for path in call.texts("requirement")),
        constraint_files=tuple(call.path(path) for path in call.texts("constraint")),
    )
    demands = read_demands(session, sources, call.folder)
    session.settings = settings_with(session.settings, demands.options)
    upgrades = frozenset({"*"}) if call.has("upgrade") else frozenset(call.names("upgrade-package"))
    session.refresh |= upgrades  # who asks for the newest is not answered from an old page
    has_hashes = call.has("require-hashes") or demands.options.is_hash_required
    policy = Policy(
        upgrades=upgrades,
        reinstalls=call.selection("reinstall"),
        is_shallow=call.has("no-deps"),
        is_dry_run=call.has("dry-run"),
        has_hashes=has_hashes or any(demand.hashes for demand in demands.requirements if demand.url is None),
    )
    return install(Supply(session), call.environment(is_changed=True, make=_make), demands, policy)


def _make(call: Call) -> Place | None:
    """Make the box of the project, if there is one."""
    project = find_project(call.folder)
    if project is None:
        return None
    order = Order(root=os.path.join(project.root, FOLDER))
    made = create_box(Supply(call.session), order, call.folder)
    return Place(root=order.root, note=f"made {order.root} with {made.python}, as there was none")
