"""``verify``: every file of a box compared with what was installed, and the boxes named that share a damaged one.

Changes no package. Marks the boxes that are damaged, and takes a file out of the store that is damaged there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from capsa.environment.look import Subject
from capsa.environment.mark import forget, marked
from capsa.errors import DiskError
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.finding import Finding, VerifyOutcome
from capsa.ops.change import turn
from capsa.ops.inspection import chosen_subjects, inspect
from capsa.ops.inventory import Inventory
from capsa.ops.renewal import take_out_spoiled
from capsa.ops.session import Session
from capsa.ops.sharing import find_sharing, mark_here, mark_others
from capsa.ops.supply import Supply


def verify(
    supply: Supply, environment: Environment, names: tuple[str, ...] = (), *, is_full: bool = False
) -> VerifyOutcome:
    """Return what is not as it was put in, of the packages with these normalized names or of all.

    ``is_full`` reads every file too; so are those of packages that are marked as damaged. Raises Failure that names the
    packages which are not there.
    """
    session = supply.session
    with _turn_if_writable(session, environment) as is_writable:
        inventory = Inventory(supply.archives, environment)
        subjects = chosen_subjects(inventory, names)
        noted = marked(environment.root)
        hashed = frozenset(subject.name for subject in subjects) if is_full else noted
        shared = find_sharing(session, environment, subjects, inspect(inventory, subjects, hashed))
        damaged = frozenset(finding.package for finding in shared.findings if finding.is_damage and finding.package)
        withdrawn = withdraw(supply, subjects, shared.findings)
        if is_writable:
            mark_here(session, environment.root, damaged)
            forget_sound(session, inventory, (noted if not names else noted.intersection(names)) - damaged)
    mark_others(session, shared.names)
    return VerifyOutcome(
        environment=environment.root,
        findings=shared.findings,
        package_count=len(subjects),
        file_count=_count(inventory, subjects),
        is_full=is_full,
        withdrawn=withdrawn,
    )


def withdraw(supply: Supply, subjects: tuple[Subject, ...], findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Take out of the store what is damaged there in the same way, so that no other box gets it; return the paths.

    Whoever needs such a file next has it anew. Only what shows neither in size nor in time nor in mode: the rest is
    seen whenever it is linked.
    """
    gone = []
    hidden = {(finding.package, finding.path) for finding in findings if finding.is_damage}
    for subject in subjects:
        if subject.expected is None or subject.manifest is None:
            continue
        facts = {row[0]: row for row in (*subject.manifest.files, subject.manifest.record)}
        for source, target, *_ in subject.expected.links:
            if (subject.name, target) in hidden:
                path = f"{subject.expected.source}/{source}"
                if take_out_spoiled(supply.session, path, facts[source]):
                    gone.append(path)
    return tuple(gone)


def forget_sound(session: Session, inventory: Inventory, names: frozenset[str]) -> None:
    """Take the mark from packages that are sound by now, or not in the box any more. The caller holds its turn."""
    if not names:
        return
    try:
        forget(inventory.environment.root, names)
    except DiskError as error:
        session.report(Event(kind="detail", text=f"the mark of damage stays: {error}"))


@contextmanager
def _turn_if_writable(session: Session, environment: Environment) -> Iterator[bool]:
    """Hold the box's turn, so that nobody changes it meanwhile; one that may not be written is looked at without."""
    with ExitStack() as stack:
        try:
            stack.enter_context(turn(session, environment))
        except DiskError as error:
            session.report(Event(kind="detail", text=f"{environment.root} is not marked, whatever is found: {error}"))
            yield False
            return
        yield True


def _count(inventory: Inventory, subjects: tuple[Subject, ...]) -> int:
    names = {subject.name for subject in subjects}
    return sum(not names.isdisjoint(owners) for owners in inventory.owned.values())
