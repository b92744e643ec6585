"""The journal of a change: every move and how far the change has come, as text, flushed before the first move.

One JSON value a line. The body is written in one step; a state is one more line at its end, and the last one counts:

    {"capsa": "journal", "version": 1}
    ["exchange", "lib/python3.12/site-packages/six.py", ".capsa/new/0/lib/python3.12/site-packages/six.py", 1315421]
    "staged"          everything lies ready in .capsa/new, the box is as it was
    "swapping"        moves are under way
    "sealed"          all moves are done, .capsa/new and .capsa/old may go
"""

from __future__ import annotations

import errno
import json
from typing import Literal

from capsa.commit.moves import Move
from capsa.commit.skeleton import is_inside
from capsa.disk import atomic
from capsa.disk.refusal import RefusedError, refusing
from capsa.errors import EnvironmentDamagedError
from capsa.model.layout import CAPSA, JOURNAL, NEW
from capsa.value import value

VERSION = 1
State = Literal["staged", "swapping", "sealed"]
_STATES: tuple[State, ...] = ("staged", "swapping", "sealed")
_KINDS = ("folder", "place", "exchange", "remove")
_PARTS = 4


@value
class Journal:
    """How far a change has come, and its moves in their order."""

    state: State
    moves: tuple[Move, ...]


def format_journal(moves: tuple[Move, ...]) -> str:
    """Return the text of a journal whose change is staged."""
    rows = [json.dumps([move.kind, move.path, move.staged, move.identity]) for move in moves]
    return "\n".join([json.dumps({"capsa": "journal", "version": VERSION}), *rows, format_state("staged")])


def format_state(state: State) -> str:
    """Return the line that is added when the change comes to a state."""
    return f"{json.dumps(state)}\n"


def parse_journal(text: str, place: str) -> Journal:
    """Return the journal in a text; raises EnvironmentDamagedError that names ``place`` and the line if it is none.

    A last line that was cut off while a state was being added does not count: the state before it does.
    """
    head, *rows = text.split("\n")
    _check_version(head, place)
    moves: list[Move] = []
    state: State | None = None
    for number, row in enumerate(rows, start=2):
        if state is not None:
            state = next((known for known in _STATES if format_state(known) == f"{row}\n"), state)
        elif f"{row}\n" == format_state("staged"):
            state = "staged"
        else:
            moves.append(_parse_move(row, f"line {number} of {place}", place))
    if state is None:
        raise _damage(f"{place} ends too early", place)
    return Journal(state=state, moves=tuple(moves))


def read_journal(root: str) -> Journal | None:
    """Return the journal of the box at ``root``, None where there is none; EnvironmentDamagedError as above."""
    place = f"{root}/{JOURNAL}"
    try:
        with refusing("read", place):
            return parse_journal(_read(place), place)
    except RefusedError as error:
        if error.errno == errno.ENOENT:
            return None
        raise
    except UnicodeDecodeError as error:
        raise _damage(f"{place} is not text", place) from error


def write_journal(root: str, moves: tuple[Move, ...]) -> None:
    """Put the journal of a staged change in its place, whole and flushed; until it is, it lies in ``.capsa/new``."""
    draft = f"{root}/{NEW}/journal"
    atomic.append(draft, format_journal(moves).encode(), is_durable=True)
    atomic.rename(draft, f"{root}/{JOURNAL}")
    atomic.sync_folder(f"{root}/{CAPSA}")


def add_state(root: str, state: State) -> None:
    """Add a state to the journal and flush it. What an earlier attempt may have cut off stands on its own line."""
    atomic.append(f"{root}/{JOURNAL}", f"\n{format_state(state)}".encode(), is_durable=True)


def remove_journal(root: str) -> None:
    """Take the journal away, flushed: from then on there is nothing to recover."""
    atomic.remove_file(f"{root}/{JOURNAL}")
    atomic.sync_folder(f"{root}/{CAPSA}")


def _read(place: str) -> str:
    with open(place, encoding="utf-8", newline="") as stream:
        return stream.read()


def _parse_move(row: str, line: str, place: str) -> Move:
    try:
        parts = json.loads(row)
    except ValueError as error:
        raise _damage(f"{line} can't be read", place) from error
    if not isinstance(parts, list) or len(parts) != _PARTS or parts[0] not in _KINDS or not isinstance(parts[3], int):
        raise _damage(f"{line} is not a move", place)
    kind, path, staged, identity = parts
    # The text is a file of the box, and a box may come from somebody else: no move may lead out of it.
    if not isinstance(path, str) or not is_inside(path) or (kind != "folder" and not _is_staging(staged)):
        raise _damage(f"{line} leads out of the box", place)
    try:
        f"{path}{staged}".encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise _damage(f"{line} names a path that can't be", place) from error
    return Move(kind=kind, path=path, staged=staged, identity=identity)


def _is_staging(staged: object) -> bool:
    return isinstance(staged, str) and is_inside(staged) and staged.startswith(f"{CAPSA}/")


def _check_version(head: str, place: str) -> None:
    try:
        version = json.loads(head)["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise _damage(f"{place} can't be read", place) from error
    if version != VERSION:
        raise _damage(f"{place} was written by another version of capsa", place)


def _damage(message: str, place: str) -> EnvironmentDamagedError:
    root = place.removesuffix(f"/{JOURNAL}")
    return EnvironmentDamagedError(
        f"{message}, so an interrupted change of this box can't be taken back",
        hints=(f"make the box again: `capsa create --clear {root}`",),
    )
