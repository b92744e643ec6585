"""``undo`` and ``redo``: a box goes to another state of its history, by a plan like any other.

What capsa put in comes from the store, what other programs put in from where it was kept; an archive that the store has
lost is fetched by its address and sha256. A project's files go along: all of it, or nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable

from capsa.commit.history import HistoryError, read_present
from capsa.environment.site import scan
from capsa.environment.wheel import installation
from capsa.errors import FetchError
from capsa.model.distribution import Distribution
from capsa.model.environment import Environment
from capsa.model.history import FileChange, State, StatePackage, file_moves
from capsa.model.installation import Installation
from capsa.model.installed import Installed
from capsa.model.lock import is_lock_name
from capsa.model.manifest import Manifest
from capsa.model.outcome import TravelOutcome
from capsa.model.plan import Plan, exchange
from capsa.model.receipt import ReceiptEntry
from capsa.model.solution import Chosen
from capsa.ops.change import Stock, apply_plan, read_receipt, turn
from capsa.ops.chronicle import Chronicle, is_patched
from capsa.ops.keep import brought_back
from capsa.ops.obtain import obtain_archives
from capsa.ops.renewal import distribution_of, is_wheel_at, renew_archive
from capsa.ops.restore import put_content, read_content, restoring
from capsa.ops.supply import Supply
from capsa.project.find import FILE, find_project
from capsa.value import value


@value
class TravelManner:
    """How a box goes to another state: ``is_box_only`` leaves the files of its project as they are."""

    is_box_only: bool = False
    is_dry_run: bool = False


@value
class _Trip:
    """From where, to which state, by which plan, and what becomes of the project's files on the way."""

    start: int
    target: State
    plan: Plan
    files: tuple[FileChange, ...] = ()


Choice = Callable[[Chronicle], State]


def undo(supply: Supply, environment: Environment, manner: TravelManner) -> TravelOutcome:
    """Go to the state before the current one, also where other programs made that."""
    return _travel(supply, environment, manner, lambda chronicle: _earlier(environment, chronicle))


def redo(supply: Supply, environment: Environment, manner: TravelManner) -> TravelOutcome:
    """Go to the state that was undone last."""
    return _travel(supply, environment, manner, lambda chronicle: _later(environment, chronicle))


def go(supply: Supply, environment: Environment, number: int, manner: TravelManner) -> TravelOutcome:
    """Go to the state with a number."""
    return _travel(supply, environment, manner, lambda chronicle: _numbered(environment, chronicle, number))


def _travel(supply: Supply, environment: Environment, manner: TravelManner, choose: Choice) -> TravelOutcome:
    """Go, or only tell.

    Raises HistoryError for a state that there is not, that can't be gone to, or where a file of the project is not as
    capsa left it; then nothing was changed.
    """
    if manner.is_dry_run:
        trip = _trip(supply, environment, manner, choose)
    else:
        with turn(supply.session, environment), supply.session.sharing_store():
            trip = _trip(supply, environment, manner, choose)
            _make(supply, environment, trip)
    left = {step.path: step.after for step in trip.files}
    return TravelOutcome(
        changes=supply.session.changes(environment, trip.plan, is_dry_run=manner.is_dry_run),
        from_state=trip.start,
        to_state=trip.target.number,
        files=tuple(sorted(path for path, content in left.items() if content is not None)),
        gone=tuple(sorted(path for path, content in left.items() if content is None)),
    )


def _trip(supply: Supply, environment: Environment, manner: TravelManner, choose: Choice) -> _Trip:
    receipt = read_receipt(environment)
    read_present(environment.root, receipt.state)  # here it is needed: damage is no mere note
    installed = scan(environment).installed
    chronicle = Chronicle(supply.session, environment, receipt, installed, is_whole=True)
    target, start = choose(chronicle), chronicle.history.current
    plan = _plan(chronicle.present, target, installed)
    _refuse_lost(target, plan)
    is_back = target.number < start
    low, high = sorted((start, target.number))
    passed = [state for state in chronicle.history.states if low < state.number <= high]
    files = () if manner.is_box_only else _files(passed, target, is_back=is_back)
    _refuse_strange(supply, environment, target, files)
    return _Trip(start=start, target=target, plan=plan, files=files)


def _make(supply: Supply, environment: Environment, trip: _Trip) -> None:
    if not trip.plan.changes and trip.target.number == trip.start:
        return
    stock = _stock(supply, environment, trip)
    with restoring(*(step.path for step in trip.files)):
        for step in trip.files:
            put_content(step.path, step.after)
        apply_plan(supply.session, environment, trip.plan, stock)


def _earlier(environment: Environment, chronicle: Chronicle) -> State:
    history = chronicle.history
    earlier = [state for state in history.states if state.number < history.current]
    if not earlier:
        raise HistoryError(f"there is nothing to undo: the history of {environment.root} has no earlier state")
    return earlier[-1]


def _later(environment: Environment, chronicle: Chronicle) -> State:
    if chronicle.is_foreign:
        raise HistoryError(
            "there is nothing to redo: other programs changed the box since, which is a change like any other",
            hints=("take back what they did: `capsa undo`",),
        )
    history = chronicle.history
    later = [state for state in history.states if state.number > history.current]
    if not later:
        raise HistoryError(f"there is nothing to redo: {environment.root} is at its newest state")
    return later[0]


def _numbered(environment: Environment, chronicle: Chronicle, number: int) -> State:
    history = chronicle.history
    state = history.state(number)
    if state is None or (chronicle.is_foreign and number == history.current):
        raise HistoryError(
            f"{environment.root} has no state @{number} to go to", hints=("see which there are: `capsa history`",)
        )
    return state


def _plan(present: tuple[StatePackage, ...], target: State, installed: tuple[Installed, ...]) -> Plan:
    """Return what makes of the packages that are there those of a state; several of one name leave together."""
    times = Counter(distribution.name for distribution in installed)
    old, new = {package.name: package for package in present}, {package.name: package for package in target.packages}
    kept = {name for name in {*old} & {*new} if times[name] == 1 and old[name].is_same(new[name])}
    return exchange(
        (_chosen(package) for name, package in new.items() if name not in kept),
        (distribution for distribution in installed if distribution.name not in kept),
        kept,
    )


def _chosen(package: StatePackage) -> Chosen:
    if package.entry is not None:
        return Chosen(distribution=distribution_of(package.entry))
    # What another program put in has no archive: it comes from where it was kept, and is never built.
    own = Distribution(project=package.name, version=package.version, filename=package.name, url="", tags="")
    return Chosen(distribution=own)


def _refuse_lost(target: State, plan: Plan) -> None:
    coming = {change.name for change in plan.changes if change.incoming is not None}
    lost = [package for package in target.packages if package.name in coming and not package.kept and _loss(package)]
    if lost:
        told = "; ".join(f"{package.name} {package.version}: {_loss(package)}" for package in lost)
        raise HistoryError(
            f"@{target.number} can't be brought back: {told}",
            hints=("see which states can be: `capsa history`",),
        )


def _loss(package: StatePackage) -> str:
    if package.lost or (package.entry is not None and not is_patched(package)):
        return package.lost
    return "its files were not kept"


def _files(passed: list[State], target: State, *, is_back: bool) -> tuple[FileChange, ...]:
    """Return what becomes of files; raises HistoryError that names those that were changed by other means since."""
    steps = file_moves(passed, is_back=is_back)
    changed = sorted({step.path for step in steps if read_content(step.path) not in {step.before, step.after}})
    if changed:
        are, it = ("is", "it") if len(changed) == 1 else ("are", "them")
        raise HistoryError(
            f"{' and '.join(changed)} {are} not as capsa left {it}, so nothing was changed",
            hints=(f"leave the files as they are: `capsa undo @{target.number} --box-only`",),
        )
    return steps


def _refuse_strange(supply: Supply, environment: Environment, target: State, files: tuple[FileChange, ...]) -> None:
    """Raise HistoryError for a file that is not the project's: a box, with its history, may come from somebody else."""
    if not files:
        return
    project = find_project(supply.session.surroundings.folder)
    here = os.path.realpath(project.root) if project else None
    root = os.path.realpath(environment.root)
    for step in files:
        folder, name = os.path.split(step.path)
        folder = os.path.realpath(folder)
        is_around = root.startswith(os.path.join(folder, "")) or folder == here
        if not is_around or not (name == FILE or is_lock_name(name)):
            raise HistoryError(
                f"{step.path} is no file of the project around {environment.root}, so nothing was changed",
                hints=(f"go back in the box alone: `capsa undo @{target.number} --box-only`",),
            )


def _stock(supply: Supply, environment: Environment, trip: _Trip) -> Stock:
    """Get everything that comes, as it was."""
    coming = {package.name: package for package in trip.plan.incoming}
    packages = [package for package in trip.target.packages if package.name in coming]
    ready = {package.name: brought_back(environment, package) for package in packages if package.kept}
    entries = {package.name: package.entry for package in packages if package.entry and not package.kept}
    stored = tuple(coming[name] for name in entries)
    _check_supply(supply, entries.values())
    manifests = obtain_archives(supply, stored)
    for name, entry in entries.items():
        ready[name] = _as_it_was(supply, environment, manifests[name], entry)
    interpreter = environment.interpreter

    def renew(package: Chosen) -> Manifest:
        return renew_archive(supply, interpreter, entries[package.name])

    return Stock(manifests=manifests, renew=renew, ready=ready, state=trip.target)


def _as_it_was(supply: Supply, environment: Environment, manifest: Manifest, entry: ReceiptEntry) -> Installation:
    return installation(environment, manifest, supply.archives.tree(manifest.sha256), entry=entry)


def _check_supply(supply: Supply, entries: Iterable[ReceiptEntry]) -> None:
    """Raise FetchError that names every package whose archive is not in the store and can't be had."""
    missing = [entry for entry in entries if supply.archives.manifest(entry.sha256) is None]
    built = [f"{entry.name} {entry.version}" for entry in missing if not is_wheel_at(entry)]
    if built:
        raise FetchError(f"the store has lost {', '.join(built)}, and there is no address to fetch the same file from")
    if missing and supply.session.settings.offline:
        names = ", ".join(f"{entry.name} {entry.version}" for entry in missing)
        raise FetchError(
            f"the store has lost {names}, and capsa is told to do without the network",
            hints=("let it be fetched: leave `--offline` out",),
        )
