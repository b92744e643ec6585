"""The outcome of resolving or of reading a lock: exact files for one environment, and what led to each. PURE."""

from __future__ import annotations

from collections.abc import Mapping

from capsa.model.distribution import Distribution
from capsa.value import field, value


@value
class Chosen:
    """One chosen distribution: a wheel, or a source that a wheel will be built from (see `capsa.model.source`).

    ``extras`` are the normalized extras asked for; ``dependencies`` the normalized names it demands here;
    ``is_direct`` tells whether it was asked for by name (REQUESTED, PEP 376); ``direct_url`` is the reference the user
    gave (PEP 610), None for a file out of an index; ``is_editable`` asks for a folder to be linked, not copied.
    """

    distribution: Distribution
    extras: frozenset[str] = frozenset()
    dependencies: tuple[str, ...] = ()
    is_direct: bool = False
    direct_url: str | None = None
    is_editable: bool = False

    @property
    def name(self) -> str:
        """The normalized project name."""
        return self.distribution.project

    @property
    def version(self) -> str:
        """The normalized version."""
        return self.distribution.version


@value
class Solution:
    """The chosen packages, by name in alphabetical order.

    ``edges`` tells what each leads to: from "celery" or "celery[redis]" (normalized project, one extra) to keys of the
    same form. An extra leads to its own project too. Empty where the solution was read and not solved.
    """

    packages: tuple[Chosen, ...]
    edges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def package(self, name: str) -> Chosen | None:
        """Return the package with this normalized name, or None."""
        return next((package for package in self.packages if package.name == name), None)
