"""Let the history of a box know of files of its project that were changed where the box itself was not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from capsa.environment.open import is_environment
from capsa.errors import DiskError
from capsa.model.event import Event
from capsa.model.history import FileChange
from capsa.model.plan import unchanged
from capsa.ops.change import apply_plan, turn
from capsa.ops.restore import file_changes, read_content
from capsa.ops.session import Session


def note_files(session: Session, root: str, files: tuple[FileChange, ...]) -> None:
    """Record what became of files as a state of the box at the absolute ``root``; where there is no box, nothing."""
    if not files or not is_environment(root):
        return
    try:
        environment = session.environment(root)
        with turn(session, environment):
            apply_plan(session, environment, unchanged(()), files=files)
    except DiskError as error:
        session.report(Event(kind="warning", text=f"`capsa undo` will not put these files back: {error}"))


@contextmanager
def noting_files(session: Session, root: str, *paths: str) -> Iterator[None]:
    """Record what the block does to files at these absolute paths, as `note_files` does."""
    before = {path: read_content(path) for path in paths}
    yield
    note_files(session, root, file_changes(before))
