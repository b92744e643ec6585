"""``add``: demands written into a pyproject.toml or a script, each with the version chosen for it as a bound."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from capsa.errors import RequirementError, ResolutionError
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.outcome import EditOutcome, EditRow
from capsa.model.requirement import COMMAND_LINE, Origin, Requirement
from capsa.model.target import target_of
from capsa.ops.amend import Amendment, AmendOrder, Versions, amend_project, amend_script
from capsa.ops.build import Builds
from capsa.ops.create import choose_python
from capsa.ops.demands import Demands
from capsa.ops.direct import obtain_direct
from capsa.ops.inputs import Inputs
from capsa.ops.project_box import project_interpreter, shown
from capsa.ops.project_sync import project_demands
from capsa.ops.script_file import read_script_file, script_inputs_of
from capsa.ops.supply import Supply
from capsa.ops.wiring import build_rules
from capsa.project.declared import Declared, read_declared
from capsa.project.edit import Document, Place
from capsa.project.find import Project, parse_project
from capsa.project.foreign import has_poetry_demands
from capsa.project.wording import bounded, marked, require_public, worded
from capsa.resolution.reach import Roots
from capsa.value import field, replace, value


@value
class AddOrder:
    """How demands are written down: ``marker`` is a PEP 508 text or ""; ``is_raw`` gives no bound."""

    place: Place = field(default_factory=Place)
    is_raw: bool = False
    marker: str = ""
    amend: AmendOrder = field(default_factory=AmendOrder)


def add(supply: Supply, project: Project, demands: Demands, order: AddOrder) -> EditOutcome:
    """Write the demands into a project; lock and box follow, and when they can't, nothing is written."""
    name = shown(supply.session, project.path)
    _require_table(project, order.place, name)
    origins = _origins(read_declared(project, place=name))  # what is wrong with the file is said before all else
    interpreter = project_interpreter(supply.session, project, order.amend.box)
    wanted = _wanted(supply, interpreter, demands, order)
    asked = {requirement.name: requirement.origin for requirement in wanted}
    for requirement in wanted:
        _require_other(requirement, project, order.place)

    def compose(versions: Versions) -> tuple[bytes, tuple[EditRow, ...]]:
        document = Document(project.content, name)
        rows = _write(document, wanted, order, versions)
        return document.content, rows

    def inputs_of(content: bytes) -> Inputs:
        inputs = project_demands(supply, parse_project(content, project.path), interpreter)[1]
        return replace(inputs, roots=_placed(inputs.roots, origins, asked))

    amendment = Amendment(path=project.path, content=project.content, compose=compose, inputs_of=inputs_of)
    with _hinting(supply, wanted):
        return amend_project(supply, project, interpreter, amendment, order.amend)


def add_to_script(supply: Supply, path: str, demands: Demands, order: AddOrder) -> EditOutcome:
    """Write the demands into the block of the script at an absolute path, which gets one where it has none.

    A version is told as a bound only where the script has a lock, which tells it.
    """
    source = read_script_file(supply.session, path)
    choice = choose_python(supply.session, os.path.dirname(path), requires_python=source.requires_python)
    wanted = _wanted(supply, choice.interpreter, demands, order)
    begun = source.toml or f'requires-python = ">={choice.interpreter.minor}"\ndependencies = []\n'

    def compose(versions: Versions) -> tuple[bytes, tuple[EditRow, ...]]:
        document = Document(begun.encode(), source.name)
        rows = _write(document, wanted, order, versions)
        return source.with_toml(document.content.decode()), rows

    amendment = Amendment(
        path=path, content=source.content, compose=compose, inputs_of=script_inputs_of(supply.session, path)
    )
    with _hinting(supply, wanted):
        return amend_script(supply, choice.interpreter, amendment, order.amend)


@contextmanager
def _hinting(supply: Supply, wanted: tuple[Requirement, ...]) -> Iterator[None]:
    """Add a hint to a refusal where one of the names that were asked for is no project."""
    try:
        yield
    except ResolutionError as error:
        if any(one.url is None and supply.index.releases(one.name) is None for one in wanted):
            hint = "look the name up: a project is often called otherwise than the module that one imports"
            error.hints = (*error.hints, hint)
        raise


def _origins(declared: Declared) -> dict[str, Origin]:
    """Return where each demand stands in the file as it is now."""
    lists = (declared.requirements, *declared.extras.values(), *declared.groups.values())
    return {demand.text: demand.origin for demands in lists for demand in demands}


def _placed(roots: Roots, origins: dict[str, Origin], asked: dict[str, Origin]) -> Roots:
    """Return the demands with their places in the file as it is now, as a refusal leaves it; new ones were asked."""

    def placed(demands: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        return tuple(replace(one, origin=origins.get(one.text) or asked.get(one.name, COMMAND_LINE)) for one in demands)

    return Roots(
        requirements=placed(roots.requirements),
        extras={name: placed(demands) for name, demands in roots.extras.items()},
        groups={name: placed(demands) for name, demands in roots.groups.items()},
    )


def _wanted(supply: Supply, interpreter: Interpreter, demands: Demands, order: AddOrder) -> tuple[Requirement, ...]:
    """Return the demands, each with a name and with the marker that was asked for; say what can't be written down."""
    session = supply.session
    if demands.constraints:
        session.report(Event(kind="note", text="constraints are not written down: they hold for one command only"))
    requirements = demands.requirements
    for requirement in requirements:
        require_public(requirement)
    if any(not requirement.name for requirement in requirements):
        builds = Builds(supply, interpreter, build_rules(session.settings))
        with session.sharing_store():
            requirements = obtain_direct(supply, builds, requirements, target_of(interpreter)).requirements
    for requirement in requirements:
        if not requirement.name:
            raise RequirementError(
                f"{requirement.origin}: `{requirement.text}` has no name, and is not looked at as its marker says no",
                hints=("write the name in front: `name @ URL`",),
            )
        if requirement.is_editable:
            text = f"{requirement.name} is written without -e: the standards know no editable dependency"
            session.report(Event(kind="note", text=text))
    return tuple(marked(one, order.marker) if order.marker else one for one in requirements)


def _require_table(project: Project, place: Place, name: str) -> None:
    """Raise RequirementError for a project whose dependencies stand where only its build backend reads them."""
    if project.has_table or place.kind == "group" or not project.has_build_system:
        return
    is_poetry = has_poetry_demands(project.tool)
    where = "in [tool.poetry.dependencies]" if is_poetry else "where its build backend reads them"
    raise RequirementError(
        f"{name} has no [project] table: the project keeps its dependencies {where}, which capsa does not edit",
        hints=(
            "write the demand there, then: `capsa sync`",
            "or write it into a group, which needs no table: `--dev` or `--group NAME`",
        ),
    )


def _require_other(requirement: Requirement, project: Project, place: Place) -> None:
    """Raise RequirementError for a project that would depend on itself."""
    if requirement.name == project.name and (place.kind == "project" or not requirement.extras):
        raise RequirementError(
            f"{requirement.name} is this project itself, and a project can't depend on itself",
            hints=("to have it in its own box, give it a build system: `[build-system]` in pyproject.toml",),
        )


def _write(
    document: Document, wanted: tuple[Requirement, ...], order: AddOrder, versions: Versions
) -> tuple[EditRow, ...]:
    rows = []
    for requirement in wanted:
        wording = worded(requirement, document.like(order.place, requirement), is_raw=order.is_raw)
        version = versions.get(requirement.name) if wording.is_open else None
        text = bounded(wording.text, version) if version else wording.text
        action = document.add(order.place, text)
        if action is not None:
            rows.append(EditRow(action=action, place=order.place.title, text=text))
    return tuple(rows)
