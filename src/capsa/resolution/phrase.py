"""How versions, demands and reasons are said: as the user knows them, never as intervals or bits. PURE."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from capsa.resolution.offer import Offer
from capsa.resolution.package import project_of
from capsa.resolution.proof import Wish
from capsa.resolution.reason import (
    NoFile,
    NoWheel,
    PreRelease,
    Reason,
    SourceOnly,
    Unreadable,
    UrlDemand,
    WheelOnly,
    WrongHash,
    WrongPython,
    Yanked,
)

_MAX_RUNS = 3
_MAX_TAGS = 3


def listed(words: Iterable[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    *rest, last = list(words)
    return f"{', '.join(rest)} and {last}" if rest else last


class Wording:
    """Says things about the projects of one request; ``unusable`` are versions that sentences need not count."""

    def __init__(self, offer: Callable[[str], Offer], unusable: dict[str, int]) -> None:
        self._offer = offer
        self._unusable = unusable
        self._usual: dict[str, int] = {}

    def usual(self, name: str) -> int:
        """The versions of a project that people would count: without pre-releases and those that can't be used."""
        if name not in self._usual:
            offer = self._offer(name)
            usual = offer.usual(offer.versions.real)
            self._usual[name] = usual & ~self._unusable.get(name, 0) or usual or offer.versions.real
        return self._usual[name]

    def versions(self, key: str, bits: int, *, left: int = 0) -> tuple[str, bool]:
        """Return words for some versions of a package, and whether they are plural.

        ``left`` are the versions that were still possible: where these are all of them, the words say so.
        """
        name = project_of(key)
        offer, usual = self._offer(name), self.usual(name)
        bits &= offer.versions.real
        is_all = not usual & ~bits
        if not bits:
            return f"a version of {key} that nobody offers", False
        if bits.bit_count() == 1:
            note = ", the only version," if is_all else ", the only version that fits," if bits == left else ""
            return f"{key} {offer.versions.text(bits.bit_length() - 1)}{note}", False
        if is_all:
            return f"every version of {key}", False
        return self._several(key, bits, self._runs(name, bits, usual | bits), is_left=bits == left)

    def _several(self, key: str, bits: int, runs: list[list[str]], *, is_left: bool) -> tuple[str, bool]:
        count = bits.bit_count()
        if len(runs) == 1 and count > 2:  # noqa: PLR2004 - "1.0 and 1.1" is shorter than a span of two
            return f"every version of {key} from {runs[0][0]} to {runs[0][-1]}", False
        if len(runs) > _MAX_RUNS:
            number = f"the {count}" if is_left else str(count)
            return f"{number} versions of {key} between {runs[0][0]} and {runs[-1][-1]}", True
        spans = [text for run in runs for text in (run if len(run) <= len("ab") else [f"{run[0]} to {run[-1]}"])]
        return f"{key} {listed(spans)}", True

    def _runs(self, name: str, bits: int, among: int) -> list[list[str]]:
        """The versions in runs without a hole in ``among``, oldest first."""
        versions = self._offer(name).versions
        runs: list[list[str]] = [[]]
        for version in reversed(list(versions.newest_first(among))):
            if bits >> version & 1:
                runs[-1].append(versions.text(version))
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def wish(self, wish: Wish) -> str:
        """Say what the user demands, and where."""
        demand = wish.demand
        return f"{demand.origin} {'allows only' if wish.is_cap else 'demands'} {demand.text}"

    def demanded(self, key: str, bits: int, text: str, *, left: int = 0) -> str:
        """Say that some versions of a package demand something."""
        subject, is_plural = self.versions(key, bits, left=left)
        return f"{subject} {'demand' if is_plural else 'demands'} {text}"

    def excluded(self, name: str, bits: int) -> str:
        """Say that some versions can't be used."""
        subject, _ = self.versions(name, bits)
        if subject.startswith("every "):
            return f"no {subject.removeprefix('every ')} can be used"
        return f"{subject} can't be used"

    def unfit(self, key: str, bits: int, reason: Reason) -> str:
        """Say why some versions can't be used."""
        subject, is_plural = self.versions(key, bits)
        return f"{subject} {_predicate(reason, is_plural=is_plural)}"

    def absence(self, name: str, bits: int, clauses: int) -> str | None:
        """Say why a project has no version at all in a set, which so many clauses describe; None where it has one."""
        offer = self._offer(name)
        if bits & offer.versions.real:
            return None
        if offer.releases is None:
            return f"there is no project called {name}"
        if bits == offer.versions.nowhere and clauses > 1:
            return "no version can be all of that"
        return _nearest(name, offer, (bits & -bits).bit_length() - 1 >> 1)


def _nearest(name: str, offer: Offer, index: int) -> str:
    """What there is instead of a version that would stand at a place in the order of versions."""
    texts = offer.versions.texts
    if not texts:
        return f"{name} offers no file that can be read"
    if offer.is_given:
        return f"the file that is demanded by its URL is {name} {texts[0]}"
    if len(texts) == 1:
        return f"only {name} {texts[0]} is available"
    if 0 < index < len(texts):
        return f"the nearest versions of {name} are {texts[index - 1]} and {texts[index]}"
    return f"the {'newest' if index else 'oldest'} version of {name} is {texts[-1 if index else 0]}"


_PLURALS = {"is": "are", "has": "have", "wants": "want", "demands": "demand"}


def _predicate(reason: Reason, *, is_plural: bool) -> str:
    """The rest of a sentence about versions that can't be used."""
    if isinstance(reason, PreRelease):
        return "are pre-releases" if is_plural else "is a pre-release"
    verb, rest = _fault(reason)
    return f"{_PLURALS[verb] if is_plural else verb} {rest}"


def _fault(reason: Reason) -> tuple[str, str]:
    match reason:
        case SourceOnly(rule=rule):
            return "is", f"only there as a source distribution, which may not be built (`{rule}`)"
        case WheelOnly(rule=rule):
            return "is", f"only there as a wheel, which may not be taken (`{rule}`)"
        case WrongPython(wanted=wanted, python=python):
            return "wants", f"Python {wanted} (this is {python})"
        case Yanked(reason=why):
            return "is", f"yanked ({why})" if why else "yanked"
        case UrlDemand(text=text):
            return "demands", f"{text} (a direct URL is only taken from you)"
        case _:
            return "has", _lack(reason)


def _lack(reason: Reason) -> str:
    match reason:
        case NoWheel(title=title, tags=tags, rule=rule):
            ban = f", only a source distribution, which may not be built (`{rule}`)" if rule else ""
            return f"no wheel for {title} ({_wheels(tags)}){ban}"
        case WrongHash(origin=origin):
            return f"no file with a hash that {origin} names"
        case Unreadable(problem=problem):
            return f"metadata that can't be read ({problem})"
        case _:
            assert isinstance(reason, NoFile)  # noqa: S101 - the last of them
            return "no file that can be installed"


def _wheels(tags: tuple[str, ...]) -> str:
    shown = ", ".join(tags[:_MAX_TAGS])
    if len(tags) > _MAX_TAGS:
        return f"there are {shown} and {len(tags) - _MAX_TAGS} more"
    return f"there is only {shown}" if len(tags) == 1 else f"there are {shown}"
