"""The rules of building from source: of what, whether at all, and with which settings (pip's and PEP 517's). PURE."""

from __future__ import annotations

from capsa.value import value

ALL = "*"


@value
class BuildRules:
    """What the user allows.

    ``no_build`` are the normalized names of projects that are taken as wheels only, ``no_binary`` of those that are
    always built; "*" among them means all. A project that is named wins over "*" on the other side.
    ``has_isolation`` False builds with what the box itself holds; ``config`` are the PEP 517 config settings as pairs,
    in order, a key may come twice.
    """

    no_build: frozenset[str] = frozenset()
    no_binary: frozenset[str] = frozenset()
    has_isolation: bool = True
    config: tuple[tuple[str, str], ...] = ()

    def may_build(self, name: str) -> bool:
        """Whether a project may be built from source."""
        if name in self.no_build:
            return False
        return ALL not in self.no_build or name in self.no_binary

    def may_take_wheel(self, name: str) -> bool:
        """Whether a wheel that somebody else built may be taken."""
        if name in self.no_binary:
            return False
        return ALL not in self.no_binary or name in self.no_build
