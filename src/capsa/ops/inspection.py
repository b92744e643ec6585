"""Everything that is worth a word about the files of a box: what `verify` tells and `repair` starts from.

Changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial

from capsa.environment.look import Claim, Subject, by_hash, claims, holds
from capsa.environment.survey import collisions, dead_launchers, extras
from capsa.errors import Failure
from capsa.index.worker import Task, Workers
from capsa.model.environment import Environment
from capsa.model.finding import Finding
from capsa.ops.inventory import Inventory

_CHUNK = 200  # files that one thread looks at before it takes the next ones
_MOST_THREADS = 8


def chosen_subjects(inventory: Inventory, names: tuple[str, ...]) -> tuple[Subject, ...]:
    """Return the packages with these normalized names, all without any; Failure names those that are not there."""
    subjects = inventory.subjects
    if not names:
        return subjects
    present = {subject.name for subject in subjects}
    if missing := [name for name in dict.fromkeys(names) if name not in present]:
        named = ", ".join(f"`{name}`" for name in missing)
        raise Failure(
            f"{named} {'is' if len(missing) == 1 else 'are'} not installed in {inventory.environment.root}",
            hints=("see what is there: `capsa list`",),
        )
    return tuple(subject for subject in subjects if subject.name in names)


def inspect(inventory: Inventory, subjects: tuple[Subject, ...], hashed: Iterable[str]) -> tuple[Finding, ...]:
    """Return what is found of these packages, by package and path; those ``hashed``, by name, are read as well."""
    environment, owned = inventory.environment, inventory.owned
    dead = {finding.path: finding for finding in dead_launchers(environment, owned)}
    linked = {link[1] for subject in subjects if subject.expected is not None for link in subject.expected.links}
    found: dict[str, Finding] = {}
    for subject in subjects:
        found.update({finding.path: finding for finding in inventory.findings(subject)})
    read = frozenset(hashed)
    for subject, claim in _unlike(environment, tuple(one for one in subjects if one.name in read), found):
        if not _is_of_another(inventory, subject, claim):
            found[claim.path] = by_hash(subject, claim.path)
    # A launcher whose interpreter is gone was made for another place: that says more than that it reads otherwise. A
    # script that came so and is as it came is as its author wants it.
    found.update((path, finding) for path, finding in dead.items() if path not in linked or path in found)
    others = [*extras(environment, owned), *collisions(owned)]
    whole = [*found.values(), *others]
    if len(subjects) < len(inventory.subjects):
        names = {subject.name for subject in subjects}
        whole = [finding for finding in whole if names & {finding.package, *owned.get(finding.path, ())}]
    return tuple(sorted(whole, key=lambda finding: (finding.package, finding.path, finding.kind)))


def _unlike(environment: Environment, subjects: Iterable[Subject], known: Iterable[str]) -> list[tuple[Subject, Claim]]:
    """Return the files whose content is another, as far as it is not known already that they are damaged."""
    told = set(known)
    waiting = [
        (subject, claim) for subject in subjects for claim in claims(environment, subject) if claim.path not in told
    ]
    chunks = [waiting[start : start + _CHUNK] for start in range(0, len(waiting), _CHUNK)]
    tasks = [Task(partial(_failing, environment, chunk)) for chunk in chunks]
    with Workers(min(_MOST_THREADS, os.cpu_count() or 1) - 1) as workers:
        for task in tasks[1:]:
            workers.submit(task)
        return [row for task in tasks for row in task.result()]


def _failing(environment: Environment, waiting: list[tuple[Subject, Claim]]) -> list[tuple[Subject, Claim]]:
    return [(subject, claim) for subject, claim in waiting if not holds(environment, claim)]


def _is_of_another(inventory: Inventory, subject: Subject, claim: Claim) -> bool:
    """Whether a file has just the content that another package, which lists it too, has for it."""
    names = {name for name in inventory.owned.get(claim.path, ()) if name != subject.name}
    others = [other for other in inventory.subjects if other.name in names]
    theirs = (said for other in others for said in claims(inventory.environment, other) if said.path == claim.path)
    return any(holds(inventory.environment, said) for said in theirs)
