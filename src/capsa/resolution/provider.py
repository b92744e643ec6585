"""The packaging rules between the solver and the catalog: extras, markers, URLs, constraints as the solver's packages.

The solver's packages are texts: "celery" is a project, "celery[redis]" one of its extras, tied to the same version of
the project. Versions are bit positions of `versions.Versions`. PURE; names nothing of the solver's own library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsa.errors import ResolutionError
from capsa.model.distribution import Distribution, Releases
from capsa.model.metadata import Metadata
from capsa.model.requirement import Requirement, without_password
from capsa.resolution.candidate import HashRule, Judge
from capsa.resolution.catalog import Catalog
from capsa.resolution.demand import Demand, demand_of, parse_demand
from capsa.resolution.marker import Circumstances, UnreadableDemandError, sole_extra
from capsa.resolution.offer import Offer
from capsa.resolution.package import Cap, Tie, extra_of, project_of
from capsa.resolution.reason import Reason, Unreadable, UrlDemand, WrongPython
from capsa.resolution.request import ResolutionRequest
from capsa.resolution.versions import VersionSet


class ReconsiderError(Exception):
    """A demand that came to light admits versions that were refused before: the search starts again, knowing it."""


Table = dict[str, tuple[Demand, ...]]


class Provider:
    """Answers the solver's questions for one request, each one once."""

    __slots__ = (
        "_announced",
        "_caps",
        "_catalog",
        "_chosen",
        "_circumstances",
        "_extras",
        "_fitness",
        "_hashes",
        "_judge",
        "_offers",
        "_parsed",
        "_pending",
        "_request",
        "_sets",
        "_tables",
        "_texts",
        "_tied",
        "direct",
        "roots",
        "stated",
    )

    def __init__(self, request: ResolutionRequest, catalog: Catalog) -> None:
        self._request = request
        self._catalog = catalog
        self._judge = Judge(request.target, request.builds)
        self._circumstances = Circumstances(request.target.markers)
        self._offers: dict[str, Offer] = {}
        self._parsed: dict[str, Demand] = {}
        self._texts: dict[tuple[str, int], dict[str, list[str]]] = {}
        self._tables: dict[tuple[str, int], Table] = {}
        self._sets: dict[tuple[str, int], dict[str, VersionSet]] = {}
        self._fitness: dict[tuple[str, int], Distribution | Reason] = {}
        self.roots = self._wanted(request.requirements)
        self.direct = frozenset(demand.name for demand in self.roots)
        caps = self._wanted(request.constraints)
        self.stated = (*self.roots, *caps)
        self._hashes = _hash_rules(self.stated)
        self._caps: dict[str, list[Demand]] = {}
        for cap in caps:
            self._caps.setdefault(cap.name, []).append(cap)
        self._extras: dict[str, list[str]] = {}
        self.begin()

    def _wanted(self, requirements: Iterable[Requirement]) -> tuple[Demand, ...]:
        """The demands of the user whose marker holds here; URLs that were not looked up are refused at once."""
        demands = []
        for requirement in requirements:
            demand = demand_of(requirement)
            try:
                is_wanted = self._circumstances.admit(demand.marker)
            except UnreadableDemandError as error:
                raise ResolutionError(f"{requirement.origin}: {error}") from error
            if not is_wanted:
                continue
            if demand.url is not None and not self._is_pinned(demand):
                raise ResolutionError(_foreign_url(demand, self._request))
            demands.append(demand)
        return tuple(demands)

    def _is_pinned(self, demand: Demand) -> bool:
        pinned = self._request.pinned.get(demand.name)
        return pinned is not None and pinned.url == demand.url

    def begin(self) -> None:
        """Forget what belongs to one search; what is known of the world stays."""
        self._chosen: dict[str, int] = {}
        self._announced: set[str] = set()
        self._tied: set[tuple[str, int]] = set()
        self._pending: list[Tie | Cap] = []

    # -- what the solver asks ---------------------------------------------------------------------------------------

    def root_sets(self) -> list[tuple[str, VersionSet, Demand]]:
        """Return the user's demands as (package, versions, demand), and ask for their projects ahead."""
        names = dict.fromkeys(demand.name for demand in self.roots)
        self._catalog.expect(names)
        self._note(self.roots)
        return [
            (key, self.admitted(demand), demand)
            for demand in self.roots
            for key in (demand.keys if not self._request.is_shallow else demand.keys[:1])
        ]

    def choose(self, key: str, bits: int) -> int | None:
        """Return the version to try, or None: then ``pending`` may tell facts after which the question is put again."""
        name = project_of(key)
        if name not in self._announced:
            self._announced.add(name)
            if self._announce(name):
                return None
        if name == key:
            found = self._first_fit(key, bits)
            if found is not None:
                self._chosen[name] = found
                for extra in self._extras.get(name, ()):
                    self._tie(extra, found)
            return found
        chosen = self._chosen.get(name)
        if chosen is not None and self._tie(key, chosen):
            return None
        return self._first_fit(key, bits)

    def _announce(self, name: str) -> bool:
        caps = self._caps.get(name, ())
        self._note(caps)
        for cap in caps:
            self._pending.append(Cap(name=name, versions=self.admitted(cap), demand=cap))
        return bool(caps)

    def _tie(self, key: str, version: int) -> bool:
        if (key, version) in self._tied:
            return False
        self._tied.add((key, version))
        self._pending.append(Tie(name=project_of(key), key=key, version=version))
        return True

    def _first_fit(self, key: str, bits: int) -> int | None:
        order = self.offer(project_of(key)).order(bits)
        return next((version for version in order if isinstance(self.fitness(key, version), Distribution)), None)

    def pending(self) -> list[Tie | Cap]:
        """Return the facts found since the last call."""
        found, self._pending = self._pending, []
        return found

    def demanded_sets(self, key: str, version: int) -> Mapping[str, VersionSet]:
        """Return the versions of other packages that a chosen version demands; raises ReconsiderError."""
        known = self._sets.get((key, version))
        if known is not None:
            return known
        table = self.table(key, version)
        self._catalog.expect(dict.fromkeys(name for name in map(project_of, table) if name not in self._offers))
        sets = {package: self._all_admitted(package, demands) for package, demands in table.items()}
        name = project_of(key)
        if name != key:
            same = VersionSet.singleton(version)
            sets[name] = sets[name] & same if name in sets else same
        self._note(demand for demands in table.values() for demand in demands)
        self._sets[key, version] = sets
        return sets

    def _all_admitted(self, package: str, demands: tuple[Demand, ...]) -> VersionSet:
        first = self.admitted(demands[0])
        if len(demands) == 1:
            return first
        clauses = tuple(clause for demand in demands for clause in demand.clauses)
        return self.offer(project_of(package)).admitted(clauses)

    def priority(self, key: str, bits: int, conflicts: int) -> tuple[bool, int, bool, int]:
        """Return the order of decision: no choice, then trouble, then what the user named, then few versions."""
        name = project_of(key)
        count = self.offer(name).count(bits)
        return (count > 1, -(conflicts // 4), name not in self.direct, count)

    # -- the world, as it is ----------------------------------------------------------------------------------------

    def offer(self, name: str) -> Offer:
        """Return what a project offers; one that no index has offers nothing."""
        known = self._offers.get(name)
        if known is None:
            known = self._offers[name] = self._open(name)
        return known

    def _open(self, name: str) -> Offer:
        request = self._request
        pinned = request.pinned.get(name)
        if pinned is None:
            releases = self._catalog.releases(name)
        else:
            file = pinned.distribution
            releases = Releases(name, versions=(file.version,), files=lambda _: (file,))
        rule = self._hashes.get(name)
        # a file that was looked up by its URL was held against hashes of other kinds then
        hashes = None if pinned and rule and not rule.sha256s else rule
        offer = Offer(releases, self._judge, policy=request.prereleases, hashes=hashes)
        offer.is_given = pinned is not None
        preference = request.preference(name)
        if preference is not None:
            offer.preferred = offer.versions.position(preference)
        return offer

    def admitted(self, demand: Demand) -> VersionSet:
        """Return the versions that a demand admits; all there are for a URL, whose file is the only one."""
        return self.offer(demand.name).admitted(demand.clauses)

    def fitness(self, key: str, version: int) -> Distribution | Reason:
        """Return the file for a version of a package, or why it can't be used: the file's fault or its metadata's."""
        known = self._fitness.get((key, version))
        if known is None:
            name = project_of(key)
            known = self.offer(name).verdict(version) if key == name else self.fitness(name, version)
            if isinstance(known, Distribution):
                known = self._fault(key, version, known) or known
                self._fitness[key, version] = known
        return known

    def _fault(self, key: str, version: int, file: Distribution) -> Reason | None:
        if self._request.is_shallow:
            return None
        name = project_of(key)
        metadata = self._metadata(name, file)
        if not self._judge.fits_python(metadata.requires_python):
            return WrongPython(wanted=metadata.requires_python or "", python=self._request.target.python)
        try:
            table = self._tables[key, version] = self._read(key, version, metadata)
        except UnreadableDemandError as error:
            return Unreadable(problem=str(error))
        for demands in table.values():
            for demand in demands:
                if demand.url is not None and not self._is_pinned(demand):
                    return UrlDemand(text=demand.text)
        return None

    def _metadata(self, name: str, file: Distribution) -> Metadata:
        pinned = self._request.pinned.get(name)
        return self._catalog.metadata(file) if pinned is None else pinned.metadata

    def _read(self, key: str, version: int, metadata: Metadata) -> Table:
        name, extra = project_of(key), extra_of(key)
        texts = self._texts.get((name, version))
        if texts is None:
            texts = self._texts[name, version] = {}
            for text in metadata.requires:
                texts.setdefault(sole_extra(text) or "", []).append(text)
        table: dict[str, list[Demand]] = {}
        for text in (*texts.get("", ()), *(texts.get(extra, ()) if extra else ())):
            demand = self._parse(text)
            if not self._circumstances.admit(demand.marker, extra):
                continue
            if extra and self._circumstances.admit(demand.marker):
                continue  # the project itself demands it already
            for package in demand.keys:
                table.setdefault(package, []).append(demand)
        return {package: tuple(demands) for package, demands in table.items()}

    def _parse(self, text: str) -> Demand:
        known = self._parsed.get(text)
        if known is None:
            known = self._parsed[text] = parse_demand(text)
        return known

    def table(self, key: str, version: int) -> Table:
        """Return the demands of a version that ``fitness`` found fit, by the package that they are about."""
        if self._request.is_shallow:
            return {}
        return self._tables[key, version]

    def missing_extras(self, name: str, version: int, extras: Iterable[str]) -> tuple[str, ...]:
        """Return those extras that the chosen version does not have."""
        file = self.fitness(name, version)
        if self._request.is_shallow or not isinstance(file, Distribution):
            return ()
        known = set(self._metadata(name, file).extras)
        return tuple(extra for extra in extras if extra not in known)

    # -- what admits pre-releases and yanked files ------------------------------------------------------------------

    def _note(self, demands: Iterable[Demand]) -> None:
        is_changed = False
        for demand in demands:
            for key in demand.keys[1:]:
                known = self._extras.setdefault(demand.name, [])
                if key not in known:
                    known.append(key)
            is_changed |= self.offer(demand.name).is_changed_by(demand)
        if is_changed:
            raise ReconsiderError

    def bars(self, pins: Mapping[str, int]) -> bool:
        """Bar each chosen version that no demand of this solution admits; return whether there was one.

        A demand that was met on a way which the search left again may have admitted it.
        """
        holding: dict[str, list[Demand]] = {}
        for key, version in pins.items():
            for demands in self.table(key, version).values():
                for demand in demands:
                    holding.setdefault(demand.name, []).append(demand)
        for demand in self.stated:
            holding.setdefault(demand.name, []).append(demand)
        has_barred = False
        for key, version in pins.items():
            if key == project_of(key) and not self.offer(key).is_justified(version, holding.get(key, ())):
                self.offer(key).bar(version)
                self._fitness.pop((key, version), None)
                has_barred = True
        return has_barred


def _hash_rules(demands: Iterable[Demand]) -> dict[str, HashRule]:
    """The hashes that each project's file may have: those that every demand with hashes names."""
    rules: dict[str, HashRule] = {}
    for demand in demands:
        if not demand.hashes:
            continue
        sha256s = frozenset(text.removeprefix("sha256:").lower() for text in demand.hashes if text[:7] == "sha256:")
        known = rules.get(demand.name)
        rules[demand.name] = HashRule(sha256s=known.sha256s & sha256s if known else sha256s, origin=str(demand.origin))
    return rules


def _foreign_url(demand: Demand, request: ResolutionRequest) -> str:
    pinned = request.pinned.get(demand.name)
    if pinned is None:
        return f"{demand.origin} demands `{demand.text}`, and the file at that address was not looked up"
    other = without_password(pinned.url)
    return f"{demand.origin} demands `{demand.text}`, but another demand takes {demand.name} from {other}"
