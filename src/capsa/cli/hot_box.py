"""The common forms of `create`, `install` and `activate` on the fast path: see `capsa.cli.hot`.

Each returns the answer as text, or None for the slow path. Reads no settings file and starts no process.
"""

from __future__ import annotations

import os
from _collections_abc import Callable

from capsa.cache.seed import read_manifest, read_seed
from capsa.cache.store import Store
from capsa.commit.pending import needs_recovery
from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.open import find_environment, is_environment, open_environment
from capsa.environment.seal import file_word, find_met
from capsa.environment.wish import Wish, prompt_text
from capsa.errors import Failure
from capsa.interpreter.discover import discover
from capsa.interpreter.known import read_known
from capsa.interpreter.pyenv import find_pin
from capsa.machine.register import note_box
from capsa.model.interpreter import Interpreter
from capsa.model.surroundings import Surroundings
from capsa.settings.place import absolute, cache_root, data_root
from capsa.shell.caller import calling_shell
from capsa.shell.scripts import activation_line, scripts
from capsa.terminal.sentence import activation, created, nothing_to_do, short_path

HOT = True  # the fast path: see docs/adr

_VARIABLES = {
    "CAPSA_CACHE_DIR",
    "CAPSA_COMPILE_BYTECODE",
    "CAPSA_DATA_DIR",
    "CAPSA_INDEX_URL",
    "CAPSA_NO_CONFIG",
    "CAPSA_PYTHON",
}


class NotKnownError(Failure):
    """A Python that the store does not know: the slow path will ask it."""


def answer_create(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Make a box with a Python that is known."""
    store = cache_root(surroundings)
    if store is None or _has_settings(surroundings) or _has_project(surroundings.folder):
        return None
    choice = discover(surroundings, _reader(store), wanted=str(values.get("python", "")), origin="--python")
    interpreter = choice.interpreter
    root = absolute(surroundings, str(values.get("path") or ".venv"))
    seed = None
    if "no-pip" not in values:
        seed = read_manifest(store, read_seed(store, interpreter.minor) or "")
        if seed is None:
            return None
    prompt = prompt_text(str(values.get("prompt", "")), surroundings.folder)
    wish = Wish(
        root=root,
        interpreter=interpreter,
        scripts=scripts(root, prompt, interpreter.platform),
        prompt=prompt,
        has_system_site="system-site-packages" in values,
    )
    create(wish, Linker(), seed, f"{Store(store).archive(seed.sha256)}/tree" if seed else "")
    note_box(data_root(surroundings), root)
    place = short_path(root, surroundings.folder, surroundings.home)
    line = activation_line(calling_shell(surroundings), root, folder=surroundings.folder)
    made = created(place, interpreter.title, choice.reason, seed.release if seed else None)
    return f"{made}\n{activation(line)}"


def answer_install(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Tell that there is nothing to do, where the seal says so."""
    store = cache_root(surroundings)
    root = _box(values, surroundings)
    if store is None or root is None or _has_settings(surroundings) or needs_recovery(root):
        return None
    layout = open_environment(root, _reader(store)(f"{root}/bin/python")).layout
    requirements, files = values.get("requirements", []), values.get("requirement", [])
    words = [*_texts(requirements), *(file_word(absolute(surroundings, path)) for path in _texts(files))]
    count = find_met(root, layout.site, layout.path(layout.scripts), words)
    if count is None:
        return None
    return nothing_to_do(count, short_path(root, surroundings.folder, surroundings.home))


def answer_activate(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Return the line that steps into a box."""
    named = values.get("path") or values.get("env")
    root = absolute(surroundings, str(named)) if named else find_environment(surroundings.folder)
    if root is None or not is_environment(root):
        return None
    return activation_line(calling_shell(surroundings), root, folder=surroundings.folder)


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


def _reader(store: str) -> Callable[[str], Interpreter]:
    def ask(executable: str) -> Interpreter:
        interpreter = read_known(store, executable)
        if interpreter is None:
            raise NotKnownError(executable)
        return interpreter

    return ask


def _has_settings(surroundings: Surroundings) -> bool:
    return any(name.startswith("CAPSA_") and name not in _VARIABLES for name in surroundings.variables)


def _has_project(folder: str) -> bool:
    """Whether a pyproject.toml or a .python-version may have a word in which Python is taken."""
    if find_pin(folder) is not None:
        return True
    while not os.path.exists(f"{folder}/pyproject.toml"):
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
    return True


def _texts(value: object) -> list[str]:
    return value if isinstance(value, list) else []
