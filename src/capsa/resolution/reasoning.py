"""From facts that can't hold together to the steps that a reader can follow, as data. PURE.

The solver's own course is that of a search, with every detour; here the facts that it ended in are put together anew,
forwards: what the demands make necessary, what that rules out, and only where this does not suffice, one case after the
other. The words of the steps are `explain`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from capsa.resolution.package import extra_of, project_of
from capsa.resolution.proof import DemandFact, Facts, UnfitFact, Wish
from capsa.value import value

Kind = Literal["wish", "demand", "unfit", "assume", "need", "out", "end"]


@value
class Step:
    """One thing that is known of the project ``name``: given (wish, demand, unfit), assumed, or following from others.

    "need": it is needed, in one of ``versions``; "out": ``versions`` can't be used; "end": no version is left; for
    "demand", "unfit" and "assume", ``versions`` are those it is about. ``given`` is the fact behind a given step;
    ``left``, for "need", are the versions of the one that demands it which were left when it did, and ``texts`` are
    their words.
    ``about``, for "out" and "end", is the project of which no version is left; ``cases`` are the assumptions that the
    step rests on.
    """

    kind: Kind
    name: str
    versions: int
    key: str = ""
    premises: tuple[Step, ...] = ()
    given: Wish | DemandFact | UnfitFact | None = None
    cases: tuple[Step, ...] = ()
    left: int = 0
    about: str = ""
    texts: tuple[str, ...] = ()

    # Two steps are the same only if they are one: chains of premises are long, and shared.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class BudgetError(Exception):
    """The reasoning takes more steps than anyone would read."""


class _Domain:
    """What is known of one project: the versions left, the steps that narrowed it, the step that needs it."""

    __slots__ = ("extras", "left", "narrowed", "needed")

    def __init__(self, left: int) -> None:
        self.left = left
        self.narrowed: list[tuple[Step, int]] = []  # (step, versions it leaves)
        self.needed: Step | None = None
        self.extras: dict[str, Step] = {}

    def copy(self) -> _Domain:
        other = _Domain(self.left)
        other.narrowed = list(self.narrowed)
        other.needed = self.needed
        other.extras = dict(self.extras)
        return other


class _EndError(Exception):
    """A project has no version left; carries the step that says so."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


class _State:
    """Everything that is known under some assumptions."""

    __slots__ = ("domains", "waiting")

    def __init__(self, domains: dict[str, _Domain], waiting: list[str]) -> None:
        self.domains = domains
        self.waiting = waiting

    def copy(self) -> _State:
        return _State({name: domain.copy() for name, domain in self.domains.items()}, list(self.waiting))


class Reasoner:
    """Puts facts together. ``real`` tells the offered versions of each project that they speak of."""

    def __init__(self, facts: Facts, real: dict[str, int], *, budget: int = 20_000) -> None:
        self._facts = facts
        self._real = real
        self._budget = budget
        self._from: dict[str, list[tuple[DemandFact, Step]]] = {}
        for fact in facts.demands:
            step = Step(kind="demand", name=project_of(fact.key), versions=fact.versions, key=fact.key, given=fact)
            self._from.setdefault(project_of(fact.key), []).append((fact, step))
        self._unfit: dict[str, list[Step]] = {}
        for unfit in facts.unfit:
            name = project_of(unfit.key)
            step = Step(kind="unfit", name=name, versions=unfit.versions, key=unfit.key, given=unfit)
            self._unfit.setdefault(unfit.key, []).append(step)

    def conclusion(self) -> Step:
        """Return the last step, that a project has no version left; raises BudgetError when it is too far to go."""
        state = _State({name: _Domain(real) for name, real in self._real.items()}, [])
        try:
            for name in self._real:
                for step in self._unfit.get(name, ()):
                    self._narrow(state, step, ~step.versions)
            for wish in self._facts.wishes:
                step = Step(kind="wish", name=project_of(wish.key), versions=wish.versions, key=wish.key, given=wish)
                if wish.is_cap:
                    self._narrow(state, step, wish.versions)
                else:
                    self._need(state, step, wish.key, wish.versions)
            return self._finish(state, ())
        except _EndError as end:
            return end.step

    def _finish(self, state: _State, cases: tuple[Step, ...]) -> Step:
        """Follow what is known to its end, by cases where there is no other way."""
        try:
            self._propagate(state)
            name, groups = self._cases(state)
            for versions in groups:
                versions &= state.domains[name].left  # noqa: PLW2901 - some may have gone since
                if not versions:
                    continue
                case = Step(kind="assume", name=name, versions=versions)
                branch = state.copy()
                try:
                    self._narrow(branch, case, versions)
                    end = self._finish(branch, (*cases, case))
                except _EndError as reached:
                    end = reached.step
                if case not in end.cases:
                    return end
                rest = tuple(step for step in end.cases if step is not case)
                out = Step(kind="out", name=name, versions=versions, premises=end.premises, cases=rest, about=end.about)
                self._narrow(state, out, ~versions)
        except _EndError as end:
            return end.step
        raise BudgetError

    def _cases(self, state: _State) -> tuple[str, list[int]]:
        """The project with the fewest kinds of versions, and its versions by kind: equal demands are one kind."""
        best: tuple[int, str, list[int]] | None = None
        for name, domain in state.domains.items():
            if domain.needed is None or name not in self._from:
                continue
            groups = self._groups(name, domain.left)
            if len(groups) > 1 and (best is None or len(groups) < best[0]):
                best = (len(groups), name, groups)
        if best is None:
            raise BudgetError
        return best[1], best[2]

    def _groups(self, name: str, left: int) -> list[int]:
        groups = [left]
        for fact, _ in self._from[name]:
            groups = [part for group in groups for part in (group & fact.versions, group & ~fact.versions) if part]
        return sorted(groups, reverse=True)

    # -- what follows -----------------------------------------------------------------------------------------------

    def _propagate(self, state: _State) -> None:
        """Draw every conclusion that takes no cases: first what is needed, then what that rules out."""
        while True:
            while state.waiting:
                self._draw_needs(state, state.waiting.pop(0))
            if not any(self._draw_outs(state, name) for name in list(state.domains)) and not state.waiting:
                return

    def _draw_needs(self, state: _State, name: str) -> None:
        domain = state.domains[name]
        if domain.needed is None:
            return
        targets: dict[str, list[tuple[DemandFact, Step]]] = {}
        for fact, step in self._from.get(name, ()):
            extra = extra_of(fact.key)
            if fact.versions & domain.left and (not extra or extra in domain.extras):
                targets.setdefault(fact.target, []).append((fact, step))
        for target, found in targets.items():
            self._spend()
            partial = []
            for fact, step in found:
                if domain.left & ~fact.versions:
                    partial.append((fact, step))
                else:
                    self._conclude_need(state, domain, target, fact.allowed, [step])
            if partial:
                self._draw_joint_need(state, domain, target, found)

    def _draw_joint_need(
        self, state: _State, domain: _Domain, target: str, found: list[tuple[DemandFact, Step]]
    ) -> None:
        """Where every version demands the target, each in its own words: one of all that they admit is needed."""
        rest, allowed = domain.left, 0
        chosen: dict[int, Step] = {}
        while rest:
            version = rest & -rest
            group, common, has_demand = rest, -1, False
            for fact, step in found:
                if fact.versions & version:
                    group &= fact.versions
                    common &= fact.allowed
                    has_demand = True
                    chosen[id(step)] = step
                else:
                    group &= ~fact.versions
            if not has_demand:
                return
            allowed |= common
            rest &= ~group
        self._conclude_need(state, domain, target, allowed, list(chosen.values()))

    def _conclude_need(self, state: _State, domain: _Domain, target: str, allowed: int, found: list[Step]) -> None:
        other = state.domains[project_of(target)]
        extra = extra_of(target)
        is_known = other.needed is not None and (not extra or extra in other.extras)
        if is_known and not other.left & ~allowed:
            return
        covered = 0
        for step in found:
            covered |= step.versions
        why = [domain.extras[extra] for extra in dict.fromkeys(extra_of(step.key) for step in found) if extra]
        premises = tuple(dict.fromkeys((*why, *self._reasons(domain, covered, with_need=True), *found)))
        need = Step(
            kind="need",
            name=project_of(target),
            versions=allowed,
            key=target,
            premises=premises,
            cases=_cases_of(premises),
            texts=tuple(dict.fromkeys(step.given.demand.text for step in found if isinstance(step.given, DemandFact))),
            # what is assumed is no news: "a 2.0 demands", not "a 2.0, the only version that fits, demands"
            left=0 if any(step.kind == "assume" for step in premises) else domain.left,
        )
        self._need(state, need, target, allowed)

    def _draw_outs(self, state: _State, name: str) -> bool:
        """Rule out the versions that demand what can't be; return whether there were any."""
        domain = state.domains[name]
        has_drawn = False
        for fact, step in self._from.get(name, ()):
            extra = extra_of(fact.key)
            hit = fact.versions & domain.left
            other = state.domains[project_of(fact.target)]
            if not hit or other.left & fact.allowed or (extra and extra not in domain.extras):
                continue
            self._spend()
            reasons = self._reasons(other, ~fact.allowed, with_need=False)
            premises = (step, *([domain.extras[extra]] if extra else ()), *reasons)
            about = project_of(fact.target)
            out = Step(kind="out", name=name, versions=hit, premises=premises, cases=_cases_of(premises), about=about)
            has_drawn = True
            self._narrow(state, out, ~hit)
        return has_drawn

    def _need(self, state: _State, step: Step, key: str, allowed: int) -> None:
        domain = state.domains[project_of(key)]
        extra = extra_of(key)
        if extra and extra not in domain.extras:
            domain.extras[extra] = step
            state.waiting.append(project_of(key))
            for unfit in self._unfit.get(key, ()):
                self._narrow(state, unfit, ~unfit.versions)
        if domain.needed is None:
            domain.needed = step
            state.waiting.append(project_of(key))
        self._narrow(state, step, allowed)

    def _narrow(self, state: _State, step: Step, allowed: int) -> None:
        domain = state.domains[step.name]
        if domain.left & ~allowed or step.kind == "assume" or (domain.needed is step and not domain.left):
            domain.left &= allowed
            domain.narrowed.append((step, allowed))
            state.waiting.append(step.name)
        if not domain.left and domain.needed is not None:
            premises = self._reasons(domain, 0, with_need=True)
            end = Step(
                kind="end", name=step.name, versions=0, premises=premises, cases=_cases_of(premises), about=step.name
            )
            raise _EndError(end)

    def _reasons(self, domain: _Domain, within: int, *, with_need: bool) -> tuple[Step, ...]:
        """The steps because of which no version outside of ``within`` is left, none of them to spare.

        ``with_need``: the one that needs the project is among them.
        """
        steps: list[Step] = []
        if domain.narrowed:
            pairs = sorted(domain.narrowed, key=lambda pair: _RANK[pair[0].kind])
            rest = [-1]  # what is left by all pairs from one on, the last first
            for _, allowed in reversed(pairs):
                rest.append(rest[-1] & allowed)
            left = self._real[pairs[0][0].name]
            for index, (step, allowed) in enumerate(pairs):
                if left & rest[-2 - index] & ~within:
                    steps.append(step)
                    left &= allowed
            told = {id(step): place for place, (step, _) in enumerate(domain.narrowed)}
            steps.sort(key=lambda step: told[id(step)])
        if with_need and domain.needed is not None and not any(_is_need(step) for step in steps):
            steps.append(domain.needed)
        return tuple(sorted(steps, key=lambda step: _ORDER[step.kind]))

    def _spend(self) -> None:
        self._budget -= 1
        if self._budget < 0:
            raise BudgetError


# Which reasons to spare first, where others suffice: those that take the most words.
_RANK: dict[Kind, int] = {"out": 0, "need": 1, "unfit": 2, "assume": 3, "wish": 4, "demand": 5, "end": 6}


# In which order they are told.
_ORDER: dict[Kind, int] = {"assume": 0, "need": 1, "wish": 2, "unfit": 3, "out": 4, "demand": 5, "end": 6}


def _is_need(step: Step) -> bool:
    """Whether a step says, among other things, that its project is used."""
    return step.kind in {"need", "assume"} or (isinstance(step.given, Wish) and not step.given.is_cap)


def _cases_of(premises: Iterable[Step]) -> tuple[Step, ...]:
    cases: dict[int, Step] = {}
    for step in premises:
        for case in (step,) if step.kind == "assume" else step.cases:
            cases[id(case)] = case
    return tuple(cases.values())


def walk(last: Step) -> Iterator[Step]:
    """Yield the steps that follow from others, each once and after those it rests on."""
    done: set[int] = set()
    stack = [(last, False)]
    while stack:
        step, is_open = stack.pop()
        if is_open:
            yield step
        elif step.premises and id(step) not in done:
            done.add(id(step))
            stack.append((step, True))
            stack.extend((premise, False) for premise in reversed(step.premises))
