"""`lock`, `sync` and `run` on the fast path, where the seal of the box or a note in the store says that all is well.

Each returns the answer as text, or None for the slow path; a `run` that is sure becomes the command. Reads the files
that a project rests on as bytes only, to hold them against what was noted. See `capsa.cli.hot`.
"""

from __future__ import annotations

import os

from capsa.commit.pending import needs_recovery
from capsa.environment.command import Inside, command_of, is_for_python, is_stray
from capsa.environment.request import satisfying, sync_words
from capsa.environment.seal import Sealed, find_sealed
from capsa.model.surroundings import Surroundings
from capsa.process.replace import replace

HOT = True  # the fast path: see docs/adr

_FILE, _BOX = "pyproject.toml", ".venv"
_BLOCK = b"# /// script"


def answer_sync(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Tell that the box is as the lock wants it."""
    root = _project(surroundings.folder)
    sealed = _sealed(root, values, surroundings, is_exact="inexact" not in values) if root else None
    if sealed is None:
        return None
    from capsa.terminal.sentence import nothing_to_do, short_path  # noqa: PLC0415 - `run` says nothing

    return nothing_to_do(sealed.count, short_path(f"{root}/{_BOX}", surroundings.folder, surroundings.home))


def answer_run(values: dict[str, object], surroundings: Surroundings) -> int | None:
    """Become the command, in a box that needs nothing, or that was to be left as it is."""
    root = _project(surroundings.folder)
    words = values["command"]
    kind = "module" if "module" in values else "script" if "script" in values else ""
    if root is None or not isinstance(words, list) or _states_dependencies(kind, words[0]):
        return None
    if "no-sync" in values:
        scripts = _scripts(root, surroundings)
    else:
        sealed = _sealed(root, values, surroundings, is_exact="exact" in values)
        scripts = sealed.scripts if sealed else None
    if scripts is None:
        return None
    inside = Inside(python=f"{scripts}/python", scripts=[scripts], root=f"{root}/{_BOX}")
    variables = inside.variables(surroundings.variables)
    command = command_of(words, kind, inside, variables["PATH"])
    if is_stray(command, inside):
        return None
    return replace(command.program, command.words, variables)


def answer_lock(_values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Tell that the lock is up to date."""
    from capsa.ops.lock_note import find_lock_note, lock_words  # noqa: PLC0415 - more modules than `run` needs
    from capsa.settings.place import cache_folder  # noqa: PLC0415 - as above
    from capsa.terminal.sentence import lock_is_current, short_path  # noqa: PLC0415 - as above

    root = _project(surroundings.folder)
    if root is None or not _is_own(root, surroundings):
        return None
    named = surroundings.variables.get("CAPSA_CACHE_DIR")
    # A settings file may name another store: nothing is noted in this one then.
    store = os.path.normpath(os.path.join(surroundings.folder, named)) if named else cache_folder(surroundings)
    path = f"{root}/pylock.toml"
    count = find_lock_note(store, path, lock_words(surroundings, root))
    return None if count is None else lock_is_current(short_path(path, surroundings.folder, surroundings.home), count)


def _project(folder: str) -> str | None:
    """Return the folder of the nearest pyproject.toml upward, as `capsa.project.find` finds it."""
    while not os.path.isfile(f"{folder}/{_FILE}"):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _is_own(root: str, surroundings: Surroundings) -> bool:
    """Whether no other box is active: about one the slow path has a word to say."""
    return surroundings.variables.get("VIRTUAL_ENV") in {None, "", f"{root}/{_BOX}"}


def _sealed(root: str, values: dict[str, object], surroundings: Surroundings, *, is_exact: bool) -> Sealed | None:
    words = sync_words(values, root=root, variables=surroundings.variables, is_exact=is_exact)
    box = f"{root}/{_BOX}"
    if not words or not _is_own(root, surroundings) or needs_recovery(box):
        return None
    return find_sealed(box, satisfying(words))


def _scripts(root: str, surroundings: Surroundings) -> str | None:
    scripts = f"{root}/{_BOX}/bin"
    is_there = os.path.isfile(f"{root}/{_BOX}/pyvenv.cfg") and os.path.isfile(f"{scripts}/python")
    return scripts if is_there and _is_own(root, surroundings) and not needs_recovery(f"{root}/{_BOX}") else None


def _states_dependencies(kind: str, name: str) -> bool:
    """Whether the command may be a script that states its dependencies (PEP 723)."""
    if kind == "module" or name == "-" or not (kind == "script" or is_for_python(name)) or not os.path.isfile(name):
        return False
    with open(name, "rb") as stream:
        return _BLOCK in stream.read()
