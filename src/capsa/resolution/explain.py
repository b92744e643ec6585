"""From the facts of a conflict to the sentences that a user reads: simplify the steps as data, then print. PURE.

Each line is "Because this and that, therefore." A step that several others rest on, or one that is not right above,
has a number. The first line names the demands that can't hold together; hints come apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from packaging.specifiers import SpecifierSet

from capsa.errors import ResolutionError
from capsa.resolution.demand import Demand
from capsa.resolution.package import project_of
from capsa.resolution.phrase import Wording, listed
from capsa.resolution.proof import DemandFact, Facts, UnfitFact, Wish
from capsa.resolution.provider import Provider
from capsa.resolution.reason import NoWheel, PreRelease, SourceOnly, UrlDemand, WheelOnly, WrongPython, Yanked
from capsa.resolution.reasoning import BudgetError, Reasoner, Step, walk
from capsa.resolution.sentence import Sentences
from capsa.value import replace

_MAX_CULPRITS = 6
_MAX_PREMISES = 3
_MAX_FACTS = 12
# The minor versions of Python 3 that a hint may name.
_MINORS = range(8, 15)


class UnsolvableError(ResolutionError):
    """No versions go together. ``demands`` are those of the user that can't hold together; ``steps`` the proof's lines.

    The message holds all of it: a first line that names the demands, then the steps.
    """

    def __init__(
        self, message: str, *, demands: tuple[Demand, ...], steps: tuple[str, ...], hints: tuple[str, ...]
    ) -> None:
        super().__init__(message, hints=hints)
        self.demands = demands
        self.steps = steps


def explain(facts: Facts, provider: Provider) -> UnsolvableError:
    """Return the failure that says why the facts can't hold together."""
    unusable: dict[str, int] = {}
    for unfit in facts.unfit:
        unusable[unfit.key] = unusable.get(unfit.key, 0) | unfit.versions
    wording = Wording(provider.offer, unusable)
    try:
        last = Reasoner(facts, {name: provider.offer(name).versions.real for name in facts.names}).conclusion()
    except BudgetError:
        return _outline(facts, wording, provider)
    steps = [*walk(_collapsed(last))]
    given = _given(steps)
    demands = _demands(given, provider)
    printer = Sentences(wording, steps)
    headline, lines = _headline(demands), printer.lines()
    message = "\n".join((f"{headline}.", *lines))
    if len(steps) == 1 and (short := printer.short()) is not None:
        message, lines = f"{headline}: {short}", ()  # one sentence, like every other failure
    return UnsolvableError(message, demands=demands, steps=lines, hints=_hints(given, provider))


# -- simplify ------------------------------------------------------------------------------------------------------


def _collapsed(last: Step) -> Step:
    """The same proof with every step that takes few words, and is used once, told within the one that uses it.

    A step that says what a case demands by itself ("a 2.0 needs b, because a 2.0 demands b") is always told so.
    """
    uses: dict[int, int] = {}
    for step in walk(last):
        for premise in step.premises:
            uses[id(premise)] = uses.get(id(premise), 0) + 1
    made: dict[int, Step] = {}
    for step in walk(last):
        premises: list[Step] = []
        told = {id(premise.given) for premise in step.premises if premise.given is not None}
        room = _MAX_PREMISES - len(step.premises)
        for old in step.premises:
            premise = made.get(id(old), old)
            inner = [item for item in premise.premises if item.kind != "assume"]
            news = [item for item in inner if id(item.given) not in told]
            is_short = premise.kind == "need" and not any(item.premises for item in inner)
            is_trivial = is_short and len(inner) == 1
            if is_trivial or (is_short and uses[id(old)] == 1 and len(news) - 1 <= room):
                room -= len(news) - 1
                told.update(id(item.given) for item in news)
                premises += (replace(item, left=premise.left) if item.kind == "demand" else item for item in news)
            else:
                premises.append(premise)
        made[id(step)] = replace(step, premises=tuple(premises))
    return made[id(last)]


def _given(steps: Iterable[Step]) -> list[Step]:
    seen = {id(premise.given): premise for step in steps for premise in step.premises if premise.given is not None}
    return list(seen.values())


def _demands(given: Iterable[Step], provider: Provider) -> tuple[Demand, ...]:
    """The user's demands in a proof, each once, in the order in which they were given."""
    found = {step.given.demand for step in given if isinstance(step.given, Wish)}
    return tuple(demand for demand in provider.stated if demand in found)


# -- print ---------------------------------------------------------------------------------------------------------


def _headline(demands: tuple[Demand, ...]) -> str:
    shown = demands[:_MAX_CULPRITS]
    more = [f"{len(demands) - len(shown)} more demands"] if len(demands) > len(shown) else []
    verb = "can't be met" if len(demands) == 1 else "can't be met together"
    if len({str(demand.origin) for demand in demands}) == 1 and demands[0].origin and demands[0].origin.line is None:
        return f"{listed([*(f'`{demand.text}`' for demand in shown), *more])} ({demands[0].origin}) {verb}"
    return f"{listed([*(f'`{demand.text}` ({demand.origin})' for demand in shown), *more])} {verb}"


# -- hints and the last resort -------------------------------------------------------------------------------------


def _hints(given: Iterable[Step], provider: Provider) -> tuple[str, ...]:
    hints: dict[str, None] = {}
    for step in given:
        if isinstance(step.given, UnfitFact):
            hint = _unfit_hint(step.given, provider)
            if hint:
                hints[hint] = None
        elif isinstance(step.given, Wish | DemandFact):
            hint = _misspelling(step.given.demand.name, provider)
            if hint:
                hints[hint] = None
    return tuple(hints)


def _unfit_hint(unfit: UnfitFact, provider: Provider) -> str | None:
    name = project_of(unfit.key)
    newest = f"{name} {provider.offer(name).versions.text(unfit.versions.bit_length() - 1)}"
    match unfit.reason:
        case PreRelease():
            return f"`--pre` admits pre-releases, such as {newest}"
        case WrongPython(wanted=wanted, python=python):
            minor = _fitting_minor(wanted, python)
            return minor and f"{newest} is for a box with Python {minor} (`capsa create -p {minor}`)"
        case Yanked():
            return f"a demand for exactly `{newest.replace(' ', '==')}` takes it although it is yanked"
        case UrlDemand(text=text):
            return f"add `{text}` to your own demands if you trust that address"
        case SourceOnly(rule=rule) | WheelOnly(rule=rule) | NoWheel(rule=rule) if rule:
            return _exception(rule, name, newest, is_wheel=isinstance(unfit.reason, WheelOnly))
        case _:
            return None


def _exception(rule: str, name: str, newest: str, *, is_wheel: bool) -> str:
    """How to except one project from a rule of builds: by its opposite, unless the rule names just this project."""
    deed = f"takes the wheel of {newest}" if is_wheel else f"builds {newest} from source"
    opposite = "--only-binary" if is_wheel else "--no-binary"
    option, _, named = rule.partition(" ")
    if named == name:
        return f"leave {name} out of `{option}`: then capsa {deed}"
    return f"`{opposite} {name}` makes an exception: then capsa {deed}"


def _fitting_minor(wanted: str, python: str) -> str | None:
    """The Python nearest to the one at hand that a requires-python admits, of those that a box may have."""
    specifier, own = SpecifierSet(wanted), int(python.split(".")[1])
    fitting = [minor for minor in _MINORS if specifier.contains(f"3.{minor}.99")]
    return f"3.{min(fitting, key=lambda minor: abs(minor - own))}" if fitting else None


def _misspelling(name: str, provider: Provider) -> str | None:
    if provider.offer(name).releases is not None:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - 3 ms of import, for a failure only

    others = [demand.name for demand in provider.roots if demand.name != name]
    near = get_close_matches(name, others, n=1, cutoff=0.8)
    return f"perhaps {near[0]} is meant, which is demanded too" if near else None


def _outline(facts: Facts, wording: Wording, provider: Provider) -> UnsolvableError:
    """The facts alone, by package, where the way from them to the conflict would be too long to read."""
    found = {wish.demand for wish in facts.wishes}
    demands = tuple(demand for demand in provider.stated if demand in found)
    words = [wording.wish(wish) for wish in facts.wishes]
    words += [wording.unfit(unfit.key, unfit.versions, unfit.reason) for unfit in facts.unfit]
    words += [wording.demanded(fact.key, fact.versions, fact.demand.text) for fact in facts.demands]
    words = list(dict.fromkeys(words))
    lines = [
        "The whole proof is too long to be read; it rests on these facts:",
        *(f"- {w}" for w in words[:_MAX_FACTS]),
    ]
    if len(words) > _MAX_FACTS:
        lines.append(f"- and {len(words) - _MAX_FACTS} more")
    given = [
        Step(kind="unfit", name=project_of(unfit.key), versions=unfit.versions, given=unfit) for unfit in facts.unfit
    ]
    return UnsolvableError(
        "\n".join((f"{_headline(demands)}.", *lines)),
        demands=demands,
        steps=tuple(lines),
        hints=_hints(given, provider),
    )
