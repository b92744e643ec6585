"""``freeze``: what is installed, as lines of a requirements file that makes it again."""

from __future__ import annotations

from capsa.environment.site import scan
from capsa.model.environment import Environment
from capsa.model.installed import Installed
from capsa.model.outcome import FreezeOutcome

_SEEDED = "pip"  # every box has its own; pip's freeze leaves it out too


def freeze(environment: Environment) -> FreezeOutcome:
    """Return one line a package, by name."""
    return FreezeOutcome(
        lines=tuple(
            requirement_line(distribution)
            for distribution in scan(environment).installed
            if distribution.name != _SEEDED
        )
    )


def requirement_line(distribution: Installed) -> str:
    """Return the line that demands exactly this distribution: by version, or by its direct URL (PEP 610)."""
    if not distribution.direct_url:
        return f"{distribution.metadata.name}=={distribution.version}"
    document = distribution.direct_url
    url = str(document.get("url", ""))
    version_control = document.get("vcs_info")
    if isinstance(version_control, dict):
        url = f"{version_control.get('vcs')}+{url}@{version_control.get('commit_id')}"
    keys = [("sha256", distribution.sha256), ("subdirectory", document.get("subdirectory"))]
    fragment = "&".join(f"{key}={value}" for key, value in keys if value)
    url = f"{url}#{fragment}" if fragment else url
    return f"-e {url}" if distribution.is_editable else f"{distribution.metadata.name} @ {url}"
