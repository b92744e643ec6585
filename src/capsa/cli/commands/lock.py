"""``capsa lock``."""

from __future__ import annotations

import os

from capsa.cli.call import Call
from capsa.cli.project import box_choice, project_of, upgrades
from capsa.cli.written import requirement_files, standard_input
from capsa.errors import RequirementError, UsageError
from capsa.model.environment import Environment
from capsa.model.lock import FILE, is_lock_name
from capsa.model.outcome import LockOutcome
from capsa.ops.create import choose_python
from capsa.ops.demands import Sources, read_demands, settings_with
from capsa.ops.inputs import demand_inputs, script_inputs
from capsa.ops.lock import LockPolicy, lock
from capsa.ops.note import noting_files
from capsa.ops.project_box import project_python, project_root
from capsa.ops.project_sync import project_demands
from capsa.ops.sealing import note_locked
from capsa.ops.supply import Supply
from capsa.project.find import find_project
from capsa.project.requirements_file import STANDARD_INPUT
from capsa.project.script import read_script


def run(call: Call) -> LockOutcome:
    """Lock the project, the script, or what requirements files ask for."""
    policy = LockPolicy(upgrades=upgrades(call), is_check=call.has("check"), is_dry_run=call.has("dry-run"))
    if call.has("requirement"):
        return _lock_files(call, policy)
    if call.has("output") or call.has("constraint"):
        raise UsageError(
            "--output and --constraint belong to `capsa lock -r FILE`",
            hints=("name a requirements file too: `capsa lock -r requirements.in`",),
        )
    if call.has("script"):
        return _lock_script(call, policy)
    project = project_of(call)
    supply = Supply(call.session)
    choice = box_choice(call)
    python = project_python(call.session, project, choice)
    interpreter = python.interpreter if isinstance(python, Environment) else python
    declared, inputs = project_demands(supply, project, interpreter)
    with noting_files(call.session, project_root(call.session, project, choice), inputs.path):
        outcome = lock(supply, inputs, python, policy)
    if not policy.is_check and not policy.is_dry_run and not declared.is_told:
        note_locked(call.session, project, interpreter, count=outcome.package_count)
    return outcome


def _lock_files(call: Call, policy: LockPolicy) -> LockOutcome:
    session = call.session
    if not call.has("output") and find_project(call.folder) is not None:
        raise UsageError(
            f"{FILE} is the lock of the project here: say which other lock is meant",
            hints=("`capsa lock -r requirements.in -o pylock.NAME.toml`",),
        )
    named = call.text("output") or FILE
    if not is_lock_name(os.path.basename(named)):
        raise UsageError(
            f"a lock is named pylock.toml or pylock.NAME.toml, not `{os.path.basename(named)}` (PEP 751)",
            hints=("name it so: `capsa lock -r requirements.in -o pylock.toml`",),
        )
    sources = Sources(
        files=requirement_files(call, "requirement"),
        constraint_files=requirement_files(call, "constraint"),
        standard_input=standard_input(call),
    )
    demands = read_demands(session, sources, call.folder)
    session.settings = settings_with(session.settings, demands.options)
    place = ", ".join("standard input" if path == STANDARD_INPUT else os.path.basename(path) for path in sources.files)
    inputs = demand_inputs(demands, call.path(named), place)
    return lock(Supply(session), inputs, choose_python(session, call.folder).interpreter, policy)


def _lock_script(call: Call, policy: LockPolicy) -> LockOutcome:
    session = call.session
    path = call.path(call.text("script") or "")
    script = read_script(path)
    if script is None:
        raise RequirementError(
            f"{path} states no dependencies (PEP 723)", hints=(f"add one: `capsa add --script {path} NAME`",)
        )
    choice = choose_python(session, os.path.dirname(path), requires_python=script.requires_python or "")
    return lock(Supply(session), script_inputs(script), choice.interpreter, policy)
