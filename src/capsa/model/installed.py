"""A distribution as it lies in an environment (PEP 376, PEP 610, PEP 627)."""

from __future__ import annotations

from capsa.model.metadata import Metadata
from capsa.value import value


@value
class Installed:
    """One installed distribution.

    ``info`` is its ``.dist-info`` (or ``.egg-info``) folder, relative to the box's root; ``installer`` the content of
    INSTALLER or ""; ``direct_url`` the parsed direct_url.json or None; ``is_requested`` whether REQUESTED is there.
    """

    metadata: Metadata
    info: str
    installer: str = ""
    direct_url: dict[str, object] | None = None
    is_requested: bool = False

    @property
    def name(self) -> str:
        """The normalized project name."""
        return self.metadata.project

    @property
    def version(self) -> str:
        """The version as the metadata gives it."""
        return self.metadata.version

    @property
    def sha256(self) -> str | None:
        """The hash of the archive that it came from, where direct_url.json tells it (PEP 610)."""
        information = (self.direct_url or {}).get("archive_info")
        hashes = information.get("hashes") if isinstance(information, dict) else None
        return str(hashes["sha256"]) if isinstance(hashes, dict) and "sha256" in hashes else None

    @property
    def is_editable(self) -> bool:
        """Whether direct_url.json says ``dir_info.editable`` (PEP 610)."""
        information = (self.direct_url or {}).get("dir_info")
        return isinstance(information, dict) and bool(information.get("editable"))
