"""The outcome of resolving: exact files for one environment, with the demands that led to each (PEP 751's nouns)."""

from __future__ import annotations

from dataclasses import dataclass

from capsa.model.distribution import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One chosen distribution.

    ``extras`` are the normalized extras asked for; ``dependencies`` the normalized names it demands here;
    ``is_direct`` tells whether it was asked for by name (REQUESTED, PEP 376); ``direct_url`` is the reference the user
    gave (PEP 610), None for a file out of an index.
    """

    distribution: Distribution
    extras: frozenset[str] = frozenset()
    dependencies: tuple[str, ...] = ()
    is_direct: bool = False
    direct_url: str | None = None

    @property
    def name(self) -> str:
        """The normalized project name."""
        return self.distribution.project

    @property
    def version(self) -> str:
        """The normalized version."""
        return self.distribution.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The chosen packages, by name in alphabetical order."""

    packages: tuple[LockedPackage, ...]

    def package(self, name: str) -> LockedPackage | None:
        """Return the package with this normalized name, or None."""
        return next((package for package in self.packages if package.name == name), None)
