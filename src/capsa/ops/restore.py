"""Files of a project that are written together: all of them, or none; and what became of them, for the history."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from capsa.disk.atomic import remove_file, set_mode, write_atomic
from capsa.disk.refusal import refusing
from capsa.model.history import FileChange

Contents = Mapping[str, bytes | None]
"""What is in files, by absolute path: None where there is no file."""


@contextmanager
def restoring(*paths: str) -> Iterator[Contents]:
    """Make files what they were, or not there, when the block fails or is interrupted; it is given what they were."""
    before = {path: read_content(path) for path in paths}
    try:
        yield before
    except BaseException:
        for path, content in before.items():
            if read_content(path) != content:
                put_content(path, content)
        raise


def file_changes(before: Contents) -> tuple[FileChange, ...]:
    """Return what became of files that were so before."""
    after = {path: read_content(path) for path in before}
    return tuple(
        FileChange(path=path, before=content, after=after[path])
        for path, content in sorted(before.items())
        if after[path] != content
    )


def replace_file(path: str, content: bytes) -> None:
    """Put new content into a file that keeps its permissions; where the path is a link, into what it leads to."""
    place = os.path.realpath(path)
    with refusing("read", place):
        mode = os.stat(place).st_mode & 0o7777
    write_atomic(place, content, mode=mode)
    set_mode(place, mode)


def read_content(path: str) -> bytes | None:
    """Return the bytes of a file, None where there is none."""
    with refusing("read", path):
        try:
            with open(path, "rb") as stream:
                return stream.read()
        except FileNotFoundError:
            return None


def put_content(path: str, content: bytes | None) -> None:
    """Give a file this content, whether or not it is there; None takes it away."""
    if content is None:
        remove_file(path)
    elif os.path.exists(path):
        replace_file(path, content)
    else:
        write_atomic(path, content)
