"""What the verbs of projects have in common on the command line: which project, which box, which extras and groups."""

from __future__ import annotations

import os

from capsa.cli.call import Call
from capsa.errors import RequirementError, UsageError
from capsa.model.environment import Environment
from capsa.model.wish import SelectionWish
from capsa.ops.create import Order, create_box
from capsa.ops.locate import FOLDER, Place
from capsa.ops.project_box import BoxChoice, planned_environment
from capsa.ops.project_sync import Freshness
from capsa.ops.supply import Supply
from capsa.project.find import Project, find_project


def project_of(call: Call) -> Project:
    """Return the project around; raises RequirementError with the way to begin one where there is none."""
    project = find_project(call.folder)
    if project is None:
        raise RequirementError(
            f"there is no pyproject.toml in {call.folder} or above it",
            hints=("begin a project here: `capsa init`", "or go to the folder of your project: `cd PATH`"),
        )
    return project


def box_choice(call: Call) -> BoxChoice:
    """Return which box was asked for."""
    named = call.text("env")
    if named and call.has("active"):
        raise UsageError("--env and --active contradict each other", hints=("leave one of them out",))
    return BoxChoice(named=call.box(named, is_path_first=True) if named else None, is_active=call.has("active"))


def selection_wish(call: Call) -> SelectionWish:
    """Return which extras and groups were asked for."""
    return SelectionWish(
        groups=call.names("group"),
        no_groups=call.names("no-group"),
        extras=call.names("extra"),
        has_all_extras=call.has("all-extras"),
        has_all_groups=call.has("all-groups"),
        has_no_dev=call.has("no-dev"),
    )


def freshness(call: Call) -> Freshness:
    """Return what is to become of a lock that is out of date."""
    if call.has("locked") and call.has("frozen"):
        raise UsageError("--locked and --frozen contradict each other", hints=("leave one of them out",))
    return "frozen" if call.has("frozen") else "locked" if call.has("locked") else "renewed"


def make_box(call: Call, folder: str) -> Place | Environment:
    """Make the ``.venv`` in a folder where there is none; where the verb only looks, return it as planned."""
    root = os.path.join(folder, FOLDER)
    if call.has("dry-run") or call.has("check"):
        return planned_environment(call.session, root, call.folder)
    made = create_box(Supply(call.session), Order(root=root), call.folder)
    return Place(root=root, note=f"made {root} with {made.python}, as there was none")


def upgrades(call: Call) -> frozenset[str]:
    """Return the normalized names whose version is to be the newest, "*" for all; their pages are asked anew."""
    named = frozenset({"*"}) if call.has("upgrade") else frozenset(call.names("upgrade-package"))
    call.session.refresh |= named
    return named
