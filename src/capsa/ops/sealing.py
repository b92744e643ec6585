"""Notes in the seal of a box that it is as a lock wants it, so that the fast path can answer next time."""

from __future__ import annotations

import os
from collections.abc import Iterable

from capsa.environment.seal import content_word, state_of, write_seal
from capsa.errors import CacheError, DiskError
from capsa.interpreter.pyenv import PIN
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.lock import FILE
from capsa.ops.lock_note import is_from_path, lock_words, write_lock_note
from capsa.ops.session import Session
from capsa.ops.stamp import TELLING
from capsa.project.find import Project
from capsa.settings.pip import pip_files
from capsa.settings.place import user_file


def input_words(session: Session, project: Project, folders: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the words for every file that has a say in what the box of a project should hold.

    To be taken when the lock is read or written, and before the box is looked at. The pyproject.toml counts as it was
    read; settings files count also where there is none yet. ``folders`` are other projects (absolute) that the box
    holds from where they lie: what says how they are built counts too.
    """
    surroundings = session.surroundings
    named = surroundings.variables.get("CAPSA_CONFIG_FILE")
    paths = [os.path.join(project.root, name) for name in (FILE, "capsa.toml", PIN, *TELLING[1:])]
    paths.append(os.path.normpath(os.path.join(surroundings.folder, named)) if named else user_file(surroundings))
    paths += pip_files(surroundings)
    paths += [os.path.join(folder, name) for folder in folders if folder != project.root for name in TELLING]
    return (content_word(project.path, project.content), *(content_word(path) for path in paths))


def box_state(environment: Environment) -> str | None:
    """Return the state of a box as the seal notes it; None where it can't be told."""
    layout = environment.layout
    return state_of(environment.root, layout.site, layout.path(layout.scripts))


def note_synced(
    session: Session, environment: Environment, words: tuple[str, ...], *, count: int, state: str | None
) -> None:
    """Write into the seal that the request ``words`` (of `sync_words`, then of `input_words`) is met.

    ``count`` is the number of packages that were looked at, ``state`` what `box_state` gave before that. Without words
    or state nothing is written.
    """
    if not words or state is None:
        return
    try:
        write_seal(environment.root, list(words), count, state=state)
    except DiskError as error:
        # The box is as it should be; the next run only takes a closer look than it had to.
        session.report(Event(kind="detail", text=f"no seal was written: {error}"))


def note_locked(session: Session, project: Project, interpreter: Interpreter, *, count: int) -> None:
    """Write into the store that the lock of a project, with ``count`` packages, is up to date for this Python.

    Nothing is noted where that Python was not the box's own or found on PATH: another one could come unseen.
    """
    surroundings = session.surroundings
    try:
        words = lock_words(surroundings, project.root)
        if words[1] == "box" or is_from_path(surroundings, interpreter.base_executable):
            path = os.path.join(project.root, FILE)
            session.store.prepare()
            write_lock_note(session.store.root, path, [*words, *input_words(session, project)], count)
    except (OSError, DiskError, CacheError) as error:
        # The lock is as it should be; the next run only takes a closer look than it had to.
        session.report(Event(kind="detail", text=f"the lock was not noted: {error}"))
