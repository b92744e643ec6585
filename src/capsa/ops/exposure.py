"""Whether others could put a box of their own in the place of one that a shell is to step into by itself.

What is asked of each folder on the way to the project, its box and its programs: it belongs to the user or to root, and
nobody else may write there. The hooks of the shells ask the same of what they step into. POSIX permissions only.
"""

from __future__ import annotations

import os
import stat

from capsa.errors import Failure
from capsa.shell.quote import quote_sh
from capsa.value import value

_ROOT = 0


class ExposedError(Failure):
    """A project whose box can't be trusted, as others could change what is found there; ``path`` is the culprit."""

    kind = "trust"

    def __init__(self, message: str, *, path: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.path = path


@value
class Folder:
    """What the disk says of one folder; ``is_above``: it only leads to what is trusted."""

    path: str
    owner: int
    group: int
    mode: int
    is_above: bool = False


@value
class User:
    """By their numbers: the user and the group that the user's own files get."""

    number: int
    group: int


def refuse_exposed(folders: list[Folder], user: User) -> None:
    """Raise ExposedError for the first folder that others could change."""
    for folder in folders:
        shown = stat.filemode(folder.mode)
        owners = {user.number, _ROOT} if folder.is_above else {user.number}
        if folder.owner not in owners:
            raise ExposedError(
                f"{folder.path} belongs to {_name_of(folder.owner)}, not to you: what is in it can't be trusted",
                path=folder.path,
            )
        if folder.is_above and folder.mode & stat.S_ISVTX:
            continue
        if folder.mode & stat.S_IWOTH:
            raise _writable(folder, f"everybody may write to {folder.path} ({shown})", "o-w")
        if folder.mode & stat.S_IWGRP and folder.group != user.group:
            raise _writable(folder, f"the group {folder.group} may write to {folder.path} ({shown})", "g-w")


def look_at(project: str, box: str, scripts: str) -> list[Folder]:
    """Return the folders that count for a project: real paths, from the root of the disk down, each once.

    ``box`` and ``scripts`` may lie elsewhere, by symbolic links; then the way there counts too.
    """
    own = [os.path.realpath(path) for path in (project, box, scripts)]
    found: dict[str, Folder] = {}
    for path in own:
        for step in steps_to(path):
            if step not in found:
                status = os.stat(step)
                found[step] = Folder(
                    path=step,
                    owner=status.st_uid,
                    group=status.st_gid,
                    mode=status.st_mode,
                    is_above=step not in own,
                )
    return list(found.values())


def _writable(folder: Folder, sentence: str, change: str) -> ExposedError:
    hint = f"take that away, if the folder is yours alone: `chmod {change} {quote_sh(folder.path)}`"
    return ExposedError(f"{sentence}: what is in it can't be trusted", path=folder.path, hints=(hint,))


def steps_to(path: str) -> list[str]:
    """Return an absolute path and all folders above it, the highest first."""
    steps = [path]
    while (above := os.path.dirname(path)) != path:
        steps.insert(0, above)
        path = above
    return steps


def _name_of(number: int) -> str:
    import pwd  # noqa: PLC0415 - not on Windows, and for a failure only

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
