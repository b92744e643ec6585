"""``repair``: the missing and the damaged files of a box put in anew, and nothing else touched.

Each of them comes from the store, checked by its hash, and takes the place of the old one: nothing is written through a
link that other boxes share. What of the store is damaged too is had anew first. The receipt stays as it is.
"""

from __future__ import annotations

import os
import posixpath
import time
from collections.abc import Iterable

from capsa.environment.look import Subject
from capsa.environment.mark import marked, papers_after
from capsa.errors import Failure
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.finding import Finding, RepairOutcome
from capsa.model.installation import Delivery, Departure, Installation
from capsa.ops.change import deliver, turn
from capsa.ops.inspection import chosen_subjects, inspect
from capsa.ops.inventory import Inventory
from capsa.ops.renewal import is_good, reinstalling, renew_archive, take_out_spoiled
from capsa.ops.sharing import find_sharing, mark_here, mark_others
from capsa.ops.supply import Supply
from capsa.ops.verify import forget_sound
from capsa.value import replace, value


@value
class _Remedy:
    """What mends one package: ``installation`` is None where nothing does; ``left`` is what stays, and why."""

    installation: Installation | None
    left: tuple[Finding, ...]
    hints: tuple[str, ...] = ()


def repair(
    supply: Supply,
    environment: Environment,
    names: tuple[str, ...] = (),
    *,
    is_full: bool = False,
    is_dry_run: bool = False,
) -> RepairOutcome:
    """Mend the packages with these normalized names, or all; return what was mended and what could not be.

    ``is_full`` reads every file; so are those of packages that are marked as damaged. Raises Failure that names the
    packages which are not there; what the commit raises, and then the box is as it was.
    """
    if is_dry_run:
        return _foretold(supply, environment, names, is_full=is_full)
    with turn(supply.session, environment), supply.session.sharing_store():
        outcome, others = mend(supply, environment, names, is_full=is_full)
    mark_others(supply.session, others)
    return outcome


def mend(
    supply: Supply, environment: Environment, names: tuple[str, ...], *, is_full: bool
) -> tuple[RepairOutcome, dict[str, frozenset[str]]]:
    """Do it as the holder of the box's turn; return also which packages of which other boxes are to be marked."""
    started, session = time.monotonic(), supply.session
    inventory = Inventory(supply.archives, environment)
    subjects = chosen_subjects(inventory, names)
    noted = marked(environment.root)
    hashed = frozenset(subject.name for subject in subjects) if is_full else noted
    shared = find_sharing(session, environment, subjects, inspect(inventory, subjects, hashed))
    damage = _by_package(shared.findings)
    remedies = [
        _Mending(supply, environment, hashed).remedy(subject, damage[subject.name])
        for subject in subjects
        if subject.name in damage
    ]
    left = tuple(finding for remedy in remedies for finding in remedy.left)
    ill = frozenset(finding.package for finding in left)
    mended = frozenset(damage) - ill
    installations = tuple(remedy.installation for remedy in remedies if remedy.installation is not None)
    if installations:
        _commit(supply, environment, installations, mended)
    forget_sound(session, inventory, (noted if not names else noted.intersection(names)) - frozenset(damage))
    mark_here(session, environment.root, ill)
    outcome = _outcome(environment, shared.findings, left)
    hints = tuple(dict.fromkeys(hint for remedy in remedies for hint in remedy.hints))
    return replace(outcome, hints=hints, package_count=len(subjects), seconds=time.monotonic() - started), shared.names


def _foretold(supply: Supply, environment: Environment, names: tuple[str, ...], *, is_full: bool) -> RepairOutcome:
    """Return what would be mended, without asking anybody whether the store's own damage could be."""
    inventory = Inventory(supply.archives, environment)
    subjects = chosen_subjects(inventory, names)
    hashed = frozenset(subject.name for subject in subjects) if is_full else marked(environment.root)
    findings = inspect(inventory, subjects, hashed)
    shared = find_sharing(supply.session, environment, subjects, findings)
    damage = _by_package(shared.findings)
    strangers = [subject for subject in subjects if subject.entry is None and subject.name in damage]
    left = tuple(finding for subject in strangers for finding in _of_another(subject, damage[subject.name]).left)
    outcome = _outcome(environment, shared.findings, left)
    return replace(outcome, package_count=len(subjects), is_dry_run=True)


class _Mending:
    """Works out what mends a package; ``hashed`` names those whose files are read."""

    def __init__(self, supply: Supply, environment: Environment, hashed: Iterable[str]) -> None:
        self._supply = supply
        self._environment = environment
        self._hashed = frozenset(hashed)

    def remedy(self, subject: Subject, damage: tuple[Finding, ...]) -> _Remedy:
        """Return what mends the damage of a package, after seeing to it that the store has it."""
        if subject.entry is None:
            return _of_another(subject, damage)
        failure: Failure | None = None
        if subject.expected is None:
            subject, damage, failure = self._known(subject, damage)
            if failure is not None or subject.expected is None:
                return _left(damage, failure)
        blocked = tuple(finding for finding in damage if self._is_blocked(finding.path))
        wanted = {finding.path for finding in damage} - {finding.path for finding in blocked}
        lacking = self._lacking(subject, wanted)
        if lacking:
            failure = self._renew(subject)
            lacking = self._lacking(subject, wanted) if failure is None else lacking
        unhad = tuple(finding for finding in damage if finding.path in lacking)
        told = _left(unhad, failure)
        blocked = tuple(_because(finding, "something else lies in its place, or above it") for finding in blocked)
        left = (*told.left, *blocked)
        return _Remedy(installation=_part(subject, wanted - lacking), left=left, hints=told.hints)

    def _known(
        self, subject: Subject, damage: tuple[Finding, ...]
    ) -> tuple[Subject, tuple[Finding, ...], Failure | None]:
        """Return a package of ours, of which the store knows nothing, as it is seen when the store has it again."""
        failure = self._renew(subject)
        if failure is not None:
            return subject, damage, failure
        inventory = Inventory(self._supply.archives, self._environment)
        (found,) = chosen_subjects(inventory, (subject.name,))
        return found, _by_package(inspect(inventory, (found,), self._hashed)).get(found.name, ()), None

    def _lacking(self, subject: Subject, wanted: set[str]) -> set[str]:
        """Return which of the wanted files the store has not as they should be, by content too; such go out of it."""
        expected, manifest = subject.expected, subject.manifest
        if expected is None or manifest is None:
            return set()
        rows = {row[0]: row for row in (*manifest.files, manifest.record)}
        lacking = set()
        for source, target, *_ in expected.links:
            if target in wanted and not is_good(f"{expected.source}/{source}", rows[source]):
                take_out_spoiled(self._supply.session, f"{expected.source}/{source}", rows[source])
                lacking.add(target)
        return lacking

    def _renew(self, subject: Subject) -> Failure | None:
        entry = subject.entry
        if entry is None:
            return None
        try:
            self._supply.session.report(
                Event(kind="detail", text=f"{entry.filename} is had anew: the store has it not, or not as it was")
            )
            renew_archive(self._supply, self._environment.interpreter, entry)
        except Failure as failure:
            return failure
        return None

    def _is_blocked(self, path: str) -> bool:
        """Whether a file can't be put at a path: a folder lies there, or a file or link where a folder should be."""
        place = self._environment.layout.path(path)
        if os.path.isdir(place) and not os.path.islink(place):
            return True
        above = posixpath.dirname(path)
        while above:
            place = self._environment.layout.path(above)
            if os.path.lexists(place):
                return os.path.islink(place) or not os.path.isdir(place)
            above = posixpath.dirname(above)
        return False


def _commit(
    supply: Supply, environment: Environment, installations: tuple[Installation, ...], mended: frozenset[str]
) -> None:
    departures = []
    for package in installations:
        there = tuple(path for path in package.paths if os.path.lexists(environment.layout.path(path)))
        departures.append(Departure(name=package.name, paths=there))
    papers = papers_after(environment.root, mended)
    deliver(
        supply.session,
        environment,
        Delivery(installations=installations, departures=tuple(departures), papers=papers),
    )


def _part(subject: Subject, paths: set[str]) -> Installation | None:
    """Return what puts just these files of a package in."""
    expected = subject.expected
    if expected is None or not paths:
        return None
    return replace(
        expected,
        links=tuple(link for link in expected.links if link[1] in paths),
        written=tuple(file for file in expected.written if file.path in paths),
    )


def _of_another(subject: Subject, damage: tuple[Finding, ...]) -> _Remedy:
    installed = subject.installed
    who = installed.installer if installed is not None else ""
    command = reinstalling(subject.name, installed.direct_url if installed is not None else None)
    reason = f"{who or 'another program'} put it in, so the store has no copy"
    return _Remedy(
        installation=None,
        left=tuple(_because(finding, reason) for finding in damage),
        hints=(f"put {subject.name} in anew: `{command}`",),
    )


def _left(damage: tuple[Finding, ...], failure: Failure | None) -> _Remedy:
    reason = str(failure) if failure is not None else "the store does not have it as it was"
    hints = failure.hints if failure is not None and damage else ()
    return _Remedy(installation=None, left=tuple(_because(finding, reason) for finding in damage), hints=hints)


def _because(finding: Finding, reason: str) -> Finding:
    return replace(finding, text=f"{finding.text}; it can't be mended: {reason}")


def _by_package(findings: tuple[Finding, ...]) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in findings:
        if finding.is_damage and finding.package:
            found[finding.package] = (*found.get(finding.package, ()), finding)
    return found


def _outcome(environment: Environment, findings: tuple[Finding, ...], left: tuple[Finding, ...]) -> RepairOutcome:
    """Return what becomes of the findings; scripts that are nobody's, and all that is no damage, stay as they are."""
    unmended = {(finding.package, finding.path) for finding in left}
    mended = tuple(
        finding
        for finding in findings
        if finding.is_damage and finding.package and (finding.package, finding.path) not in unmended
    )
    stays = [finding for finding in findings if finding.kind == "extra" or (finding.is_damage and not finding.package)]
    boxes = sorted({root for finding in findings for root in finding.shared_with})
    return RepairOutcome(
        environment=environment.root,
        mended=mended,
        left=tuple(sorted([*left, *stays], key=lambda finding: (finding.package, finding.path))),
        boxes=tuple(boxes),
    )
