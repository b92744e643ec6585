"""A catalog that offers what is installed beside what the index offers, so that nothing is changed without need."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from capsa.model.distribution import Distribution, Releases
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from capsa.resolution.catalog import Catalog
from capsa.transport.port import OfflineError, UnreachableError

_ANY = "py3-none-any"  # what is installed runs here, whatever its wheel said


class PresentCatalog:
    """Lays the installed versions over another catalog; their metadata is the one on disk.

    A package that must be put in anew (``reinstalls``, "*" for all) comes from the index only.
    """

    def __init__(self, catalog: Catalog, installed: tuple[Installed, ...], *, reinstalls: frozenset[str]) -> None:
        self._catalog = catalog
        self._present = {
            distribution.name: (str(Version(distribution.version)), distribution)
            for distribution in installed
            if _has_valid_version(distribution) and not reinstalls & {"*", distribution.name}
        }

    def expect(self, names: Iterable[str]) -> None:
        """Pass the hint on."""
        self._catalog.expect(names)

    def releases(self, name: str) -> Releases | None:
        """Return what the index offers and what is installed; an installed project needs no index to be known."""
        try:
            offered = self._catalog.releases(name)
        except (OfflineError, UnreachableError):
            if name not in self._present:
                raise
            offered = None  # what is installed may be enough; a demand for more is refused with its reason
        if name not in self._present:
            return offered
        version, _ = self._present[name]
        own = (Distribution(project=name, version=version, filename=f"{name}-{version}", url="", tags=_ANY),)
        if offered is None:
            return Releases(name, versions=(version,), files=lambda _: own)
        versions = offered.versions
        if version not in versions:
            versions = tuple(sorted((*versions, version), key=Version))
        return Releases(
            name,
            versions=versions,
            files=lambda asked: own if asked == version else offered.files(asked),
            index=offered.index,
        )

    def metadata(self, distribution: Distribution) -> Metadata:
        """Return the metadata on disk for what is installed, else the index's."""
        if not distribution.url and distribution.project in self._present:
            return self._present[distribution.project][1].metadata
        return self._catalog.metadata(distribution)


def _has_valid_version(distribution: Installed) -> bool:
    try:
        Version(distribution.version)
    except InvalidVersion:
        return False
    return True
