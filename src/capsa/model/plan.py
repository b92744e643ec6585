"""What will be done to a box, as data: ``--dry-run`` shows the very plan that the commit takes. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from capsa.model.direct_url import commit_of, is_from
from capsa.model.distribution import parse_version
from capsa.model.installed import Installed
from capsa.model.solution import Chosen, Solution
from capsa.value import replace, value


@value
class Change:
    """One line of the plan: a package that comes, goes, or gives way to another version of itself."""

    action: Literal["install", "remove", "replace"]
    name: str
    incoming: Chosen | None = None
    leaving: Installed | None = None


@value
class Plan:
    """The changes, by name; ``kept`` names what is already as it should be."""

    changes: tuple[Change, ...]
    kept: tuple[str, ...] = ()

    @property
    def incoming(self) -> tuple[Chosen, ...]:
        """The packages that will be put in."""
        return tuple(change.incoming for change in self.changes if change.incoming)

    @property
    def leaving(self) -> tuple[Installed, ...]:
        """The distributions that will be taken out, also those that are replaced."""
        return tuple(change.leaving for change in self.changes if change.leaving)


def diff(solution: Solution, installed: tuple[Installed, ...], *, reinstall: frozenset[str] = frozenset()) -> Plan:
    """Return what makes a box hold everything in ``solution``; what the solution does not name is left alone.

    A package is kept when its version is equal, unless its normalized name is in ``reinstall`` or it is given by a
    direct URL other than the one that is installed. A folder under the same address counts as the same: who knows that
    it has changed puts its name into ``reinstall``.
    """
    present = {distribution.name: distribution for distribution in installed}
    changes: list[Change] = []
    kept: list[str] = []
    for package in solution.packages:
        old = present.get(package.name)
        if old is None:
            changes.append(Change(action="install", name=package.name, incoming=package))
        elif package.name in reinstall or not _is_same(package, old):
            changes.append(Change(action="replace", name=package.name, incoming=package, leaving=old))
        else:
            kept.append(package.name)
    return Plan(changes=tuple(sorted(changes, key=lambda change: change.name)), kept=tuple(kept))


def with_removals(plan: Plan, surplus: tuple[Installed, ...]) -> Plan:
    """Return a plan that takes these distributions out too; what it keeps, and it keeps no other, stays kept."""
    gone = {distribution.name for distribution in surplus} - {change.name for change in plan.changes}
    changes = (*plan.changes, *removal(surplus).changes)
    kept = tuple(name for name in plan.kept if name not in gone)
    return Plan(changes=tuple(sorted(changes, key=lambda change: change.name)), kept=kept)


def with_versions(plan: Plan, versions: Mapping[str, str]) -> Plan:
    """Return a plan in which what comes has its version, also a source that had none before it was built."""

    def told(change: Change) -> Change:
        version = versions.get(change.name)
        if change.incoming is None or version is None or change.incoming.version:
            return change
        distribution = replace(change.incoming.distribution, version=version)
        return replace(change, incoming=replace(change.incoming, distribution=distribution))

    return Plan(changes=tuple(told(change) for change in plan.changes), kept=plan.kept)


def unchanged(names: Iterable[str]) -> Plan:
    """Return the plan that does nothing, as everything under these normalized names is as it should be."""
    return Plan(changes=(), kept=tuple(sorted(set(names))))


def removal(leaving: tuple[Installed, ...]) -> Plan:
    """Return the plan that takes these distributions out."""
    changes = [Change(action="remove", name=distribution.name, leaving=distribution) for distribution in leaving]
    return Plan(changes=tuple(sorted(changes, key=lambda change: change.name)))


def exchange(incoming: Iterable[Chosen], leaving: Iterable[Installed], kept: Iterable[str] = ()) -> Plan:
    """Return the plan that puts exactly these in and takes exactly those out; of a name in both, one gives way."""
    coming = {package.name: package for package in incoming}
    changes = []
    for distribution in leaving:
        package = coming.pop(distribution.name, None)
        action: Literal["remove", "replace"] = "replace" if package else "remove"
        changes.append(Change(action=action, name=distribution.name, incoming=package, leaving=distribution))
    changes += [Change(action="install", name=name, incoming=package) for name, package in coming.items()]
    return Plan(changes=tuple(sorted(changes, key=lambda change: change.name)), kept=tuple(sorted(kept)))


def _is_same(package: Chosen, old: Installed) -> bool:
    """Whether what is installed is what was chosen. What a folder holds today its address does not tell: see `diff`."""
    if package.direct_url:
        # A commit says more than the branch by which it was asked for.
        url = package.distribution.url if commit_of(package.distribution.url) else package.direct_url
        if not is_from(old.direct_url, url, is_editable=package.is_editable):
            return False
        if package.distribution.sha256 and package.distribution.sha256 != old.sha256:
            return False
    return _is_same_version(package.version, old.version)


def _is_same_version(chosen: str, installed: str) -> bool:
    """Whether two versions are equal: metadata may write "2024.05.15" where the file's name says "2024.5.15"."""
    version = parse_version(chosen)
    return not chosen or chosen == installed or (version is not None and version == parse_version(installed))
