"""``capsa install REQ...``."""

from __future__ import annotations

import os

from capsa.cli.call import Call
from capsa.cli.project import make_box
from capsa.cli.written import requirement_files, standard_input
from capsa.errors import UsageError
from capsa.model.environment import Environment
from capsa.model.lock import is_lock_name
from capsa.model.outcome import ChangesOutcome
from capsa.model.selection import Selection
from capsa.ops.demands import Sources, read_demands, settings_with
from capsa.ops.install import Policy, install
from capsa.ops.locate import Place
from capsa.ops.lock import frozen_lock
from capsa.ops.supply import Supply
from capsa.ops.sync import Manner, SyncOrder, sync_lock
from capsa.project.find import find_project


def run(call: Call) -> ChangesOutcome:
    """Make the demands hold in the box; beside a pyproject.toml a missing box is made first."""
    session = call.session
    locks = tuple(path for path in requirement_files(call, "requirement") if is_lock_name(os.path.basename(path)))
    if locks:
        return _install_lock(call, locks)
    sources = Sources(
        arguments=call.texts("requirements"),
        editables=call.texts("editable"),
        files=requirement_files(call, "requirement"),
        constraint_files=requirement_files(call, "constraint"),
        standard_input=standard_input(call),
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


def _install_lock(call: Call, locks: tuple[str, ...]) -> ChangesOutcome:
    """Put in what a lock names (PEP 751); what else is in the box stays."""
    others = {"requirements", "editable", "constraint"} & set(call.values)
    if others or len(call.texts("requirement")) > 1:
        raise UsageError(
            f"{os.path.basename(locks[0])} is a lock: exact files, to which nothing can be added",
            hints=("install it on its own, and the rest afterwards",),
        )
    found = frozen_lock(locks[0])
    order = SyncOrder(
        selection=Selection(groups=frozenset(found.default_groups)),
        manner=Manner(is_exact=False, is_dry_run=call.has("dry-run"), reinstalls=call.selection("reinstall")),
    )
    return sync_lock(Supply(call.session), call.environment(is_changed=True, make=_make), found, locks[0], order)


def _make(call: Call) -> Place | Environment | None:
    """Make the box of the project, if there is one."""
    project = find_project(call.folder)
    return make_box(call, project.root) if project else None
