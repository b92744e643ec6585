"""The history of a box on disk: read here, and written as papers of the commit that it tells of.

    BOX/.capsa/history/<number>                one state: see `capsa.model.history`
    BOX/.capsa/history/kept/<key>/manifest     JSON: path, size, mtime_ns and mode of each file
    BOX/.capsa/history/kept/<key>/tree/<path>  files that no store has, as they lay below BOX

Changes nothing itself. The receipt tells which state is the current one.
"""

from __future__ import annotations

import os

from capsa.disk.refusal import refusing
from capsa.errors import EnvironmentDamagedError, Failure
from capsa.model.history import History, State, format_state, parse_state
from capsa.model.layout import HISTORY

KEPT = f"{HISTORY}/kept"


class HistoryError(Failure):
    """A state that there is not, or that can't be gone to."""

    kind = "history"


def read_history(root: str, current: int) -> History:
    """Return the states of the box at ``root``, of which ``current`` is the one that its receipt names.

    Empty where the receipt names none. Raises EnvironmentDamagedError when the current one can't be read, DiskError for
    what the disk refuses.
    """
    history = read_present(root, current)
    states, damage = list(history.states), ""
    for numbers in (
        sorted((number for number in history.unread if number < current), reverse=True),
        [number for number in history.unread if number > current],
    ):
        for number in numbers:
            try:
                states.append(_read_state(root, number))
            except EnvironmentDamagedError as error:
                damage = error.message
                break
    return History(states=tuple(sorted(states, key=lambda state: state.number)), current=current, damage=damage)


def read_present(root: str, current: int) -> History:
    """Return the same with the current state alone: a box may have twenty of a hundred packages each."""
    if not current:
        return History()
    numbers = state_numbers(root)
    if current not in numbers:
        raise EnvironmentDamagedError(f"{root}/{HISTORY} has no state {current}, which the receipt of the box names")
    unread = tuple(number for number in numbers if number != current)
    return History(states=(_read_state(root, current),), current=current, unread=unread)


def state_numbers(root: str) -> tuple[int, ...]:
    """Return the numbers of the states that are there, the oldest first."""
    folder = f"{root}/{HISTORY}"
    with refusing("read", folder):
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return ()
    return tuple(sorted(int(name) for name in names if name.isdecimal() and name == str(int(name))))


def history_papers(root: str, before: History, after: History) -> dict[str, bytes | None]:
    """Return what makes of the states on disk, those of ``before``, those of ``after``; others that lie there go."""
    known = {state.number: state for state in before.states}
    papers: dict[str, bytes | None] = {
        f"{HISTORY}/{state.number}": format_state(state).encode("utf-8")
        for state in after.states
        if known.get(state.number) != state
    }
    left = {*(state.number for state in after.states), *after.unread}
    return papers | {f"{HISTORY}/{number}": None for number in state_numbers(root) if number not in left}


def _read_state(root: str, number: int) -> State:
    place = f"{root}/{HISTORY}/{number}"
    with refusing("read", place):
        try:
            with open(place, encoding="utf-8") as stream:
                text = stream.read()
        except UnicodeDecodeError as error:
            raise EnvironmentDamagedError(f"{place} is damaged: it is not text") from error
    state = parse_state(text, place)
    if state.number != number:
        raise EnvironmentDamagedError(f"{place} is damaged: it says to be the state {state.number}")
    return state
