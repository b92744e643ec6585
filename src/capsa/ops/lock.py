"""``lock``: exact files for every demand, written down as PEP 751 wants it; an equal lock is not written.

Where nothing changed nothing is solved and no index is asked. Works for projects, scripts and requirements files alike.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Literal, cast

from capsa.disk.atomic import write_atomic
from capsa.errors import LockError
from capsa.model.distribution import Distribution
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.lock import Lock
from capsa.model.outcome import ChangeRow, LockOutcome
from capsa.model.requirement import Requirement
from capsa.model.solution import Chosen, Solution
from capsa.model.target import Target, target_of
from capsa.ops.build import Builds
from capsa.ops.currency import staleness
from capsa.ops.direct import obtain_direct
from capsa.ops.inputs import Inputs
from capsa.ops.obtain import obtain_archives
from capsa.ops.solve import solve
from capsa.ops.supply import Supply
from capsa.ops.wiring import build_rules
from capsa.project.lock_file import read_lock
from capsa.project.lock_text import format_lock
from capsa.resolution.reach import LockDetails, Roots, lock_of
from capsa.resolution.request import Policy as Prereleases
from capsa.resolution.request import ResolutionRequest
from capsa.terminal.sentence import counted
from capsa.transport.port import without_secrets
from capsa.value import replace, value

ALL = "*"
_ADDRESSES = ("https://", "http://")  # a folder of files is no index, and its place is one machine's affair


@value
class LockPolicy:
    """``upgrades`` are the normalized names whose locked version counts for nothing, "*" for all."""

    upgrades: frozenset[str] = frozenset()
    is_check: bool = False
    is_dry_run: bool = False


def lock(supply: Supply, inputs: Inputs, python: Interpreter | Environment, policy: LockPolicy) -> LockOutcome:
    """Bring the lock up to date, or tell under ``is_check`` whether it is; ``python`` is as for `renew_lock`."""
    interpreter, _ = _parts(python)
    started = time.monotonic()
    earlier = read_lock(inputs.path)
    reason = staleness(earlier, inputs, target_of(interpreter))
    if earlier is not None and not reason and not policy.upgrades:
        return _outcome(inputs, policy, (earlier, earlier), started=started)
    if policy.is_check and not policy.upgrades:
        return replace(_outcome(inputs, policy, (earlier, earlier), started=started), is_current=False, reason=reason)
    renewed = renew_lock(supply, inputs, python, earlier, policy.upgrades)
    is_equal = earlier is not None and format_lock(earlier) == format_lock(renewed)
    if not is_equal and not policy.is_check and not policy.is_dry_run:
        write_lock(inputs.path, renewed)
    outcome = _outcome(inputs, policy, (earlier, renewed), started=started)
    return replace(outcome, is_current=is_equal, reason=reason)


def current_lock(
    supply: Supply,
    inputs: Inputs,
    python: Interpreter | Environment,
    *,
    is_locked: bool = False,
    is_written: bool = True,
) -> Lock:
    """Return the lock as it should be, renewed if need be, and then written unless ``is_written`` is False.

    With ``is_locked`` a lock that is out of date is a LockError; ``python`` is as for `renew_lock`.
    """
    interpreter, _ = _parts(python)
    earlier = read_lock(inputs.path)
    reason = staleness(earlier, inputs, target_of(interpreter))
    if earlier is not None and not reason:
        return earlier
    if is_locked:
        raise LockError(f"the lock is not up to date: {reason}", hints=("bring it up to date: `capsa lock`",))
    renewed = renew_lock(supply, inputs, python, earlier)
    if not is_written:
        return renewed
    write_lock(inputs.path, renewed)
    verb = "made" if earlier is None else "renewed"
    amount = counted(len(renewed.packages), "package")
    supply.session.report(Event(kind="note", text=f"{verb} {inputs.name} with {amount}"))
    return renewed


def frozen_lock(path: str) -> Lock:
    """Return the lock at an absolute path as it is; raises LockError where there is none."""
    found = read_lock(path)
    if found is None:
        folder, name = os.path.split(path)
        raise LockError(f"there is no {name} in {folder}", hints=("make it: `capsa lock`",))
    return found


def write_lock(path: str, renewed: Lock) -> None:
    """Write a lock to an absolute path, whole or not at all."""
    write_atomic(path, format_lock(renewed).encode("utf-8"))


def renew_lock(
    supply: Supply,
    inputs: Inputs,
    python: Interpreter | Environment,
    earlier: Lock | None,
    upgrades: frozenset[str] = frozenset(),
) -> Lock:
    """Return the lock that meets the demands on this Python, near to the earlier one; writes nothing.

    ``python`` is the box where there is one: builds without isolation need it. Raises ResolutionError, FetchError,
    BuildError or LockError.
    """
    session = supply.session
    interpreter, own = _parts(python)
    target = target_of(interpreter)
    session.report(Event(kind="resolve", text="resolving"))
    builds = Builds(supply, interpreter, build_rules(session.settings), own)
    with session.sharing_store():
        demands = inputs.demands
        direct = obtain_direct(supply, builds, (*demands, *inputs.constraints), target)
        named = direct.requirements
        request = ResolutionRequest(
            requirements=_unique(named[: len(demands)]),
            constraints=named[len(demands) :],
            target=target,
            pinned=direct.pinned,
            preferences=_versions(earlier),
            upgrades=upgrades,
            is_upgrade=ALL in upgrades,
            prereleases=cast("Prereleases", session.settings.prerelease),
            builds=build_rules(session.settings),
            reporter=session.reporter,
        )
        solution = _hashed(supply, builds, solve(supply, request, builds=builds))
    return lock_of(solution, _named_roots(inputs.roots, named), _details(supply, inputs, solution, target))


def changed_rows(earlier: Lock | None, renewed: Lock) -> tuple[ChangeRow, ...]:
    """Return the difference of two locks, by name."""
    before, after = _versions(earlier), _versions(renewed)
    rows = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            action: Literal["install", "remove", "replace"] = "replace"
            if old is None or new is None:
                action = "install" if old is None else "remove"
            rows.append(ChangeRow(action=action, name=name, from_version=old, to_version=new))
    return tuple(rows)


def _outcome(
    inputs: Inputs, policy: LockPolicy, locks: tuple[Lock | None, Lock | None], *, started: float
) -> LockOutcome:
    earlier, renewed = locks
    return LockOutcome(
        path=inputs.path,
        changes=changed_rows(earlier, renewed) if renewed else (),
        package_count=len(renewed.packages) if renewed else 0,
        is_current=earlier is renewed,
        is_check=policy.is_check,
        is_dry_run=policy.is_dry_run,
        seconds=time.monotonic() - started,
    )


def _parts(python: Interpreter | Environment) -> tuple[Interpreter, Environment | None]:
    return (python.interpreter, python) if isinstance(python, Environment) else (python, None)


def _versions(lock: Lock | None) -> dict[str, str]:
    packages = lock.packages if lock else ()
    return {package.name: package.version or "" for package in packages if package.version is not None}


def _unique(demands: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return each demand once: an extra that is made of others repeats theirs."""
    return tuple({(demand.text, str(demand.origin), demand.name): demand for demand in demands}.values())


def _named_roots(roots: Roots, named: tuple[Requirement, ...]) -> Roots:
    """Return the roots with demands whose names are all known: ``named`` has them in the order of `Inputs.demands`."""
    rest = iter(named)

    def renamed(demands: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        return tuple(next(rest) for _ in demands)

    return Roots(
        requirements=renamed(roots.requirements),
        extras={name: renamed(demands) for name, demands in roots.extras.items()},
        groups={name: renamed(demands) for name, demands in roots.groups.items()},
    )


def _hashed(supply: Supply, builds: Builds, solution: Solution) -> Solution:
    """Return a solution in which every file of an index has its sha256: who tells none is asked for the file itself."""
    bare = tuple(package for package in solution.packages if _is_bare(package))
    if not bare:
        return solution
    manifests = obtain_archives(supply, bare, builds)

    def proven(package: Chosen) -> Chosen:
        if not _is_bare(package):
            return package
        manifest = manifests[package.name]
        return replace(package, distribution=replace(package.distribution, sha256=manifest.sha256, size=manifest.size))

    return replace(solution, packages=tuple(proven(package) for package in solution.packages))


def _is_bare(package: Chosen) -> bool:
    return package.direct_url is None and package.distribution.sha256 is None and package.distribution.is_wheel


def _details(supply: Supply, inputs: Inputs, solution: Solution, target: Target) -> LockDetails:
    files: dict[str, tuple[Distribution, ...]] = {}
    indexes: dict[str, str] = {}
    for package in solution.packages:
        if package.direct_url is not None:
            continue
        releases = supply.index.releases(package.name)
        if releases is None or package.version not in releases.versions:
            continue
        files[package.name] = releases.files(package.version)
        if releases.index.startswith(_ADDRESSES) and ", " not in releases.index:
            indexes[package.name] = without_secrets(releases.index)
    return LockDetails(
        target=target,
        folder=inputs.folder,
        requires_python=inputs.requires_python,
        default_groups=inputs.default_groups,
        notes={"inputs": inputs.digest, "target": target.title},
        files=files,
        indexes=indexes,
    )
