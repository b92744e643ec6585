"""The box of a project: opened, or made where there is none (CONTRACT, "Which box", for project verbs)."""

from __future__ import annotations

import os

from capsa.environment.create import check_place
from capsa.environment.open import FOLDER, is_environment, open_environment
from capsa.errors import EnvironmentMissingError, InterpreterError
from capsa.interpreter.request import is_within
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.ops.create import Order, choose_python, create_box
from capsa.ops.session import Session
from capsa.ops.supply import Supply
from capsa.project.find import Project
from capsa.value import value


@value
class BoxChoice:
    """Which box is meant: the absolute path ``named`` with ``--env``, else the active one, else the project's own."""

    named: str | None = None
    is_active: bool = False


def project_root(session: Session, project: Project, choice: BoxChoice) -> str:
    """Return the absolute path of the box that is meant, whether or not it is there."""
    if choice.named is not None:
        return choice.named
    active = session.surroundings.variables.get("VIRTUAL_ENV")
    if choice.is_active:
        if not active:
            raise EnvironmentMissingError(
                "no box is active (VIRTUAL_ENV is not set)",
                hints=("leave `--active` out: the project's own `.venv` is used",),
            )
        return os.path.normpath(active)
    return os.path.join(project.root, FOLDER)


def project_environment(supply: Supply, project: Project, choice: BoxChoice, *, may_make: bool = True) -> Environment:
    """Open the box that is meant; where there is none it is made, or returned as planned without ``may_make``.

    Raises InterpreterError when its Python is not one that the project allows, or that ``-p`` asks for.
    """
    session = supply.session
    root = project_root(session, project, choice)
    _tell_which(session, root, choice)
    if not is_environment(root) and not may_make:
        environment = planned_environment(session, root, project.root)
    else:
        if not is_environment(root):
            _refuse_unfit(session, project, choose_python(session, project.root).interpreter)
            made = create_box(supply, Order(root=root), project.root)
            session.report(Event(kind="note", text=f"made {shown(session, root)} with {made.python}: {made.reason}"))
        environment = session.environment(root, is_changed=True)
    _check_python(session, project, environment)
    return environment


def planned_environment(session: Session, root: str, folder: str) -> Environment:
    """Return the box that would be made at an absolute path where there is none, and say so; nothing is made.

    ``folder`` is as for `create_box`. Raises OccupiedError where something else is in its place.
    """
    check_place(root)
    choice = choose_python(session, folder)
    text = f"would make {shown(session, root)} with {choice.interpreter.title}: {choice.reason}"
    session.report(Event(kind="note", text=text))
    return open_environment(root, choice.interpreter)


def project_interpreter(session: Session, project: Project, choice: BoxChoice) -> Interpreter:
    """Return the Python of the box that is meant, or the one that it would be made with."""
    python = project_python(session, project, choice)
    return python.interpreter if isinstance(python, Environment) else python


def project_python(session: Session, project: Project, choice: BoxChoice) -> Interpreter | Environment:
    """Return the box that is meant, or the Python that it would be made with."""
    root = project_root(session, project, choice)
    if not is_environment(root) or session.settings.origin("python").startswith("flag"):
        interpreter = choose_python(session, project.root).interpreter
        _refuse_unfit(session, project, interpreter)
        return interpreter
    environment = session.environment(root)
    _refuse_unfit_box(session, project, environment)
    return environment


def shown(session: Session, path: str) -> str:
    """Return an absolute path as messages show it: relative to the current folder where it lies below that."""
    inside = session.surroundings.folder.rstrip(os.sep) + os.sep
    return path.removeprefix(inside)


def _tell_which(session: Session, root: str, choice: BoxChoice) -> None:
    """Say it where the box is another one than the active one, as nobody asked for that."""
    active = session.surroundings.variables.get("VIRTUAL_ENV")
    if active and choice.named is None and os.path.realpath(active) != os.path.realpath(root):
        note = f"using {shown(session, root)} of the project, not the active box {active}"
        session.report(Event(kind="note", text=note))


def _refuse_unfit(session: Session, project: Project, interpreter: Interpreter) -> None:
    """Raise InterpreterError for a chosen Python that the project does not admit."""
    wanted = project.requires_python or ""
    if wanted and not is_within(interpreter, wanted):
        raise InterpreterError(
            f"{interpreter.title} was asked for, and {shown(session, project.path)} admits {wanted}",
            hints=("ask for another one with `-p`, or change `requires-python` there",),
        )


def _refuse_unfit_box(session: Session, project: Project, environment: Environment) -> None:
    interpreter = environment.interpreter
    place = shown(session, environment.root)
    wanted = project.requires_python or ""
    if wanted and not is_within(interpreter, wanted):
        raise InterpreterError(
            f"{place} has Python {interpreter.version}, and {shown(session, project.path)} asks for {wanted}",
            hints=(f"make the box anew: `capsa create --clear {place}`", "or change `requires-python` there"),
        )


def _check_python(session: Session, project: Project, environment: Environment) -> None:
    interpreter = environment.interpreter
    place = shown(session, environment.root)
    _refuse_unfit_box(session, project, environment)
    if session.settings.origin("python").startswith("flag"):
        choice = choose_python(session, project.root)
        is_other = (choice.interpreter.minor, choice.interpreter.implementation) != (
            interpreter.minor,
            interpreter.implementation,
        )
        if is_other:
            raise InterpreterError(
                f"{place} has {interpreter.title}, and -p asks for {session.settings.python}",
                hints=(f"make the box anew: `capsa create --clear -p {session.settings.python} {place}`",),
            )
