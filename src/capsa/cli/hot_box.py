"""The common forms of `install` and `activate` on the fast path: see `capsa.cli.hot`.

Each returns the answer as text, or None for the slow path. Reads no settings file and starts no process.
"""

from __future__ import annotations

from capsa.commit.pending import needs_recovery
from capsa.environment.open import find_environment, is_environment, open_environment, read_config
from capsa.environment.prompt import shown_prompt, written_prompt
from capsa.environment.seal import file_word, find_met
from capsa.interpreter.known import reader
from capsa.machine.names import find_named, is_name
from capsa.model.plain import is_line
from capsa.model.surroundings import Surroundings
from capsa.settings.place import absolute, cache_root, data_root, has_settings_files, has_variables
from capsa.shell.caller import calling_shell
from capsa.shell.line import activation_line
from capsa.shell.scripts import scripts_folder
from capsa.terminal.sentence import facts, nothing_to_do, short_path

HOT = True  # the fast path: see docs/adr


def answer_install(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Tell that there is nothing to do, where the seal says so."""
    store = cache_root(surroundings)
    root = _box(values, surroundings)
    if store is None or root is None or has_variables(surroundings) or needs_recovery(root):
        return None
    layout = open_environment(root, reader(store)(f"{root}/bin/python")).layout
    requirements, files = values.get("requirements", []), values.get("requirement", [])
    words = [*_texts(requirements), *(file_word(absolute(surroundings, path)) for path in _texts(files))]
    count = find_met(root, layout.site, layout.path(layout.scripts), words)
    if count is None:
        return None
    return nothing_to_do(count, short_path(root, surroundings.folder, surroundings.home))


def answer_activate(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Return the line that steps into a box, or what a hook has to know of it."""
    root = _stepped_into(values, surroundings)
    if root is None or not is_line(root) or not is_environment(root):
        return None
    if "facts" in values:
        folder = f"{root}/{scripts_folder(surroundings.platform)}"
        return facts(root, folder, shown_prompt(root, written_prompt(read_config(root))))
    if surroundings.is_output_terminal:
        return None  # somebody reads it, who is told of the hook too
    return activation_line(calling_shell(surroundings), root, surroundings.platform, folder=surroundings.folder)


def _stepped_into(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Return the box that is meant where that is beyond doubt (`capsa.ops.activate` decides the rest)."""
    if "path" not in values:
        return absolute(surroundings, str(values["env"])) if "env" in values else find_environment(surroundings.folder)
    word = str(values["path"])
    path = absolute(surroundings, word)
    if not is_name(word):
        return path
    if has_settings_files(surroundings):
        return None  # which may say where named boxes are
    named = find_named(data_root(surroundings), word)
    if named is None:
        return path
    return None if is_environment(path) else named  # where there are both, a note says which one is meant


def _box(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Return the box that is meant where that is beyond doubt (`capsa.ops.locate` decides the rest)."""
    if "env" in values:
        root = absolute(surroundings, str(values["env"]))
        return root if is_environment(root) else None
    near = find_environment(surroundings.folder)
    active = surroundings.variables.get("VIRTUAL_ENV")
    if active and near != active:
        return None
    return near


def _texts(value: object) -> list[str]:
    return value if isinstance(value, list) else []
