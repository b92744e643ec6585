"""``capsa run [--] CMD...``."""

from __future__ import annotations

from capsa.cli.become import become
from capsa.cli.call import Call
from capsa.cli.project import box_choice, freshness, selection_wish
from capsa.environment.request import sync_words
from capsa.model.event import Event
from capsa.model.outcome import ChangesOutcome, RunOutcome
from capsa.ops.project_sync import ProjectOrder
from capsa.ops.run import RunOrder, prepare
from capsa.ops.supply import Supply
from capsa.ops.sync import Manner
from capsa.project.find import Project, find_project
from capsa.project.variables import read_variables
from capsa.terminal.show import text
from capsa.terminal.style import Style


def run(call: Call) -> RunOutcome:
    """Become the command; where that can't be, run it and tell how it ended."""
    project = None if call.has("no-project") else _project(call)
    order = RunOrder(
        words=call.texts("command"),
        kind="module" if call.has("module") else "script" if call.has("script") else "",
        variables=_variables(call),
        folder=call.folder,
        withs=call.texts("with"),
        box=box_choice(call),
        project=project,
        sync=_sync(call, project) if project and not call.has("no-sync") else None,
        is_alone=call.has("no-project"),
        freshness=freshness(call),
    )
    ready = prepare(Supply(call.session), order)
    if ready.changes is not None and ready.changes.changes:
        call.session.report(Event(kind="note", text=_told(call, ready.changes)))
    return become(call, ready.program, list(ready.words), ready.variables)


def _project(call: Call) -> Project | None:
    """Return the project around; a pyproject.toml that only holds the settings of tools is none."""
    project = find_project(call.folder)
    return project if project and (project.table or project.groups) else None


def _variables(call: Call) -> dict[str, str]:
    given = call.session.surroundings.variables
    files = [call.path(path) for path in call.texts("env-file")]
    return read_variables(files, given) if files else dict(given)


def _sync(call: Call, project: Project) -> ProjectOrder:
    is_exact = call.has("exact")
    variables = call.session.surroundings.variables
    return ProjectOrder(
        wish=selection_wish(call),
        freshness=freshness(call),
        manner=Manner(is_exact=is_exact),
        words=sync_words(call.values, root=project.root, variables=variables, is_exact=is_exact),
    )


def _told(call: Call, changes: ChangesOutcome) -> str:
    surroundings = call.session.surroundings
    style = Style(folder=surroundings.folder, home=surroundings.home)
    return text(changes, style, None).rstrip("\n")
