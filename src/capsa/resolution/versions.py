"""The versions of one project as bits of an int, and PEP 440 specifiers as sets of those bits.

Version number *i* is bit 2i+1; the even bits are the gaps between versions, so that a demand which only admits versions
that nobody offers is still a set with something in it, and its failure has a reason of its own. Sets are unbounded
ints in two's complement: everything is -1. PURE; parses only the few versions that a bisection looks at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from packaging.version import InvalidVersion

from capsa.resolution.order import Clause, Key, interval, sort_key


class Relation:
    """How one set lies to another: within it, apart from it, both (if it is empty) or neither."""

    __slots__ = ("is_disjoint", "is_subset")

    def __init__(self, *, is_subset: bool, is_disjoint: bool) -> None:
        self.is_subset = is_subset
        self.is_disjoint = is_disjoint


_EMPTY = Relation(is_subset=True, is_disjoint=True)
_SUBSET = Relation(is_subset=True, is_disjoint=False)
_DISJOINT = Relation(is_subset=False, is_disjoint=True)
_OVERLAPPING = Relation(is_subset=False, is_disjoint=False)


class VersionSet:
    """An immutable set of bits; what the solver calls a range. ``bits`` is negative for a set without an end."""

    __slots__ = ("bits",)

    def __init__(self, bits: int) -> None:
        self.bits = bits

    @classmethod
    def empty(cls) -> VersionSet:
        """Return the set of nothing."""
        return cls(0)

    @classmethod
    def full(cls) -> VersionSet:
        """Return the set of every version, offered or not."""
        return cls(-1)

    @classmethod
    def singleton(cls, version: int) -> VersionSet:
        """Return the set of one bit position."""
        return cls(1 << version)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in the set."""
        return not self.bits

    def __contains__(self, version: int) -> bool:
        return bool(self.bits >> version & 1)

    def __and__(self, other: object) -> VersionSet:
        return VersionSet(self.bits & other.bits) if isinstance(other, VersionSet) else NotImplemented

    def __or__(self, other: object) -> VersionSet:
        return VersionSet(self.bits | other.bits) if isinstance(other, VersionSet) else NotImplemented

    def __sub__(self, other: object) -> VersionSet:
        return VersionSet(self.bits & ~other.bits) if isinstance(other, VersionSet) else NotImplemented

    def __invert__(self) -> VersionSet:
        return VersionSet(~self.bits)

    def is_subset(self, other: VersionSet) -> bool:
        """Whether all of this set is in the other."""
        return not self.bits & ~other.bits

    def is_superset(self, other: VersionSet) -> bool:
        """Whether all of the other set is in this one."""
        return not other.bits & ~self.bits

    def is_disjoint(self, other: VersionSet) -> bool:
        """Whether the two have nothing in common."""
        return not self.bits & other.bits

    def relation(self, other: VersionSet) -> Relation:
        """Return how this set lies to the other."""
        common = self.bits & other.bits
        if common == self.bits:
            return _SUBSET if common else _EMPTY
        return _OVERLAPPING if common else _DISJOINT

    def __eq__(self, other: object) -> bool:
        return self.bits == other.bits if isinstance(other, VersionSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.bits)

    def __repr__(self) -> str:
        return f"VersionSet({self.bits:#b})"


class Versions:
    """The versions that one project offers: ``texts`` are normalized PEP 440 versions, oldest first."""

    __slots__ = ("_keys", "_memo", "nowhere", "real", "texts")

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts
        # the odd bits: what is offered, without the gaps
        self.real = ((1 << 2 * len(texts)) - 1) // 3 << 1
        # above all gaps: the place of clauses that no version could ever meet
        self.nowhere = 1 << 2 * len(texts) + 1
        self._keys: list[Key | None] = [None] * len(texts)
        self._memo: dict[Clause, int] = {}

    def text(self, version: int) -> str:
        """Return the version at a bit position."""
        return self.texts[version >> 1]

    def newest_first(self, bits: int) -> Iterator[int]:
        """Yield the bit positions of the offered versions in a set."""
        rest = bits & self.real
        while rest:
            version = rest.bit_length() - 1
            yield version
            rest ^= 1 << version

    def position(self, text: str) -> int | None:
        """Return the bit position of a version written in any form of PEP 440, or None where it isn't offered."""
        try:
            index, is_there = self._find(sort_key(text))
        except InvalidVersion:
            return None
        return 2 * index + 1 if is_there else None

    def admitted(self, clauses: Iterable[Clause]) -> int:
        """Return the bits that every clause admits; never none, so that contradictions have a place to be."""
        bits = -1
        for clause in clauses:
            known = self._memo.get(clause)
            if known is None:
                known = self._memo[clause] = self.matching(*clause)
            bits &= known
        return bits or self.nowhere

    def matching(self, operator: str, text: str) -> int:
        """Return the bits that one clause admits, pre-releases included.

        The gap in which a bound lies belongs to both sides. Raises InvalidVersion, as packaging does.
        """
        if operator == "===":
            return self._identical(text)
        low, high = interval(operator, text)
        first, is_exact = self._find(low)
        start = 2 * first + is_exact
        if high is None:
            return -1 << start
        end, _ = self._find(high)
        touches = end > 0 and self._key(end - 1)[:5] == high[:5]
        bits = (1 << 2 * end + (not touches)) - 1 >> start << start or 1 << 2 * end
        return ~(bits & self.real) if operator == "!=" else bits

    def _identical(self, text: str) -> int:
        wanted = text.casefold()
        found = [index for index, offered in enumerate(self.texts) if offered.casefold() == wanted]
        return 1 << 2 * found[0] + 1 if found else self.nowhere

    def _find(self, key: Key | None) -> tuple[int, bool]:
        """How many versions lie below a key, and whether the next one has that very key."""
        if key is None:
            return 0, False
        index = bisect_left(range(len(self.texts)), key, key=self._key)
        return index, index < len(self.texts) and self._key(index) == key

    def _key(self, index: int) -> Key:
        key = self._keys[index]
        if key is None:
            key = self._keys[index] = sort_key(self.texts[index])
        return key
