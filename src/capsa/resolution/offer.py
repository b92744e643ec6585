"""What one project offers to one request: its versions, and for each one the file to take or the reason why not.

PURE: knows the rules that hold for versions (pre-releases by PEP 440, yanked ones by PEP 592, hashes) and leaves the
files to `candidate`. What admits a version may come to light while solving; a refusal that would then be wrong is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from capsa.model.distribution import Distribution, Releases
from capsa.resolution.candidate import HashRule, Judge
from capsa.resolution.demand import Demand
from capsa.resolution.order import Clause, is_prerelease
from capsa.resolution.reason import PreRelease, Reason
from capsa.resolution.request import Policy
from capsa.resolution.versions import Versions, VersionSet


class Offer:
    """One project. ``releases`` is None for a project that no index has; ``preferred`` a bit position or None."""

    __slots__ = (
        "_barred",
        "_has_named",
        "_hashes",
        "_is_open",
        "_judge",
        "_pinned",
        "_sets",
        "_verdicts",
        "is_given",
        "preferred",
        "releases",
        "versions",
    )

    def __init__(self, releases: Releases | None, judge: Judge, *, policy: Policy, hashes: HashRule | None) -> None:
        self.releases = releases
        self.versions = Versions(releases.versions if releases else ())
        self.preferred: int | None = None
        self.is_given = False
        self._judge = judge
        self._hashes = hashes
        self._is_open = _is_open(policy, self.versions.texts)
        self._has_named = False
        self._pinned = 0
        self._barred = 0
        self._sets: dict[tuple[Clause, ...], VersionSet] = {}
        self._verdicts: dict[int, Distribution | Reason] = {}

    def admitted(self, clauses: tuple[Clause, ...]) -> VersionSet:
        """Return the versions that all clauses admit; equal clauses give the same object."""
        known = self._sets.get(clauses)
        if known is None:
            known = self._sets[clauses] = VersionSet(self.versions.admitted(clauses))
        return known

    def count(self, bits: int) -> int:
        """How many offered versions are in a set."""
        return (bits & self.versions.real).bit_count()

    def order(self, bits: int) -> Iterator[int]:
        """Yield the versions of a set as they should be tried: the preferred one, then the newest first."""
        if self.preferred is not None and bits >> self.preferred & 1:
            yield self.preferred
            bits &= ~(1 << self.preferred)
        yield from self.versions.newest_first(bits)

    def verdict(self, version: int) -> Distribution | Reason:
        """Return the file to take for a version, or why there is none."""
        known = self._verdicts.get(version)
        if known is None:
            known = self._verdicts[version] = self._judge_version(version)
        return known

    def _judge_version(self, version: int) -> Distribution | Reason:
        text = self.versions.text(version)
        is_kept = version == self.preferred or self.is_given
        if not is_kept and is_prerelease(text) and not self._admits_prerelease(version):
            return PreRelease()
        files = self.releases.files(text) if self.releases else ()
        is_pinned = is_kept or bool((self._pinned & ~self._barred) >> version & 1)
        return self._judge.choose(files, is_pinned=is_pinned, is_given=self.is_given, hashes=self._hashes)

    def _admits_prerelease(self, version: int) -> bool:
        if self._is_open is not None:
            return self._is_open
        return self._has_named and not self._barred >> version & 1

    def is_changed_by(self, demand: Demand) -> bool:
        """Take note of what a demand admits by naming it; return whether a refusal that was given is now wrong."""
        wrong = 0
        if demand.has_named_prerelease and not self._has_named:
            self._has_named = True
            wrong |= self._prereleases()
        for operator, text in demand.pins:
            bits = self.versions.matching(operator, text) & self.versions.real
            if bits & ~self._pinned:
                self._pinned |= bits
                wrong |= bits & self._refused()
        wrong &= ~self._barred
        for version in self.versions.newest_first(wrong):
            del self._verdicts[version]
        return bool(wrong)

    def _refused(self) -> int:
        return sum(1 << version for version, verdict in self._verdicts.items() if not isinstance(verdict, Distribution))

    def _prereleases(self) -> int:
        return sum(1 << version for version, verdict in self._verdicts.items() if isinstance(verdict, PreRelease))

    def is_justified(self, version: int, demands: Iterable[Demand]) -> bool:
        """Whether a chosen version is admitted by what it is or by one of the demands that hold in the end."""
        verdict = self.verdict(version)
        if version == self.preferred or self.is_given or not isinstance(verdict, Distribution):
            return True
        holding = tuple(demands)
        if is_prerelease(self.versions.text(version)) and self._is_open is None:
            return any(demand.has_named_prerelease for demand in holding)
        if verdict.yanked is not None:
            return any(self.versions.matching(*pin) >> version & 1 for demand in holding for pin in demand.pins)
        return True

    def bar(self, version: int) -> None:
        """Refuse a version from now on that only a demand admitted which does not hold in the end."""
        self._barred |= 1 << version
        self._verdicts.pop(version, None)

    def usual(self, bits: int) -> int:
        """Return the versions in a set that are no pre-releases, or all where the project's are all the same to it."""
        if self._is_open or self._has_named:
            return bits & self.versions.real
        texts = self.versions
        return sum(1 << version for version in texts.newest_first(bits) if not is_prerelease(texts.text(version)))


def _is_open(policy: Policy, texts: tuple[str, ...]) -> bool | None:
    """Whether pre-releases are admitted or refused whatever is demanded; None where the demands decide."""
    if policy == "if-necessary-or-explicit":
        return True if all(is_prerelease(text) for text in reversed(texts)) else None
    return policy == "allow"
