"""Which installed packages are no longer what was put in, by a look at every file: a deleted module is seen."""

from __future__ import annotations

from collections.abc import Iterable

from capsa.environment.look import first_change, first_change_by_record
from capsa.environment.wheel import installation
from capsa.errors import Failure
from capsa.model.environment import Environment
from capsa.model.installed import Installed
from capsa.model.receipt import ReceiptEntry
from capsa.ops.change import read_receipt
from capsa.ops.supply import Supply


def altered(supply: Supply, environment: Environment, distributions: Iterable[Installed]) -> dict[str, str]:
    """Return what is wrong, by normalized name: "lib/.../six.py is missing". Sound packages are not in it."""
    entries = {entry.name: entry for entry in read_receipt(environment).entries}
    found = {}
    for distribution in distributions:
        change = _change(supply, environment, distribution, entries.get(distribution.name))
        if change is not None:
            found[distribution.name] = change
    return found


def _change(
    supply: Supply, environment: Environment, distribution: Installed, entry: ReceiptEntry | None
) -> str | None:
    is_ours = entry is not None and entry.info == distribution.info and distribution.installer == "capsa"
    manifest = supply.archives.manifest(entry.sha256) if entry is not None and is_ours else None
    try:
        if manifest is None or entry is None:
            return first_change_by_record(environment, distribution)
        expected = installation(
            environment,
            manifest,
            supply.archives.tree(manifest.sha256),
            entry=entry,
            requested=distribution.is_requested,
            direct_url=distribution.direct_url,
        )
    except (OSError, Failure):
        # What the store knows of it can't be read: the box's own list of files has to do.
        return first_change_by_record(environment, distribution)
    return first_change(environment, expected, manifest)
