"""What a build needs of the rest of capsa: an environment that holds what the build requires.

Filling it takes resolving and installing, which this room knows nothing of: `capsa.ops` hands it over (ARCHITECTURE,
law 2). Never makes one itself.
"""

from __future__ import annotations

from typing import Protocol

from capsa.value import value


@value
class BuildEnvironment:
    """Where a backend runs: ``python`` is its absolute interpreter, ``scripts`` the absolute folder of its programs."""

    python: str
    scripts: str


class Isolation(Protocol):
    """Whoever makes environments for builds."""

    def environment_for(self, requirements: tuple[str, ...], /) -> BuildEnvironment:
        """Return an environment in which these PEP 508 texts are met; raises a `Failure` when there can't be one."""
