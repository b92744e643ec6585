"""What of a lock one environment needs: the installation steps of PEP 751, from markers to one file a package. PURE.

Solves nothing and looks at no disk: a path in the lock is taken as it stands. Everything in the way is raised at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

from capsa.errors import LockError
from capsa.model.build import BuildRules
from capsa.model.lock import FILE, Lock, LockedPackage
from capsa.model.selection import Selection
from capsa.model.solution import Chosen, Solution
from capsa.model.target import Target
from capsa.resolution.candidate import Judge
from capsa.resolution.locked import Picker

_Facts = Mapping[str, str | frozenset[str]]


def select(
    lock: Lock,
    target: Target,
    selection: Selection,
    *,
    folder: str,
    builds: BuildRules | None = None,
    name: str = FILE,
) -> Solution:
    """Return the files that an environment takes out of a lock whose absolute folder is ``folder``.

    The groups of ``selection`` are all that are wanted: who wants the lock's ``default_groups`` names them, but for
    those among them that have no public name, which always apply. ``name`` is how messages call the lock.
    Raises one LockError that tells of everything in the way. A package whose version only its source tells has "".
    """
    judge = Judge(target)
    _raise(_unfit(lock, judge, selection, name), name)
    synthetic = set(lock.default_groups) - set(lock.dependency_groups)
    facts: _Facts = {**target.markers, "extras": selection.extras, "dependency_groups": selection.groups | synthetic}
    problems: list[str] = []
    wanted = [*_wanted(lock, facts, problems)]
    problems += _doubled(wanted)
    names = {package.name for _, package in wanted}
    picker = Picker(judge, builds or BuildRules(), folder)
    packages: list[Chosen] = []
    for _, package in wanted:
        try:
            packages.append(picker.pick(package, names))
        except LockError as error:
            problems.append(error.message)
    _raise(problems, name)
    return Solution(packages=tuple(sorted(packages, key=lambda chosen: chosen.name)))


def _raise(problems: Iterable[str], name: str) -> None:
    found = tuple(dict.fromkeys(problems))
    if found:
        raise LockError(found[0] if len(found) == 1 else f"{name} can't be used here: {'; '.join(found)}")


def _unfit(lock: Lock, judge: Judge, selection: Selection, name: str) -> Iterator[str]:
    """Yield what is wrong before any package is looked at."""
    target = judge.target
    yield from _absent("extra", selection.extras, lock.extras, name)
    yield from _absent("group", selection.groups, (*lock.dependency_groups, *lock.default_groups), name)
    if not judge.fits_python(lock.requires_python):
        yield f"{name} is for Python {lock.requires_python}; this box is {target.title}"
    elif lock.environments and not any(_holds(text, target.markers, "requirement") for text in lock.environments):
        listed = " or ".join(f"`{text}`" for text in lock.environments)
        yield f"{name} is for {listed}; this box is {target.title}"


def _absent(kind: str, wanted: frozenset[str], offered: tuple[str, ...], name: str) -> Iterator[str]:
    has = ", ".join(sorted(set(offered))) or "none"
    for absent in sorted(wanted - set(offered)):
        yield f"there is no {kind} `{absent}` in {name}; it has: {has}"


def _wanted(lock: Lock, facts: _Facts, problems: list[str]) -> Iterator[tuple[int, LockedPackage]]:
    """Yield the entries whose marker holds, each with its place in the lock."""
    known: dict[str, bool] = {}
    for number, package in enumerate(lock.packages):
        text = package.marker
        try:
            if text is None or (known[text] if text in known else known.setdefault(text, _holds(text, facts))):
                yield number, package
        except LockError as error:
            problems.append(f"packages[{number}], {package.name}: {error}")


def _holds(text: str, facts: _Facts, context: Literal["lock_file", "requirement"] = "lock_file") -> bool:
    try:
        return Marker(text).evaluate(facts, context=context)
    except (UndefinedComparison, UndefinedEnvironmentName) as error:
        raise LockError(f"the marker `{text}` has no meaning in a lock: {str(error).splitlines()[0]}") from error


def _doubled(wanted: list[tuple[int, LockedPackage]]) -> Iterator[str]:
    """Yield a sentence for every name of which more than one entry applies."""
    places: dict[str, list[str]] = {}
    for number, package in wanted:
        places.setdefault(package.name, []).append(f"packages[{number}] ({package.version or 'no version'})")
    for name, found in places.items():
        if len(found) > 1:
            yield f"more than one entry for {name} applies here: {' and '.join(found)}"
