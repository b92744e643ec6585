"""What a project declares: its dependencies, extras and dependency groups, each demand with its file and line.

Follows PEP 621, PEP 735 and, for extras that name the project itself, what pip makes of them. Checks only what a lock
needs. Asks no build backend: what is ``dynamic`` is named, and may be told as metadata. Reads no file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from capsa.errors import RequirementError
from capsa.model.metadata import Metadata
from capsa.model.name import normalize
from capsa.model.requirement import Requirement
from capsa.project.demand_list import Lists, Problems, narrowed_to, read_lists
from capsa.project.expansion import Expansion
from capsa.project.find import Project, kind_of
from capsa.project.foreign import foreign_problems, has_poetry_demands
from capsa.project.inputs import inputs_of
from capsa.value import value

DEVELOPMENT = "dev"
BEGIN = 'begin the table with a name and a version: `[project]`, `name = "app"`, `version = "0.1.0"`'
_ASKED = ("dependencies", "optional-dependencies", "requires-python")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@value
class Declared:
    """What is demanded, every list flat: extras of the project itself and included groups are filled in.

    ``root`` is the absolute folder of the file ``path``; ``name`` is normalized or None; the names of ``extras``,
    ``groups`` and ``default_groups`` are normalized; ``is_package`` tells that the project itself can be installed.
    ``dynamic`` are those of "dependencies", "optional-dependencies" and "requires-python" that only the build backend
    knows, and that it has not told yet (all of them, and the name, where there is no ``[project]``); ``is_told`` says
    that it has. ``inputs`` is the digest of all that a lock
    depends on (see `inputs_of`).
    """

    root: str
    path: str
    name: str | None
    requirements: tuple[Requirement, ...]
    extras: Mapping[str, tuple[Requirement, ...]]
    groups: Mapping[str, tuple[Requirement, ...]]
    requires_python: str | None
    default_groups: tuple[str, ...]
    is_package: bool
    dynamic: frozenset[str]
    inputs: str
    is_told: bool = False

    @property
    def demands(self) -> tuple[Requirement, ...]:
        """Every demand, in a fixed order: the base, the extras, the groups."""
        lists = (self.requirements, *self.extras.values(), *self.groups.values())
        return tuple(demand for listed in lists for demand in listed)

    @property
    def is_dynamic(self) -> bool:
        """Whether the build backend has to be asked for something."""
        return bool(self.dynamic)


def read_declared(project: Project, *, place: str = "", told: Metadata | None = None) -> Declared:
    """Return what a pyproject.toml declares.

    ``place`` is how messages name the file (default: its name); ``told`` is the metadata of the project as its build
    backend makes it, and fills in what is dynamic. Raises one RequirementError that names everything that is wrong.
    """
    place = place or project.path[len(project.root) + 1 :]
    problems = Problems()
    _check_table(project, place, problems)
    lists = read_lists(project, place, problems)
    dynamic = _dynamic(project, place, problems)
    requires_python, name = project.requires_python, project.name
    if told is not None:
        lists = _completed(lists, dynamic, told, place)
        requires_python = (told.requires_python if "requires-python" in dynamic else None) or requires_python
        dynamic = frozenset()
        name = name or told.project
    expansion = Expansion(lists=lists, name=name, is_partial=bool(dynamic), problems=problems)
    extras, groups = expansion.extras(), expansion.groups()
    declared = Declared(
        root=project.root,
        path=project.path,
        name=name,
        requirements=expansion.requirements(),
        extras=extras,
        groups=groups,
        requires_python=requires_python,
        default_groups=_default_groups(project, groups, place, problems),
        is_package=_is_package(project, place, problems),
        dynamic=dynamic,
        inputs=inputs_of(project.table, project.groups, project.settings, name),
        is_told=told is not None,
    )
    for problem in foreign_problems(project, place, declared.demands):
        problems.add(problem)
    problems.settle()
    return declared


def _check_table(project: Project, place: str, problems: Problems) -> None:
    """Add a problem where nothing is declared, or where the project has no name that counts (PEP 621 wants one)."""
    if not project.has_table:
        if not project.has_build_system and not project.groups:
            problems.add(RequirementError(f"{place}: there is no [project] table", hints=(BEGIN,)))
        return
    name = project.table.get("name")
    if not name:
        problems.add(
            RequirementError(
                f"{place}: [project] has no name, and every project has one (PEP 621)",
                hints=('write it there, like name = "app"',),
            )
        )
    elif not _NAME.fullmatch(str(name)):
        problems.add(
            RequirementError(
                f"{place}: project.name is `{name}`, which is no name: letters, digits, `-`, `_` and `.` make one, "
                "with a letter or digit at both ends"
            )
        )


def _dynamic(project: Project, place: str, problems: Problems) -> frozenset[str]:
    if not project.has_table:
        return frozenset(_ASKED if project.has_build_system else ())
    names = project.table.get("dynamic", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        problems.add(RequirementError(f"{place}: the key project.dynamic must be a list of texts"))
        return frozenset()
    for name in names:
        if name in _ASKED and name in project.table:
            problems.add(
                RequirementError(
                    f"{place}: project.{name} is written down, and project.dynamic leaves it to the build backend",
                    hints=(f"take `{name}` out of project.dynamic, or remove project.{name}",),
                )
            )
    if project.has_build_system and has_poetry_demands(project.tool) and "dependencies" not in project.table:
        names = [*names, "dependencies"]  # Poetry fills it in without saying so
    return frozenset(name for name in names if name in _ASKED and name not in project.table)


def _completed(lists: Lists, dynamic: frozenset[str], told: Metadata, place: str) -> Lists:
    """Return the lists with what the build backend says in the place of what is dynamic."""
    origin = f"{place} (as its build backend says)"
    requirements, extras = narrowed_to(told, origin)
    return Lists(
        requirements=requirements if "dependencies" in dynamic else lists.requirements,
        extras=extras if "optional-dependencies" in dynamic else lists.extras,
        groups=lists.groups,
        places=lists.places,
    )


def _default_groups(project: Project, groups: Mapping[str, object], place: str, problems: Problems) -> tuple[str, ...]:
    names = project.settings.get("default-groups")
    if names is None:
        return (DEVELOPMENT,) if DEVELOPMENT in groups else ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        problems.add(
            RequirementError(
                f"{place}: tool.capsa.default-groups must be a list of the names of groups, not {kind_of(names)}",
                hints=('write it like default-groups = ["dev", "docs"]',),
            )
        )
        return ()
    wanted = tuple(dict.fromkeys(normalize(name) for name in names))
    for name in wanted:
        if name not in groups:
            problems.add(
                RequirementError(f"{place}: tool.capsa.default-groups names `{name}`, and there is no such group")
            )
    return wanted


def _is_package(project: Project, place: str, problems: Problems) -> bool:
    wanted = project.settings.get("package", True)
    if not isinstance(wanted, bool):
        problems.add(RequirementError(f"{place}: tool.capsa.package must be true or false, not {kind_of(wanted)}"))
    return wanted is True and project.has_build_system
