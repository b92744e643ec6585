"""``remove``: demands taken out of a pyproject.toml or a script; the lock and the box follow."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable

from capsa.errors import RequirementError
from capsa.model.outcome import EditOutcome, EditRow
from capsa.ops.amend import Amendment, AmendOrder, Versions, amend_project, amend_script
from capsa.ops.create import choose_python
from capsa.ops.inputs import Inputs
from capsa.ops.project_box import project_interpreter, shown
from capsa.ops.project_sync import project_demands
from capsa.ops.script_file import read_script_file, script_inputs_of
from capsa.ops.supply import Supply
from capsa.project.declared import read_declared
from capsa.project.edit import Document, Place
from capsa.project.find import Project, parse_project
from capsa.value import field, value


@value
class RemoveOrder:
    """Where the demands are taken from, and what follows."""

    place: Place = field(default_factory=Place)
    amend: AmendOrder = field(default_factory=AmendOrder)


def remove(supply: Supply, project: Project, names: tuple[str, ...], order: RemoveOrder) -> EditOutcome:
    """Take every demand for these projects (normalized names) out of one list of a project.

    Raises RequirementError for one that is not there, with the place where it is.
    """
    name = shown(supply.session, project.path)
    read_declared(project, place=name)
    compose = _composer(project.content, name, names, order.place)
    compose({})  # a name that is not there is told before a Python is looked for
    interpreter = project_interpreter(supply.session, project, order.amend.box)

    def inputs_of(content: bytes) -> Inputs:
        return project_demands(supply, parse_project(content, project.path), interpreter)[1]

    amendment = Amendment(path=project.path, content=project.content, compose=compose, inputs_of=inputs_of)
    return amend_project(supply, project, interpreter, amendment, order.amend)


def remove_from_script(supply: Supply, path: str, names: tuple[str, ...], order: RemoveOrder) -> EditOutcome:
    """Take every demand for these projects out of the block of the script at an absolute path."""
    source = read_script_file(supply.session, path)
    if source.toml is None:
        raise RequirementError(
            f"{source.name} states no dependencies (PEP 723)",
            hints=(f"add one: `capsa add --script {source.name} NAME`",),
        )
    edit = _composer(source.toml.encode(), source.name, names, order.place)

    def compose(versions: Versions) -> tuple[bytes, tuple[EditRow, ...]]:
        content, rows = edit(versions)
        return source.with_toml(content.decode()), rows

    compose({})
    choice = choose_python(supply.session, os.path.dirname(path), requires_python=source.requires_python)
    amendment = Amendment(
        path=path, content=source.content, compose=compose, inputs_of=script_inputs_of(supply.session, path)
    )
    return amend_script(supply, choice.interpreter, amendment, order.amend)


def _composer(
    content: bytes, title: str, names: tuple[str, ...], place: Place
) -> Callable[[Versions], tuple[bytes, tuple[EditRow, ...]]]:
    def compose(_: Versions) -> tuple[bytes, tuple[EditRow, ...]]:
        document = Document(content, title)
        rows: list[EditRow] = []
        missing: list[RequirementError] = []
        for name in dict.fromkeys(names):
            removed = document.remove(place, name)
            rows += [EditRow(action="remove", place=place.title, text=text) for text in removed]
            if not removed:
                missing.append(_missing(document, title, name, place))
        if missing:
            sentences = "; ".join(error.message for error in missing)
            hints = dict.fromkeys(hint for error in missing for hint in error.hints)
            raise RequirementError(sentences, hints=tuple(hints))
        return document.content, tuple(rows)

    return compose


def _missing(document: Document, title: str, name: str, place: Place) -> RequirementError:
    sentence = f"{title} has no `{name}` in {place.title}"
    elsewhere = document.places_of(name)
    if elsewhere:
        options = tuple(f"`capsa remove {other.option} {name}`".replace("  ", " ") for other in elsewhere[:2])
        hints = tuple(f"it is in {other.title}: {way}" for other, way in zip(elsewhere, options, strict=False))
        return RequirementError(sentence, hints=hints)
    near = difflib.get_close_matches(name, document.names(place), n=1)
    option = f"{place.option} " if place.option else ""
    return RequirementError(
        sentence, hints=(f"remove what is there: `capsa remove {option}{near[0]}`",) if near else ()
    )
