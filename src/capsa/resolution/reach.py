"""From a solution to a lock: who reaches each package, and where its files are. PURE. Follows PEP 751.

A package that the project's own dependencies reach is for everybody; any other has a marker with the extras and groups
that reach it. No address in a lock has a user name or password in it, but for ``git@``, which is no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsa.errors import LockError
from capsa.model.distribution import Distribution
from capsa.model.lock import Lock
from capsa.model.requirement import Requirement
from capsa.model.solution import Solution
from capsa.model.target import Target
from capsa.resolution.candidate import Judge
from capsa.resolution.entry import Entries
from capsa.resolution.package import project_of
from capsa.value import field, value

_CREATOR = "capsa"
# What tells the environment of a solution apart from others. `python_version` is also right for a pre-release, which
# lies below its own release: 3.14.0rc1 is not >= 3.14.
_ENVIRONMENT = ("python_version", "sys_platform", "platform_machine", "implementation_name")


@value
class Roots:
    """The demands that a solution meets, by who makes them; extras and groups under their normalized names.

    Every list is flat: an extra that names others, and a group that includes others, holds their demands.
    """

    requirements: tuple[Requirement, ...] = ()
    extras: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)


@value
class LockDetails:
    """What a lock says beyond its solution, which is for ``target``; ``folder`` is the absolute one it will lie in.

    ``files`` are all files of the chosen releases and ``indexes`` the addresses of their indexes, by normalized name;
    ``notes`` become the ``[tool.capsa]`` table. ``requires_python`` is a specifier text or None.
    """

    target: Target
    folder: str
    files: Mapping[str, tuple[Distribution, ...]] = field(default_factory=dict)
    indexes: Mapping[str, str] = field(default_factory=dict)
    requires_python: str | None = None
    default_groups: tuple[str, ...] = ()
    notes: Mapping[str, object] = field(default_factory=dict)


def lock_of(solution: Solution, roots: Roots, details: LockDetails) -> Lock:
    """Return the lock of a solution with its edges; a package that no root reaches is for everybody.

    Raises one LockError that names every file without a sha256, as a lock has none such.
    """
    markers = _markers(solution, roots, details.target)
    entries = Entries(Judge(details.target), details.folder, frozenset(package.name for package in solution.packages))
    packages, problems = [], []
    for chosen in solution.packages:
        try:
            files, index = details.files.get(chosen.name, ()), details.indexes.get(chosen.name)
            packages.append(entries.entry(chosen, files, index=index, marker=markers.get(chosen.name)))
        except LockError as error:
            problems.append(error.message)
    if problems:
        raise LockError("; ".join(problems))
    return Lock(
        packages=tuple(packages),
        created_by=_CREATOR,
        requires_python=details.requires_python,
        environments=(environment_marker(details.target),),
        extras=tuple(sorted(roots.extras)),
        dependency_groups=tuple(sorted(roots.groups)),
        default_groups=tuple(sorted(details.default_groups)),
        tool={_CREATOR: dict(details.notes)} if details.notes else {},
    )


def environment_marker(target: Target) -> str:
    """Return a marker that holds for the Python and the machine of a target, and for no other kind of them."""
    facts = ((name, target.markers.get(name)) for name in _ENVIRONMENT)
    return " and ".join(f"{name} == {_quoted(value)}" for name, value in facts if value)


def _markers(solution: Solution, roots: Roots, target: Target) -> dict[str, str]:
    """Return the marker of every package that only extras and groups reach, by name."""
    everybody = _reached(roots.requirements, solution, target)
    clauses: dict[str, list[str]] = {}
    for variable, lists in (("extras", roots.extras), ("dependency_groups", roots.groups)):
        for name, demands in sorted(lists.items()):
            for reached in _reached(demands, solution, target) - everybody:
                clauses.setdefault(reached, []).append(f"{_quoted(name)} in {variable}")
    return {name: " or ".join(found) for name, found in clauses.items()}


def _reached(demands: Iterable[Requirement], solution: Solution, target: Target) -> set[str]:
    """Return the projects that some demands lead to, through all that they demand in turn."""
    waiting = [key for demand in demands if demand.is_wanted(target.markers) for key in _keys(demand)]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(solution.edges.get(key, ()))
    return {project_of(key) for key in seen}


def _keys(demand: Requirement) -> tuple[str, ...]:
    return (demand.name, *(f"{demand.name}[{extra}]" for extra in demand.extras))


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
