"""What of a lock or project is wanted: extras and dependency groups. PURE."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The normalized names of the extras and groups that are wanted beside the project's own dependencies."""

    extras: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
