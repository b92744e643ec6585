"""``sync``: the box holds what the lock names for it, and nothing else unless that is asked for.

Takes locks of capsa and of other tools alike. Looks at every file of what may stay: a package with a missing or altered
file is put in anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from capsa.environment.open import is_environment
from capsa.environment.site import scan
from capsa.model.distribution import Distribution
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.history import FileChange
from capsa.model.installed import Installed
from capsa.model.lock import Lock
from capsa.model.outcome import ChangesOutcome
from capsa.model.plan import Plan, diff, with_removals, with_versions
from capsa.model.receipt import ReceiptEntry
from capsa.model.selection import Selection
from capsa.model.solution import Chosen, Solution
from capsa.model.target import target_of
from capsa.ops.alteration import altered
from capsa.ops.build import Builds
from capsa.ops.change import Stock, apply_plan, read_receipt, turn
from capsa.ops.forecast import foretell
from capsa.ops.marked import marked_beside, mend_marked
from capsa.ops.obtain import obtain_archives, renewing
from capsa.ops.sealing import box_state, note_synced
from capsa.ops.sharing import mark_others
from capsa.ops.stamp import folder_of, stamp_of
from capsa.ops.supply import Supply
from capsa.ops.wiring import build_rules
from capsa.project.reference import file_url
from capsa.resolution.choice import select
from capsa.value import field, replace, value

PIP = "pip"


@value
class Manner:
    """How a box is synced: ``is_exact`` removes what is surplus; ``reinstalls`` are normalized names, "*" for all.

    Under ``is_check`` and ``is_dry_run`` it is only told what would be done.
    """

    is_exact: bool = True
    is_check: bool = False
    is_dry_run: bool = False
    reinstalls: frozenset[str] = frozenset()

    @property
    def is_told(self) -> bool:
        """Whether the box is left alone."""
        return self.is_check or self.is_dry_run


@value
class SyncOrder:
    """What is wanted beside the lock.

    ``own`` is the absolute folder of the project, to be installed editable under the normalized ``own_name``; "" leaves
    it out. A package named ``own_name`` is never surplus. ``words`` are what the seal of the box will say of this sync
    (see `capsa.ops.sealing`), empty for nothing; ``files`` what the same verb has done to the files of the project.
    """

    selection: Selection = field(default_factory=Selection)
    own: str = ""
    own_name: str = ""
    manner: Manner = field(default_factory=Manner)
    words: tuple[str, ...] = ()
    files: tuple[FileChange, ...] = ()


def sync_lock(supply: Supply, environment: Environment, lock: Lock, path: str, order: SyncOrder) -> ChangesOutcome:
    """Bring a box to the lock that was read from the absolute ``path``; return what changed.

    Raises LockError where the lock is not for this box.
    """
    session = supply.session
    rules = build_rules(session.settings)
    builds = Builds(supply, environment.interpreter, rules, environment)
    target = target_of(environment.interpreter)
    folder, name = os.path.split(path)
    solution = select(lock, target, order.selection, folder=folder, builds=rules, name=name)
    if order.manner.is_told:
        plan = _plan(supply, environment, builds, solution, order)
        mended = marked_beside(environment, plan)
        if order.manner.is_dry_run:
            foretell(supply, environment, plan)
    else:
        with turn(session, environment), session.sharing_store():
            state = box_state(environment)
            plan = _plan(supply, environment, builds, solution, order)
            if plan.changes or order.files:
                manifests = obtain_archives(supply, plan.incoming, builds)
                plan = with_versions(plan, {name: manifest.release for name, manifest in manifests.items()})
                stock = Stock(manifests=manifests, renew=renewing(supply, builds))
                apply_plan(session, environment, plan, stock, order.files)
                state = box_state(environment)
            mended, sharing = mend_marked(supply, environment)
            state = box_state(environment) if mended else state
        mark_others(session, sharing)
        note_synced(session, environment, order.words, count=len(plan.kept) + len(plan.incoming), state=state)
    outcome = session.changes(environment, plan, is_dry_run=order.manner.is_told)
    changes = tuple(sorted((*outcome.changes, *mended), key=lambda change: change.name))
    return replace(
        outcome, changes=changes, is_check=order.manner.is_check, is_absent=not is_environment(environment.root)
    )


def _plan(supply: Supply, environment: Environment, builds: Builds, solution: Solution, order: SyncOrder) -> Plan:
    installed = scan(environment).installed
    entries = {entry.name: entry for entry in read_receipt(environment).entries}
    chosen, stale = _settled(entries, builds, _wanted(solution, order), installed)
    named = {package.name for package in chosen}
    damaged = altered(supply, environment, (old for old in installed if old.name in named))
    reinstalls = order.manner.reinstalls if "*" not in order.manner.reinstalls else frozenset(named)
    plan = diff(
        Solution(packages=tuple(sorted(chosen, key=lambda package: package.name))),
        installed,
        reinstall=reinstalls | stale | _exchanged(entries, chosen) | frozenset(damaged),
    )
    _tell(supply, plan, damaged)
    surplus = _surplus(installed, named, order) if order.manner.is_exact else ()
    return with_removals(plan, surplus)


def _wanted(solution: Solution, order: SyncOrder) -> tuple[Chosen, ...]:
    """Return the packages of the lock, and the project itself where neither is it among them nor left out."""
    if not order.own or solution.package(order.own_name) is not None:
        return solution.packages
    url = file_url(order.own)
    own = Distribution(project=order.own_name, version="", filename=order.own_name, url=url)
    return (*solution.packages, Chosen(distribution=own, is_direct=True, direct_url=url, is_editable=True))


def _exchanged(entries: Mapping[str, ReceiptEntry], packages: Iterable[Chosen]) -> frozenset[str]:
    """Return the names of packages that capsa put in from another wheel than the one that is wanted now.

    One that is patched in this box stays as it is, as long as its version is right.
    """
    return frozenset(
        package.name
        for package in packages
        if package.distribution.is_wheel
        and package.name in entries
        and not entries[package.name].is_edited
        and package.distribution.sha256 not in {None, entries[package.name].sha256}
    )


def _settled(
    entries: Mapping[str, ReceiptEntry],
    builds: Builds,
    packages: Iterable[Chosen],
    installed: tuple[Installed, ...],
) -> tuple[tuple[Chosen, ...], frozenset[str]]:
    """Return the packages with the versions that folders have now, and the names of those whose folder has changed."""
    present = {distribution.name: distribution for distribution in installed}
    settled, stale = [], set()
    for package in packages:
        folder = folder_of(package.distribution)
        if folder is None:
            settled.append(package)
            continue
        old = present.get(package.name)
        entry = entries.get(package.name)
        if old is not None and _is_from(old, package) and entry is not None and entry.stamp == stamp_of(folder):
            settled.append(replace(package, distribution=replace(package.distribution, version=old.version)))
            continue
        version = builds.metadata(package.distribution).version
        settled.append(replace(package, distribution=replace(package.distribution, version=version)))
        stale.add(package.name)
    return tuple(settled), frozenset(stale)


def _is_from(old: Installed, package: Chosen) -> bool:
    address = str((old.direct_url or {}).get("url", "")).rstrip("/")
    return address == package.distribution.url.partition("#")[0].rstrip("/") and old.is_editable == package.is_editable


def _surplus(installed: tuple[Installed, ...], named: set[str], order: SyncOrder) -> tuple[Installed, ...]:
    """Return what the lock does not name. The seeded pip and the project itself stay (CONTRACT, "What is surplus")."""
    kept = {*named, PIP, order.own_name}
    last = {distribution.name: distribution for distribution in installed}
    twice = tuple(old for old in installed if old.name in named and last[old.name] is not old)
    return (*(old for old in installed if old.name not in kept), *twice)


def _tell(supply: Supply, plan: Plan, damaged: dict[str, str]) -> None:
    replaced = {change.name for change in plan.changes}
    for name, what in sorted(damaged.items()):
        if name in replaced:
            supply.session.report(Event(kind="note", text=f"{name} is not what was put in: {what}"))
