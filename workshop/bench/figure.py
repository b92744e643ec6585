"""Figures as people read them: median, spread, ratio, a duration; whose turn is first. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

MANY = 50  # packages from which a set counts as large
ENOUGH, BUDGET = 3, 60.0  # runs, and seconds that they took together, after which a slow contender sits out
SECOND, TENTHS = 1.0, 0.01  # from here on a duration is told in seconds; below here with a tenth of a millisecond


def median(values: Sequence[float]) -> float:
    """Return the middle of some seconds; of an even number the mean of the two in the middle."""
    return statistics.median(values)


def ratio(values: Sequence[float], opponent: Sequence[float]) -> float | None:
    """Return how many times as long as its opponent something took, None where either has no figure."""
    if not values or not opponent or not median(opponent):
        return None
    return median(values) / median(opponent)


def duration(seconds: float) -> str:
    """Return seconds with three digits or fewer and their unit: "9.1 ms", "310 ms", "2.31 s"."""
    if seconds >= SECOND:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < TENTHS else f"{seconds * 1000:.0f} ms"


def spread(values: Sequence[float]) -> str:
    """Return the least and the most of some seconds."""
    return f"{duration(min(values))} .. {duration(max(values))}"


def rotated(names: Sequence[str], number: int) -> list[str]:
    """Return the order of a round: who began the last one now comes last."""
    first = number % len(names) if names else 0
    return [*names[first:], *names[:first]]


def rounds_of(rounds: tuple[int, int], packages: int, *, asked: int | None, is_quick: bool) -> int:
    """Return how many rounds count: what was asked for, else the scene's own number for few or many packages."""
    if asked is not None:
        return asked
    own = rounds[packages >= MANY]
    return min(own, 3) if is_quick else own


def has_enough(walls: Sequence[float]) -> bool:
    """Whether a contender has been measured often enough for how slow it is."""
    return len(walls) >= ENOUGH and sum(walls) > BUDGET
