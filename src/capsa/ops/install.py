"""``install``: demands in, the box changed so that they hold, or a sentence that says why they can't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from capsa.environment.seal import state_of, write_seal
from capsa.environment.site import scan
from capsa.errors import DiskError, IntegrityError
from capsa.model.closure import has_all, is_met
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.installed import Installed
from capsa.model.outcome import ChangesOutcome
from capsa.model.plan import Plan, diff, unchanged
from capsa.model.requirement import Requirement
from capsa.model.solution import Solution
from capsa.model.target import Target, target_of
from capsa.ops.change import apply_plan, turn
from capsa.ops.demands import Demands
from capsa.ops.direct import obtain_direct
from capsa.ops.obtain import obtain_archives
from capsa.ops.present import PresentCatalog
from capsa.ops.session import Session
from capsa.ops.solve import solve
from capsa.ops.supply import Supply
from capsa.resolution.request import Policy as Prereleases
from capsa.resolution.request import ResolutionRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How it is met. Names are normalized.

    ``upgrades`` and ``reinstalls`` name the packages whose installed version counts for nothing, or must be put in
    anew; "*" among them means all of them.
    """

    upgrades: frozenset[str] = frozenset()
    reinstalls: frozenset[str] = frozenset()
    is_shallow: bool = False
    is_dry_run: bool = False
    has_hashes: bool = False

    @property
    def is_content(self) -> bool:
        """Whether what is installed is good enough when it meets the demands."""
        return not self.upgrades and not self.reinstalls and not self.has_hashes

    @property
    def is_noted(self) -> bool:
        """Whether the same request may be answered by the seal next time, without a look at the box."""
        return self.is_content and not self.is_shallow and not self.is_dry_run


def install(supply: Supply, environment: Environment, demands: Demands, policy: Policy) -> ChangesOutcome:
    """Make the demands hold in the box and return what changed."""
    session = supply.session
    target = target_of(environment.interpreter)
    wanted = tuple(demand for demand in demands.requirements if demand.is_wanted(target.markers))
    state = _state(environment)
    if policy.is_content and _holds(demands, wanted, scan(environment).installed, target, policy):
        plan = unchanged(demand.name for demand in wanted)
    elif policy.is_dry_run:
        plan = _plan(supply, environment, demands, policy)
    else:
        with turn(session, environment), session.sharing_store():
            plan = _plan(supply, environment, demands, policy)
            if plan.changes:
                manifests = obtain_archives(supply, tuple(package.distribution for package in plan.incoming))
                apply_plan(session, environment, plan, manifests)
            state = _state(environment)
    if state and demands.words and policy.is_noted:
        _note(session, environment, demands, count=len({demand.name for demand in wanted}), state=state)
    return session.changes(environment, plan, is_dry_run=policy.is_dry_run)


def _state(environment: Environment) -> str | None:
    layout = environment.layout
    return state_of(environment.root, layout.site, layout.path(layout.scripts))


def _note(session: Session, environment: Environment, demands: Demands, *, count: int, state: str) -> None:
    try:
        write_seal(environment.root, list(demands.words), count, state=state)
    except DiskError as error:
        # The box is as it should be; the next run only takes a closer look than it had to.
        session.report(Event(kind="detail", text=f"no seal was written: {error}"))


def _plan(supply: Supply, environment: Environment, demands: Demands, policy: Policy) -> Plan:
    installed = scan(environment).installed
    solution = _solution(supply, demands, policy, installed, target_of(environment.interpreter))
    return diff(solution, installed, reinstall=_reinstalled(solution, policy))


def _holds(
    demands: Demands, wanted: tuple[Requirement, ...], installed: tuple[Installed, ...], target: Target, policy: Policy
) -> bool:
    if any(demand.url and demand.url.startswith("file:") for demand in wanted):
        return False  # what lies at a path may be another file today
    if policy.is_shallow:
        present = {distribution.name: distribution for distribution in installed}
        return all(is_met(demand, present.get(demand.name)) for demand in wanted)
    return has_all(wanted, installed, target.markers, demands.constraints)


def _solution(
    supply: Supply, demands: Demands, policy: Policy, installed: tuple[Installed, ...], target: Target
) -> Solution:
    session = supply.session
    session.report(Event(kind="resolve", text="resolving"))
    kept = () if "*" in policy.upgrades else tuple(old for old in installed if old.name not in policy.upgrades)
    request = ResolutionRequest(
        requirements=demands.requirements,
        constraints=demands.constraints,
        target=target,
        pinned=obtain_direct(supply, (*demands.requirements, *demands.constraints), target),
        preferences={distribution.name: distribution.version for distribution in kept},
        prereleases=cast("Prereleases", session.settings.prerelease),
        is_shallow=policy.is_shallow,
        reporter=session.reporter,
    )
    # Where hashes are demanded the index's own file has to prove itself, also for a version that is there already.
    present = () if policy.has_hashes else kept
    solution = solve(supply, request, lambda catalog: PresentCatalog(catalog, present, reinstalls=policy.reinstalls))
    if policy.has_hashes:
        check_hashes(solution, demands.requirements)
    return solution


def _reinstalled(solution: Solution, policy: Policy) -> frozenset[str]:
    if "*" in policy.reinstalls:
        return frozenset(package.name for package in solution.packages)
    return policy.reinstalls


def check_hashes(solution: Solution, requirements: tuple[Requirement, ...]) -> None:
    """Hold every chosen file against the hashes that were demanded; raises IntegrityError that names all that fail."""
    allowed: dict[str, set[str]] = {}
    for requirement in requirements:
        allowed.setdefault(requirement.name, set()).update(requirement.hashes)
    missing = [package.name for package in solution.packages if not allowed.get(package.name)]
    wrong = [
        package.distribution.filename
        for package in solution.packages
        if allowed.get(package.name) and f"sha256:{package.distribution.sha256}" not in allowed[package.name]
    ]
    if missing:
        raise IntegrityError(
            f"hashes are required, but there is none for {', '.join(missing)}",
            hints=("add `--hash=sha256:...` to every line, also for what the named packages demand",),
        )
    if wrong:
        raise IntegrityError(f"the index offers other files than those demanded by hash: {', '.join(wrong)}")
