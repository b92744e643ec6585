"""``run``: what has to be there before a command can run, and then the command itself with its variables.

Brings the project's box to the lock and removes nothing, or finds the box of a script, or a box that is at hand; lays
packages for this run only over it. Starts nothing: `capsa.process.replace` does.
"""

from __future__ import annotations

import os

from capsa.environment.command import Command, Inside, command_of, is_for_python, is_stray
from capsa.environment.open import is_environment
from capsa.environment.site import scan
from capsa.errors import EnvironmentMissingError
from capsa.model.closure import has_all
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.outcome import ChangesOutcome
from capsa.model.target import target_of
from capsa.ops.cached import cached_environment
from capsa.ops.create import choose_python
from capsa.ops.demands import Demands, Sources, read_demands
from capsa.ops.locate import locate_box
from capsa.ops.project_box import BoxChoice, project_environment, project_root
from capsa.ops.project_sync import Freshness, ProjectOrder, sync_project
from capsa.ops.script_box import script_environment
from capsa.ops.session import Session
from capsa.ops.supply import Supply
from capsa.project.declared import read_declared
from capsa.project.find import Project
from capsa.project.script import read_script
from capsa.value import field, value


@value
class RunOrder:
    """What is to be run, and where.

    ``words`` are the command; ``kind`` is "module" or "script" where its first word is said to be one. ``variables``
    are those that it is to find, before the box has its say. ``withs`` are demands for this run only. ``project`` is
    None where there is none or it shall not count (``is_alone``), ``sync`` None where its box is to be left as it is.
    ``folder`` is where the work is done; ``freshness`` what becomes of a script's lock.
    """

    words: tuple[str, ...]
    variables: dict[str, str]
    folder: str
    kind: str = ""
    withs: tuple[str, ...] = ()
    box: BoxChoice = field(default_factory=BoxChoice)
    project: Project | None = None
    sync: ProjectOrder | None = None
    is_alone: bool = False
    freshness: Freshness = "renewed"


@value
class Ready:
    """A command that can be run: the path of the program, its words, its variables; and what was changed for it."""

    program: str
    words: tuple[str, ...]
    variables: dict[str, str]
    changes: ChangesOutcome | None = None


@value
class _Ground:
    """What a command stands on: a box, or (``environment`` None) a Python alone."""

    interpreter: Interpreter
    environment: Environment | None = None
    changes: ChangesOutcome | None = None

    @property
    def inside(self) -> Inside:
        """Where the command runs, by this ground alone."""
        if self.environment is None:
            python = self.interpreter.executable
            return Inside(python=python, scripts=[os.path.dirname(python)], root="")
        layout = self.environment.layout
        return Inside(
            python=layout.path(layout.python), scripts=[layout.path(layout.scripts)], root=self.environment.root
        )


def prepare(supply: Supply, order: RunOrder) -> Ready:
    """Make everything ready and return the command.

    Raises what syncing raises, and ProgramMissingError where there is no such program.
    """
    ground = _script_ground(supply, order) or _ground(supply, order)
    inside = _inside(supply, order, ground)
    variables = inside.variables(order.variables)
    command = command_of(list(_named(order, ground)), order.kind, inside, variables["PATH"])
    if is_stray(command, inside):
        text = f"`{order.words[0]}` is not in the box: {command.program} runs, which sees nothing of the box"
        supply.session.report(Event(kind="warning", text=text))
    command = _lifted(command, ground.inside, inside)
    return Ready(program=command.program, words=tuple(command.words), variables=variables, changes=ground.changes)


def _script_ground(supply: Supply, order: RunOrder) -> _Ground | None:
    """Return the box of a script that states its dependencies (PEP 723), None for any other command."""
    name = order.words[0]
    if order.kind == "module" or name == "-" or not (order.kind == "script" or is_for_python(name)):
        return None
    path = os.path.normpath(os.path.join(supply.session.surroundings.folder, name))
    script = read_script(path) if os.path.isfile(path) and not path.endswith((".pyz", ".pyzw")) else None
    if script is None:
        return None
    environment = script_environment(supply, script, _demands(supply, order), order.freshness)
    return _Ground(interpreter=environment.interpreter, environment=environment)


def _demands(supply: Supply, order: RunOrder) -> Demands:
    sources = Sources(arguments=order.withs, verb="")
    return read_demands(supply.session, sources, supply.session.surroundings.folder)


def _ground(supply: Supply, order: RunOrder) -> _Ground:
    session = supply.session
    if order.project is not None:
        if order.sync is None:
            _require_box(session, order)
        else:
            read_declared(order.project)  # what is wrong with the file is said before a box is made
        environment = project_environment(supply, order.project, order.box)
        changes = sync_project(supply, order.project, environment, order.sync) if order.sync else None
        return _Ground(interpreter=environment.interpreter, environment=environment, changes=changes)
    active = session.surroundings.variables.get("VIRTUAL_ENV")
    # What lies around is the project's: without it only a box that was named or stepped into counts.
    is_sought = order.box.named or active or not order.is_alone
    place = locate_box(session.surroundings, order.box.named, order.folder) if is_sought else None
    if place is not None:
        if place.note:
            session.report(Event(kind="note", text=place.note))
        environment = session.environment(place.root)
        return _Ground(interpreter=environment.interpreter, environment=environment)
    if order.is_alone:
        return _Ground(interpreter=choose_python(session, order.folder, requires_python="").interpreter)
    raise EnvironmentMissingError(
        f"there is no project and no box in {order.folder} or above it",
        hints=("begin a project: `capsa init`", "or make a box: `capsa create`"),
    )


def _require_box(session: Session, order: RunOrder) -> None:
    """Raise EnvironmentMissingError where the box of the project is to be left as it is, and is not there."""
    root = project_root(session, order.project, order.box) if order.project else ""
    if root and not is_environment(root):
        option = f" --env {order.box.named}" if order.box.named else ""
        raise EnvironmentMissingError(
            f"there is no box at {root}, and --no-sync makes none", hints=(f"make it: `capsa sync{option}`",)
        )


def _inside(supply: Supply, order: RunOrder, ground: _Ground) -> Inside:
    """Return where the command runs; what is wanted for this run only lies in a box before that of the ground."""
    base = ground.inside
    demands = _demands(supply, order)
    environment = ground.environment
    installed = scan(environment).installed if environment and demands.requirements else ()
    markers = target_of(ground.interpreter).markers
    wanted = tuple(demand for demand in demands.requirements if demand.is_wanted(markers))
    is_direct = any(demand.url for demand in wanted)
    if not wanted or (environment and not is_direct and has_all(wanted, installed, markers, demands.constraints)):
        return base
    above = cached_environment(
        supply,
        ground.interpreter,
        demands,
        base_site=environment.layout.site if environment else "",
        preferences={distribution.name: distribution.version for distribution in installed},
    )
    layout = above.layout
    scripts = [layout.path(layout.scripts), *base.scripts]
    return Inside(python=layout.path(layout.python), scripts=scripts, root=above.root)


def _named(order: RunOrder, ground: _Ground) -> tuple[str, ...]:
    """Return the command, in which ``python`` means the Python that was chosen also where no box holds it."""
    if ground.environment is None and not order.kind and order.words[0] in {"python", "python3"} and not order.withs:
        return (ground.interpreter.executable, *order.words[1:])
    return order.words


def _lifted(command: Command, base: Inside, inside: Inside) -> Command:
    """Return the command so that it sees what was laid over the box.

    A launcher of the box below names the Python of that box in its first lines: it is run by the one above instead.
    """
    if inside.python == base.python or os.path.dirname(command.program) not in base.scripts:
        return command
    with open(command.program, "rb") as stream:
        head = stream.read(1024)
    if head[:2] != b"#!" or os.fsencode(os.path.dirname(base.python)) not in b"\n".join(head.split(b"\n")[:2]):
        return command
    return Command(inside.python, [inside.python, command.program, *command.words[1:]])
