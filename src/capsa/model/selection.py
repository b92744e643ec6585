"""What of a lock or project is wanted: extras and dependency groups. PURE."""

from __future__ import annotations

from capsa.value import value


@value
class Selection:
    """The normalized names of the extras and groups that are wanted beside the project's own dependencies."""

    extras: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
