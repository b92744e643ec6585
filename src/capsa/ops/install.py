"""``install``: demands in, the box changed so that they hold, or a sentence that says why they can't."""

from __future__ import annotations

from typing import cast

from capsa.environment.seal import state_of, write_seal
from capsa.environment.site import scan
from capsa.errors import DiskError, IntegrityError
from capsa.model.closure import has_all, is_met
from capsa.model.direct_url import is_from
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.installed import Installed
from capsa.model.outcome import ChangesOutcome
from capsa.model.plan import Plan, diff, unchanged
from capsa.model.requirement import Requirement
from capsa.model.solution import Solution
from capsa.model.target import Target, target_of
from capsa.ops.build import Builds, folder_of, stamp_of
from capsa.ops.change import Stock, apply_plan, read_receipt, turn
from capsa.ops.demands import Demands
from capsa.ops.direct import obtain_direct
from capsa.ops.forecast import foretell
from capsa.ops.obtain import obtain_archives, renewing
from capsa.ops.present import PresentCatalog
from capsa.ops.session import Session
from capsa.ops.solve import solve
from capsa.ops.supply import Supply
from capsa.ops.wiring import build_rules
from capsa.resolution.request import Policy as Prereleases
from capsa.resolution.request import ResolutionRequest
from capsa.value import replace, value


@value
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
    builds = Builds(supply, environment.interpreter, build_rules(session.settings), environment)
    state = _state(environment)
    if policy.is_content and _holds(demands, wanted, scan(environment).installed, target, policy):
        plan = unchanged(demand.name for demand in wanted)
    elif policy.is_dry_run:
        plan = _plan(supply, environment, builds, demands, policy)
        foretell(supply, environment, plan)
    else:
        with turn(session, environment), session.sharing_store():
            plan = _plan(supply, environment, builds, demands, policy)
            if plan.changes:
                manifests = obtain_archives(supply, plan.incoming, builds)
                apply_plan(session, environment, plan, Stock(manifests=manifests, renew=renewing(supply, builds)))
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


def _plan(supply: Supply, environment: Environment, builds: Builds, demands: Demands, policy: Policy) -> Plan:
    installed = scan(environment).installed
    solution = _solution(supply, builds, demands, policy, (installed, target_of(environment.interpreter)))
    return diff(solution, installed, reinstall=_reinstalled(solution, policy) | _changed_folders(solution, environment))


def _changed_folders(solution: Solution, environment: Environment) -> frozenset[str]:
    """Return the names of folders that are put in anew: editable ones that are built otherwise now, and all others.

    What is in a folder nobody knows before it is built.
    """
    folders = {package.name: folder for package in solution.packages if (folder := folder_of(package.distribution))}
    if not folders:
        return frozenset()
    stamps = {entry.name: entry.stamp for entry in read_receipt(environment).entries}
    linked = {package.name for package in solution.packages if package.is_editable}
    same = {name for name, folder in folders.items() if name in linked and stamps.get(name) == stamp_of(folder)}
    return frozenset(folders) - same


def _holds(
    demands: Demands, wanted: tuple[Requirement, ...], installed: tuple[Installed, ...], target: Target, policy: Policy
) -> bool:
    if any(demand.url and demand.url.startswith("file:") for demand in wanted):
        return False  # what lies at a path may be another file today
    wanted = tuple(_recognized(demand, installed) for demand in wanted)
    if policy.is_shallow:
        present = {distribution.name: distribution for distribution in installed}
        return all(is_met(demand, present.get(demand.name)) for demand in wanted)
    return has_all(wanted, installed, target.markers, demands.constraints)


def _recognized(demand: Requirement, installed: tuple[Installed, ...]) -> Requirement:
    """Return a demand for a URL without a name with the name of what came from there, if anything did."""
    if demand.name or demand.url is None:
        return demand
    found = (old.name for old in installed if is_from(old.direct_url, demand.url or "", is_editable=demand.is_editable))
    return replace(demand, name=next(found, ""))


def _solution(
    supply: Supply, builds: Builds, demands: Demands, policy: Policy, present: tuple[tuple[Installed, ...], Target]
) -> Solution:
    """Return what meets the demands in a box that holds the first of ``present``, for the target that is the second."""
    session, (installed, target) = supply.session, present
    session.report(Event(kind="resolve", text="resolving"))
    kept = () if "*" in policy.upgrades else tuple(old for old in installed if old.name not in policy.upgrades)
    direct = obtain_direct(supply, builds, (*demands.requirements, *demands.constraints), target)
    count = len(demands.requirements)
    request = ResolutionRequest(
        requirements=direct.requirements[:count],
        constraints=direct.requirements[count:],
        target=target,
        pinned=direct.pinned,
        preferences={distribution.name: distribution.version for distribution in kept},
        prereleases=cast("Prereleases", session.settings.prerelease),
        builds=builds.rules,
        is_shallow=policy.is_shallow,
        reporter=session.reporter,
    )
    # Where hashes are demanded the index's own file has to prove itself, also for a version that is there already.
    trusted = () if policy.has_hashes else kept
    solution = solve(
        supply, request, lambda catalog: PresentCatalog(catalog, trusted, reinstalls=policy.reinstalls), builds
    )
    if policy.has_hashes:
        check_hashes(solution, request.requirements)
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
