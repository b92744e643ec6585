"""The digest of what a lock is made from: it tells, without working anything out, whether a lock is up to date. PURE.

Comments, blanks, the order of lists and the spelling of names do not count. Loads no `packaging`, as a verb that finds
the lock up to date needs none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from capsa.model.name import normalize

# Settings that say how a file is fetched or kept, and not which: another machine may have others.
_WITHOUT_EFFECT = frozenset({
    "cache-dir", "cert", "client-cert", "data-dir", "index-max-age", "link-mode", "offline", "package", "proxy",
    "retries", "timeout", "trusted-host",
})  # fmt: skip
_FORMAT = 1  # what is part of the digest; another number makes every lock out of date once


def inputs_of(
    table: Mapping[str, object], groups: Mapping[str, object], settings: Mapping[str, object], name: str | None = None
) -> str:
    """Return the sha256 as hex of a ``[project]`` table, the ``[dependency-groups]`` and the ``[tool.capsa]`` entries.

    The values are as TOML gives them, valid or not; ``name`` is normalized.
    """
    extras = table.get("optional-dependencies")
    told = {
        "format": _FORMAT,
        "name": name,
        "requires-python": _spaced(table.get("requires-python")),
        "dependencies": _unordered(table.get("dependencies")),
        "extras": _named(extras if isinstance(extras, Mapping) else {}),
        "groups": _named(groups),
        "dynamic": _unordered(table.get("dynamic")),
        "settings": {key: value for key, value in settings.items() if key not in _WITHOUT_EFFECT},
    }
    return hashlib.sha256(_canonical(told).encode()).hexdigest()


def _named(lists: Mapping[str, object]) -> dict[str, object]:
    return {normalize(name): _unordered(value) for name, value in lists.items()}


def _unordered(value: object) -> object:
    if not isinstance(value, list):
        return value
    return sorted((_spaced(item) for item in value), key=_canonical)


def _spaced(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.split())
    included = value.get("include-group") if isinstance(value, Mapping) else None
    return {"include-group": normalize(included)} if isinstance(included, str) else value


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
