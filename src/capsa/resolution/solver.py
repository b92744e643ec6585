"""Demands in, exact files or a proof out. The only module that names the types of nab-resolver.

Translates between the solver's clauses and `provider`; an unsolvable request becomes `proof.Facts`, which `explain`
turns into sentences. PURE. Follows docs/adr/0002-solver-core.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nab_resolver.errors import ResolutionError as NoSolutionError
from nab_resolver.errors import ResolutionTerminatedError
from nab_resolver.resolver import BaseProvider, Resolver, ResolverObserver
from nab_resolver.types import Incompatibility, IncompatibilityCause, RangeProtocol, RootRequirement, Term

from capsa.errors import ResolutionError
from capsa.model.distribution import Distribution
from capsa.model.event import Event, Reporter
from capsa.model.solution import Chosen, Solution
from capsa.resolution.catalog import Catalog
from capsa.resolution.demand import Demand
from capsa.resolution.explain import UnsolvableError, explain
from capsa.resolution.package import Cap, Tie, extra_of, project_of
from capsa.resolution.proof import Facts
from capsa.resolution.provider import Provider, ReconsiderError
from capsa.resolution.request import Pinned, ResolutionRequest
from capsa.resolution.versions import VersionSet

__all__ = ["Pinned", "ResolutionRequest", "UnsolvableError", "resolve"]

_Clause = Incompatibility[Any, Any]
# A search that finds nothing new after so many starts is a bug of ours, not of the demands.
_MAX_STARTS = 1000


def resolve(request: ResolutionRequest, catalog: Catalog) -> Solution:
    """Return the exact files that meet a request, the newest that go together, or the preferred.

    Raises UnsolvableError with the whole explanation when the demands can't hold together, ResolutionError when a
    demand can't be taken at all or the search is too long; errors of the catalog pass through.
    """
    provider = Provider(request, catalog)
    pins = _search(provider, request.reporter)
    return _solution(provider, pins, request)


def _search(provider: Provider, reporter: Reporter | None) -> dict[str, int]:
    best: dict[str, int] | None = None
    for _ in range(_MAX_STARTS):
        provider.begin()
        try:
            pins = _solve(provider, reporter)
        except ReconsiderError:
            continue
        except ResolutionTerminatedError as error:
            raise ResolutionError(f"the search for versions that go together was given up: {error}") from error
        except NoSolutionError as error:
            if best is not None:
                return best
            raise explain(_facts(error.incompatibility, provider), provider) from None
        if not provider.bars(pins):
            return pins
        best = pins
    raise ResolutionError("the search for versions that go together was given up: what admits pre-releases kept moving")


def _solve(provider: Provider, reporter: Reporter | None) -> dict[str, int]:
    roots = [RootRequirement(key, versions, demand) for key, versions, demand in provider.root_sets()]
    resolver: Resolver[str, int] = Resolver(
        _Adapter(provider),
        _Watcher(provider, reporter) if reporter else None,
        range_type=VersionSet,
        format_range=_no_text,
    )
    return resolver.solve(roots).pins


def _no_text(_: object) -> str:
    return ""  # the library's own report is never shown


class _Adapter(BaseProvider[str, int]):
    """`provider.Provider` as the library wants to see it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def choose_version(self, package: str, version_range: RangeProtocol[int]) -> int | None:
        return self._provider.choose(package, _bits(version_range))

    def has_satisfying_version(self, package: str, version_range: RangeProtocol[int]) -> bool:
        raise NotImplementedError  # asked only about constraints of the library's own kind, which are never given

    def get_dependencies(self, package: str, version: int) -> Mapping[str, RangeProtocol[int]]:
        return self._provider.demanded_sets(package, version)

    def prioritize(
        self,
        package: str,
        version_range: RangeProtocol[int],
        conflict_counts: Mapping[str, int],
        culprit_counts: Mapping[str, int] | None = None,
    ) -> Any:
        conflicts = conflict_counts.get(package, 0) + (culprit_counts or {}).get(package, 0)
        return self._provider.priority(package, _bits(version_range), conflicts)

    def widen_decision(self, package: str, version: int) -> None:
        del package, version  # exact: equal demands of several versions are merged by the library

    def consume_pending_clauses(self) -> list[_Clause]:
        return [_clause(fact) for fact in self._provider.pending()]


class _Watcher(ResolverObserver[str, int]):
    """Tells the reporter of each decision."""

    def __init__(self, provider: Provider, reporter: Reporter) -> None:
        self._provider = provider
        self._reporter = reporter
        self._count = 0

    def on_decision(self, package: str, version: int, level: int) -> None:
        del level
        self._count += 1
        text = self._provider.offer(project_of(package)).versions.text(version)
        self._reporter.event(Event(kind="resolve", text=f"{package} {text}", done=self._count))


def _bits(versions: RangeProtocol[int]) -> int:
    assert isinstance(versions, VersionSet)  # noqa: S101 - the library hands back what it was given
    return versions.bits


def _clause(fact: Tie | Cap) -> _Clause:
    if isinstance(fact, Cap):
        return Incompatibility(
            [Term(fact.name, ~fact.versions)], cause=IncompatibilityCause.CONSTRAINT, origin=fact.demand
        )
    same = VersionSet.singleton(fact.version)
    return Incompatibility([Term(fact.name, same), Term(fact.key, ~same)], cause=IncompatibilityCause.DEPENDENCY)


# -- the solution --------------------------------------------------------------------------------------------------


def _solution(provider: Provider, pins: dict[str, int], request: ResolutionRequest) -> Solution:
    extras: dict[str, set[str]] = {}
    demanded: dict[str, set[str]] = {}
    for key, version in pins.items():
        name = project_of(key)
        extras.setdefault(name, set()).update({extra_of(key)} - {""})
        demanded.setdefault(name, set()).update(map(project_of, provider.table(key, version)))
    if request.is_shallow:
        for demand in provider.roots:
            extras[demand.name].update(demand.extras)
    packages = []
    for name in sorted(extras):
        file = provider.fitness(name, pins[name])
        assert isinstance(file, Distribution)  # noqa: S101 - the solver only chooses what is fit
        pinned = request.pinned.get(name)
        _warn_of_extras(provider.missing_extras(name, pins[name], sorted(extras[name])), file, request.reporter)
        packages.append(
            Chosen(
                distribution=file,
                extras=frozenset(extras[name]),
                dependencies=tuple(sorted(demanded[name] - {name})),
                is_direct=name in provider.direct,
                direct_url=pinned.url if pinned else None,
                is_editable=pinned.is_editable if pinned else False,
            )
        )
    edges = {key: tuple(sorted(provider.table(key, version))) for key, version in pins.items()}
    return Solution(packages=tuple(packages), edges=edges)


def _warn_of_extras(extras: Iterable[str], file: Distribution, reporter: Reporter | None) -> None:
    if reporter is None:
        return
    for extra in extras:
        reporter.event(Event(kind="warning", text=f"{file.project} {file.version} has no extra `{extra}`"))


# -- the proof -----------------------------------------------------------------------------------------------------


def _facts(root: _Clause | None, provider: Provider) -> Facts:
    """The leaves of a derivation, as the facts of the world that can't hold together."""
    facts = Facts()
    # Clauses that were widened again and again are all in the derivation: their versions are looked at once.
    demanding: dict[tuple[str, str], int] = {}
    wishes: list[tuple[Demand, str, int, bool]] = []
    for node in root.walk() if root else ():
        term = node.terms[0]
        if node.cause is IncompatibilityCause.ROOT:
            wanted = node.terms[-1]
            wishes.append((node.origin, wanted.package, _bits(wanted.constraint), False))
        elif node.cause is IncompatibilityCause.CONSTRAINT:
            wishes.append((node.origin, term.package, ~_bits(term.constraint), True))
        elif node.cause is IncompatibilityCause.NO_VERSIONS:
            _add_unfit(facts, term, provider)
        elif node.cause is IncompatibilityCause.DEPENDENCY:
            other = node.terms[-1]
            # two positive terms are a tie: an extra has the version of its project, which goes without saying
            if other is term or not other.is_positive():
                pair = (term.package, other.package)
                demanding[pair] = demanding.get(pair, 0) | _bits(term.constraint)
    for demand, key, bits, is_cap in sorted(wishes, key=lambda wish: (provider.stated.index(wish[0]), wish[1])):
        facts.add_wish(key, bits, demand, is_cap=is_cap)
    for (key, target), bits in sorted(demanding.items()):
        _add_demands(facts, (key, target), bits, provider)
    return facts


def _add_unfit(facts: Facts, term: Term[Any, Any], provider: Provider) -> None:
    key = term.package
    for version in provider.offer(project_of(key)).versions.newest_first(_bits(term.constraint)):
        reason = provider.fitness(key, version)
        if not isinstance(reason, Distribution):
            is_own = not isinstance(provider.fitness(project_of(key), version), Distribution)
            facts.add_unfit(project_of(key) if is_own else key, version, reason)


def _add_demands(facts: Facts, pair: tuple[str, str], bits: int, provider: Provider) -> None:
    key, target = pair
    for version in provider.offer(project_of(key)).versions.newest_first(bits):
        for demand in provider.table(key, version).get(target, ()):
            facts.add_demand(key, version, target, provider.admitted(demand).bits, demand)
