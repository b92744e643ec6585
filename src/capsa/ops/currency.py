"""Is a lock up to date? By its digest where capsa made it, else by holding the demands against it. Asks no index."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.markers import Marker

from capsa.model.lock import Lock, LockedPackage
from capsa.model.requirement import Requirement
from capsa.model.target import Target
from capsa.ops.inputs import Inputs


def staleness(lock: Lock | None, inputs: Inputs, target: Target) -> str:
    """Return a sentence that says why a lock is out of date, "" where it is not."""
    if lock is None:
        return f"there is no {inputs.name}"
    if lock.environments and not any(_holds(marker, target) for marker in lock.environments):
        return f"{inputs.name} was not made for {target.title}"
    if lock.inputs == inputs.digest:
        return ""
    unmet = _unmet(lock, inputs, target)
    if unmet:
        return unmet
    if lock.inputs is None:
        return ""
    has_folder = any(demand.url and demand.url.startswith("file:") for demand in inputs.demands)
    whose = f"{inputs.place}, or a folder that it names," if has_folder else inputs.place
    return f"{whose} has changed since {inputs.name} was made"


def _holds(marker: str, target: Target) -> bool:
    return Marker(marker).evaluate(target.markers, context="lock_file")


def _unmet(lock: Lock, inputs: Inputs, target: Target) -> str:
    for kind, wanted, known in (
        ("extra", inputs.roots.extras, lock.extras),
        ("group", inputs.roots.groups, lock.dependency_groups),
    ):
        missing = [name for name in wanted if name not in known and _has_demands(wanted, name)]
        if missing:
            return f"{inputs.place} has the {kind} `{missing[0]}`, which {inputs.name} does not have"
    packages = {package.name: package for package in lock.packages}
    for demand in inputs.demands:
        if demand.name and demand.is_wanted(target.markers):
            package = packages.get(demand.name)
            if package is None:
                return f"{inputs.place} asks for `{demand.demand}`, which {inputs.name} does not have"
            if not _is_met(demand, package):
                return f"{inputs.place} asks for `{demand.demand}`, and {inputs.name} has {package.version}"
    return ""


def _has_demands(groups: Mapping[str, tuple[Requirement, ...]], name: str) -> bool:
    return bool(groups[name])


def _is_met(demand: Requirement, package: LockedPackage) -> bool:
    if package.version is None or demand.url is not None:
        return True  # a source: its version is its own affair
    return demand.specifier.contains(package.version, prereleases=True)
