"""A guess at what will be chosen and asked for next, so that it can be fetched while the solver works. PURE.

A guess is never used as a result: a wrong one costs a fetch, nothing else.
"""

from __future__ import annotations

from itertools import islice

from capsa.model.distribution import Distribution, Releases
from capsa.model.metadata import Metadata
from capsa.resolution.candidate import Judge
from capsa.resolution.demand import Demand, demand_of, parse_demand
from capsa.resolution.marker import Circumstances, UnreadableDemandError, sole_extra
from capsa.resolution.offer import Offer
from capsa.resolution.request import ResolutionRequest

# A project whose newest versions are all unfit is left to the solver.
_MAX_TRIES = 8


class Forecast:
    """Guesses for one request. Keeps what it works out; use it from one thread at a time."""

    def __init__(self, request: ResolutionRequest) -> None:
        self._request = request
        self._judge = Judge(request.target, request.builds)
        self._circumstances = Circumstances(request.target.markers)
        self._demands: dict[str, list[Demand]] = {}
        for requirement in (*request.requirements, *request.constraints):
            demand = demand_of(requirement)
            if self._holds(demand):
                self._demands.setdefault(demand.name, []).append(demand)

    def likely(self, releases: Releases) -> Distribution | None:
        """Return the file of a project that will probably be chosen, or None."""
        offer = Offer(releases, self._judge, policy=self._request.prereleases, hashes=None)
        preference = self._request.preference(releases.project)
        if preference is not None:
            offer.preferred = offer.versions.position(preference)
        bits = -1
        for demand in self._demands.get(releases.project, ()):
            offer.is_changed_by(demand)
            bits &= offer.admitted(demand.clauses).bits
        verdicts = (offer.verdict(version) for version in islice(offer.order(bits), _MAX_TRIES))
        return next((verdict for verdict in verdicts if isinstance(verdict, Distribution)), None)

    def names(self, metadata: Metadata) -> tuple[str, ...]:
        """Return the normalized names of the projects that a file demands without extras."""
        names: dict[str, None] = {}
        for text in metadata.requires:
            if sole_extra(text) is not None or self._request.is_shallow:
                continue
            try:
                demand = parse_demand(text)
            except UnreadableDemandError:
                continue
            if demand.url is None and self._holds(demand):
                names[demand.name] = None
        return tuple(names)

    def _holds(self, demand: Demand) -> bool:
        try:
            return self._circumstances.admit(demand.marker)
        except UnreadableDemandError:
            return False


def likely(releases: Releases, request: ResolutionRequest) -> Distribution | None:
    """Return the file of a project that will probably be chosen for a request, or None."""
    return Forecast(request).likely(releases)
