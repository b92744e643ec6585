"""``diff``: what differs between two boxes, locks or states of a box, by names and versions. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from capsa.commit.history import HistoryError, read_history
from capsa.environment.open import is_environment
from capsa.environment.site import scan
from capsa.errors import RequirementError
from capsa.model.environment import Environment
from capsa.model.outcome import ChangeRow, DiffOutcome
from capsa.ops.change import read_receipt
from capsa.ops.lock import frozen_lock
from capsa.ops.session import Session
from capsa.value import value

Versions = dict[str, str]


@value
class Point:
    """One side: a state of the box that is meant, by its number, or a box or a lock at an absolute path.

    Without either it is the box that is meant, as it is now.
    """

    number: int = 0
    path: str = ""


def diff(session: Session, meant: Callable[[], Environment], before: Point, after: Point) -> DiffOutcome:
    """Return what leads from one to the other; ``meant`` opens the box that is meant, where one is needed.

    Raises HistoryError for a state that there is not, RequirementError for a path that is neither a box nor a lock.
    """
    sides = [_side(session, meant, point) for point in (before, after)]
    (first, old), (second, new) = sides
    return DiffOutcome(before=first, after=second, changes=_rows(old, new))


def _side(session: Session, meant: Callable[[], Environment], point: Point) -> tuple[str, Versions]:
    if point.number:
        environment = meant()
        return f"{environment.root}@{point.number}", _recorded(environment, point.number)
    if not point.path:
        environment = meant()
        return environment.root, _installed(environment)
    if is_environment(point.path):
        return point.path, _installed(session.environment(point.path))
    if os.path.isfile(point.path):
        return point.path, _locked(point.path)
    raise RequirementError(
        f"{point.path} is neither a box nor a lock",
        hints=("name the folder of a box, a pylock.toml, or a state like `@3`",),
    )


def _recorded(environment: Environment, number: int) -> Versions:
    state = read_history(environment.root, read_receipt(environment).state).state(number)
    if state is None:
        raise HistoryError(
            f"{environment.root} has no state @{number}", hints=("see which there are: `capsa history`",)
        )
    return {package.name: package.version for package in state.packages}


def _installed(environment: Environment) -> Versions:
    return {distribution.name: distribution.version for distribution in scan(environment).installed}


def _locked(path: str) -> Versions:
    """Return the versions of a lock: several, where it has one for each platform."""
    found: dict[str, set[str]] = {}
    for package in frozen_lock(path).packages:
        found.setdefault(package.name, set()).add(package.version or "")
    return {name: ", ".join(sorted(versions)) for name, versions in found.items()}


def _rows(old: Versions, new: Versions) -> tuple[ChangeRow, ...]:
    return tuple(_differing(old, new))


def _differing(old: Versions, new: Versions) -> Iterable[ChangeRow]:
    for name in sorted({*old, *new}):
        if name not in old:
            yield ChangeRow(action="install", name=name, to_version=new[name])
        elif name not in new:
            yield ChangeRow(action="remove", name=name, from_version=old[name])
        elif old[name] != new[name]:
            yield ChangeRow(action="replace", name=name, from_version=old[name], to_version=new[name])
