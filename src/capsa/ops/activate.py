"""``activate`` and ``deactivate`` without the shell hook, and what the hook asks for.

No process can change the shell that started it, so it tells what to type.
"""

from __future__ import annotations

import os

from capsa.environment.open import find_environment, is_environment, read_config
from capsa.environment.prompt import shown_prompt, written_prompt
from capsa.errors import EnvironmentMissingError, quoted
from capsa.machine.names import is_name, named_boxes
from capsa.model.event import Event
from capsa.model.plain import is_line
from capsa.model.stepping import ActivateOutcome, DeactivateOutcome, FactsOutcome
from capsa.model.surroundings import Surroundings
from capsa.ops.locate import choose_box
from capsa.ops.session import Session
from capsa.shell.caller import calling_shell
from capsa.shell.hook import HOOKS
from capsa.shell.line import activation_line
from capsa.shell.quote import quote_sh
from capsa.shell.scripts import scripts_folder

_FEW = 4  # boxes that a hint names


def activate(session: Session, root: str) -> ActivateOutcome:
    """Return the line that steps into the box at an absolute path; on a terminal, say how capsa would do it itself."""
    surroundings = session.surroundings
    shell = calling_shell(surroundings)
    found = facts(surroundings, root)
    hook = HOOKS.get(shell)
    if hook is not None and surroundings.is_output_terminal and surroundings.is_terminal:
        text = f"to have `capsa activate` do it, put into {hook.file}: {hook.line}"
        session.report(Event(kind="note", text=text))
    return ActivateOutcome(
        environment=root,
        line=activation_line(shell, root, surroundings.platform, folder=surroundings.folder),
        scripts=found.scripts,
        prompt=found.prompt,
    )


def facts(surroundings: Surroundings, root: str) -> FactsOutcome:
    """Return what a hook has to know of the box at an absolute path."""
    return FactsOutcome(
        environment=root,
        scripts=f"{root}/{scripts_folder(surroundings.platform)}",
        prompt=shown_prompt(root, written_prompt(read_config(root))),
    )


def deactivate(surroundings: Surroundings) -> DeactivateOutcome:
    """Return the line that steps out; raises EnvironmentMissingError where no box is active."""
    active = surroundings.variables.get("VIRTUAL_ENV")
    if not active:
        raise EnvironmentMissingError("no box is active (VIRTUAL_ENV is not set)")
    return DeactivateOutcome(environment=active, line="deactivate")


def stepped_into(session: Session, word: str | None, folder: str) -> str:
    """Return the absolute path of the box to step into: the one that is meant, else the nearest from ``folder`` up.

    Raises EnvironmentMissingError where there is none.
    """
    data_dir = session.settings.data_dir
    if word is None:
        root = find_environment(folder)
        if root is None:
            raise EnvironmentMissingError(
                f"there is no box in {folder} or above it", hints=_ways(session.surroundings, data_dir, folder)
            )
    else:
        place = choose_box(session.surroundings, data_dir, word)
        if place.note:
            session.report(Event(kind="note", text=place.note))
        root = place.root
    if not is_environment(root):
        raise _no_box(root, word or "")
    if not is_line(root):
        raise EnvironmentMissingError(f"{quoted(root)} can't be stepped into: its path has a control character")
    return root


def _no_box(root: str, word: str) -> EnvironmentMissingError:
    if os.path.lexists(root) or not is_name(word):
        return EnvironmentMissingError(f"{root} is not a box", hints=(f"make one: `capsa create {quote_sh(root)}`",))
    return EnvironmentMissingError(
        f"there is no box named {quoted(word)}, and none at {root}",
        hints=(f"make it: `capsa create -n {quote_sh(word)}`", f"or make one here: `capsa create {quote_sh(word)}`"),
    )


def _ways(surroundings: Surroundings, data_dir: str, folder: str) -> tuple[str, ...]:
    """Return hints for who named no box: those that lie in this folder under other names, and the named ones."""
    near = [name for name in sorted(os.listdir(folder)) if is_environment(os.path.join(folder, name))]
    if folder != surroundings.folder:
        near = [os.path.join(folder, name) for name in near]
    named = [name for name in named_boxes(data_dir) if name not in near]
    words = [quote_sh(word) for word in (*near, *named)]
    if not words:
        return ("make one: `capsa create`",)
    return (f"name one: {', '.join([f'`capsa activate {word}`' for word in words[:_FEW]])}",)
