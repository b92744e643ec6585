"""``activate`` without the shell hook: no process can change the shell that started it, so it tells what to type."""

from __future__ import annotations

from capsa.environment.open import find_environment, is_environment
from capsa.errors import EnvironmentMissingError
from capsa.model.outcome import ActivateOutcome
from capsa.model.surroundings import Surroundings
from capsa.shell.caller import calling_shell
from capsa.shell.scripts import activation_line


def activate(surroundings: Surroundings, named: str | None, folder: str) -> ActivateOutcome:
    """Return the line that steps into the box at the absolute path ``named``, else the nearest from ``folder`` up.

    Raises EnvironmentMissingError where there is none.
    """
    root = named or find_environment(folder)
    if root is None:
        raise EnvironmentMissingError(f"there is no box in {folder} or above it", hints=("make one: `capsa create`",))
    if not is_environment(root):
        raise EnvironmentMissingError(f"{root} is not a box", hints=(f"make one: `capsa create {root}`",))
    return ActivateOutcome(
        environment=root, line=activation_line(calling_shell(surroundings), root, folder=surroundings.folder)
    )
