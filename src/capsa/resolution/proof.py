"""The facts of the world that can't hold together: what a derivation rests on, and nothing of its course. PURE."""

from __future__ import annotations

from capsa.resolution.demand import Demand
from capsa.resolution.reason import Reason
from capsa.value import replace, value


@value
class Wish:
    """A demand of the user: the package ``key`` must be one of ``versions``; a cap binds only if it is used at all."""

    key: str
    versions: int
    demand: Demand
    is_cap: bool = False


@value
class DemandFact:
    """The versions ``versions`` of ``key`` all demand ``target`` in one of ``allowed``, in the words of ``demand``."""

    key: str
    target: str
    allowed: int
    demand: Demand
    versions: int = 0


@value
class UnfitFact:
    """The versions ``versions`` of ``key`` can't be used here, for one ``reason``."""

    key: str
    reason: Reason
    versions: int = 0


class Facts:
    """All of them; adding the same fact for another version widens it. ``versions`` are bits, as in `versions`."""

    __slots__ = ("_demands", "_unfit", "_wishes")

    def __init__(self) -> None:
        self._wishes: dict[tuple[str, Demand], Wish] = {}
        self._demands: dict[tuple[str, str, str, int], DemandFact] = {}
        self._unfit: dict[tuple[str, Reason], UnfitFact] = {}

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """The demands of the user."""
        return tuple(self._wishes.values())

    @property
    def demands(self) -> tuple[DemandFact, ...]:
        """The demands of packages."""
        return tuple(self._demands.values())

    @property
    def unfit(self) -> tuple[UnfitFact, ...]:
        """What can't be used, and why."""
        return tuple(self._unfit.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The projects that the facts speak of, in alphabetical order."""
        keys = {key for fact in self.demands for key in (fact.key, fact.target)}
        keys.update(wish.key for wish in self.wishes)
        keys.update(unfit.key for unfit in self.unfit)
        return tuple(sorted({key.partition("[")[0] for key in keys}))

    def add_wish(self, key: str, versions: int, demand: Demand, *, is_cap: bool = False) -> None:
        """Take in a demand of the user, or a constraint."""
        self._wishes[key, demand] = Wish(key=key, versions=versions, demand=demand, is_cap=is_cap)

    def add_demand(self, key: str, version: int, target: str, allowed: int, demand: Demand) -> None:
        """Take in that a version demands ``allowed`` of ``target``."""
        name = (key, target, demand.text, allowed)
        fact = self._demands.get(name) or DemandFact(key=key, target=target, allowed=allowed, demand=demand)
        self._demands[name] = replace(fact, versions=fact.versions | 1 << version)

    def add_unfit(self, key: str, version: int, reason: Reason) -> None:
        """Take in why a version can't be used."""
        fact = self._unfit.get((key, reason)) or UnfitFact(key=key, reason=reason)
        self._unfit[key, reason] = replace(fact, versions=fact.versions | 1 << version)
