"""Do demands hold over what is installed? The walk from a demand through the metadata of what meets it. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from capsa.errors import RequirementError
from capsa.model.direct_url import is_from
from capsa.model.installed import Installed
from capsa.model.name import normalize
from capsa.model.outcome import Problem
from capsa.model.requirement import Origin, Requirement, parse_requirement

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def is_met(requirement: Requirement, distribution: Installed | None) -> bool:
    """Whether what is installed under the demanded name has a version (and, for a URL, a source) that fits."""
    if distribution is None:
        return False
    if requirement.url is not None:
        return _is_from(requirement, requirement.url, distribution)
    try:
        version = Version(distribution.version)
    except InvalidVersion:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def _is_from(requirement: Requirement, url: str, distribution: Installed) -> bool:
    """Whether a distribution came from a URL, with one of the demanded hashes where there are any."""
    if not is_from(distribution.direct_url, url, is_editable=requirement.is_editable):
        return False
    return not requirement.hashes or f"sha256:{distribution.sha256}" in requirement.hashes


def has_all(
    requirements: Iterable[Requirement],
    installed: tuple[Installed, ...],
    markers: dict[str, str],
    constraints: Iterable[Requirement] = (),
) -> bool:
    """Whether the demands, and the demands of all that meets them, hold over ``installed`` within ``constraints``.

    ``markers`` is the PEP 508 environment. Extras are followed; markers that do not hold are passed over.
    """
    limits: dict[str, list[Requirement]] = {}
    for constraint in constraints:
        if constraint.is_wanted(markers):
            limits.setdefault(constraint.name, []).append(constraint)
    present = {distribution.name: distribution for distribution in installed}
    waiting = [requirement for requirement in requirements if requirement.is_wanted(markers)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        distribution = present.get(requirement.name)
        limited = (requirement, *limits.get(requirement.name, ()))
        if distribution is None or not all(is_met(limit, distribution) for limit in limited):
            return False
        step = (requirement.name, requirement.extras)
        if step not in seen:
            seen.add(step)
            waiting.extend(demands_of(distribution, requirement.extras, markers))
    return True


def demands_of(
    distribution: Installed, extras: frozenset[str], markers: dict[str, str], names: frozenset[str] | None = None
) -> Iterator[Requirement]:
    """Yield the demands of an installed distribution that apply in an environment, for these normalized extras.

    With ``names`` only demands for these normalized names are looked at. What can't be read is passed over: the one
    who installed it accepted it.
    """
    origin = Origin(place=f"{distribution.name} {distribution.version}")
    for text in distribution.metadata.requires:
        if names is not None and _name_of(text) not in names:
            continue
        try:
            requirement = parse_requirement(text, origin)
        except RequirementError:
            continue
        if any(requirement.is_wanted(markers, extra) for extra in ("", *sorted(extras))):
            yield requirement


def _name_of(text: str) -> str:
    match = _NAME.match(text)
    return normalize(match[0]) if match else ""


def unmet_demands(installed: tuple[Installed, ...], markers: dict[str, str]) -> tuple[Problem, ...]:
    """Return every demand of the installed distributions that does not hold among them, the Python's own included."""
    present = {distribution.name: distribution for distribution in installed}
    findings = []
    for distribution in installed:
        if not _admits_python(distribution, markers):
            findings.append(
                Problem(
                    name=distribution.name,
                    version=distribution.version,
                    requirement=f"Python {distribution.metadata.requires_python}",
                    found=markers["python_full_version"],
                )
            )
        for requirement in demands_of(distribution, frozenset(), markers):
            other = present.get(requirement.name)
            if not is_met(requirement, other):
                findings.append(_problem(distribution, requirement, other))
    return tuple(findings)


def newly_unmet(
    before: tuple[Installed, ...], after: tuple[Installed, ...], names: frozenset[str], markers: dict[str, str]
) -> tuple[Problem, ...]:
    """Return the demands of ``after`` for these normalized names that do not hold there, and held over ``before``.

    Demands for other names are not even parsed.
    """
    old, new = ({distribution.name: distribution for distribution in installed} for installed in (before, after))
    findings = []
    for distribution in after:
        for requirement in demands_of(distribution, frozenset(), markers, names):
            other = new.get(requirement.name)
            if not is_met(requirement, other) and is_met(requirement, old.get(requirement.name)):
                findings.append(_problem(distribution, requirement, other))
    return tuple(findings)


def _problem(distribution: Installed, requirement: Requirement, found: Installed | None) -> Problem:
    return Problem(
        name=distribution.name,
        version=distribution.version,
        requirement=requirement.demand,
        found=found.version if found else None,
    )


def _admits_python(distribution: Installed, markers: dict[str, str]) -> bool:
    try:
        wanted = SpecifierSet(distribution.metadata.requires_python or "")
    except InvalidSpecifier:
        return True
    return wanted.contains(markers["python_full_version"], prereleases=True)
