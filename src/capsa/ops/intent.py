"""What a verb is about to do to a project's files, noted in the box first: a kill in between leaves a trace.

    BOX/.capsa/history/pending    like a state: the command, and each file before and after

When the same command is given again, it finds files that are written already; by the note its state says all the same
what it did to them. Any other change of the box drops the note.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from capsa.disk.atomic import make_folders, remove_file, write_atomic
from capsa.environment.open import is_environment
from capsa.errors import DiskError, EnvironmentDamagedError
from capsa.model.event import Event
from capsa.model.history import FileChange, State, format_state, parse_state
from capsa.model.layout import HISTORY
from capsa.ops.restore import read_content
from capsa.ops.session import Session
from capsa.value import replace

PENDING = f"{HISTORY}/pending"


@contextmanager
def announced(session: Session, root: str, files: tuple[FileChange, ...]) -> Iterator[None]:
    """Note what will become of files while the block does it; where there is no box, nothing."""
    if not files or not is_environment(root):
        yield
        return
    place = f"{root}/{PENDING}"
    note = State(number=0, when=session.now(), why=session.command, files=files)
    try:
        make_folders(os.path.dirname(place))
        write_atomic(place, format_state(note).encode("utf-8"))
    except DiskError as error:
        session.report(Event(kind="detail", text=f"a kill would leave no trace: {error}"))
    try:
        yield
    finally:
        remove_file(place)


def with_announced(session: Session, root: str, files: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    """Return what a verb did to files, and what the same command had done to them before it was killed."""
    found = {change.path: change for change in files}
    for earlier in _pending(session, root):
        later = found.get(earlier.path)
        if later is not None and later.before == earlier.after:
            found[earlier.path] = replace(later, before=earlier.before)
        elif later is None and read_content(earlier.path) == earlier.after:
            found[earlier.path] = earlier
    return tuple(found[path] for path in sorted(found))


def _pending(session: Session, root: str) -> tuple[FileChange, ...]:
    place = f"{root}/{PENDING}"
    content = read_content(place)
    if content is None or not session.command:
        return ()
    try:
        note = parse_state(content.decode("utf-8"), place)
    except (UnicodeDecodeError, EnvironmentDamagedError):
        return ()  # it only ever adds to what is known
    return note.files if note.why == session.command else ()
