"""What the solver asks of the outside: the releases of a project, the metadata of a file. Never fetches by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from capsa.model.distribution import Distribution, Releases
from capsa.model.metadata import Metadata


class Catalog(Protocol):
    """All projects that can be had, wherever they come from. Called from one thread only."""

    def releases(self, name: str) -> Releases | None:
        """Return the files of the project with this normalized name, or None where no index has it."""

    def metadata(self, distribution: Distribution) -> Metadata:
        """Return the core metadata of one file, which came out of ``releases``."""

    def expect(self, names: Iterable[str]) -> None:
        """Take the hint that these normalized names will be asked for soon; must not wait."""
