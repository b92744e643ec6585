"""What a box should consist of, package by package, worked out when it is asked for; and what of it is otherwise.

Brings together what is installed, the receipt, and what the store knows of its archives. Changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property

from capsa.cache.archive import Archives
from capsa.environment.look import Subject, differences
from capsa.environment.receipt import receipt_of
from capsa.environment.site import scan
from capsa.environment.survey import owners
from capsa.environment.wheel import installation
from capsa.errors import Failure
from capsa.model.environment import Environment
from capsa.model.finding import Finding
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from capsa.model.receipt import ReceiptEntry

_OURS = frozenset({"capsa", ""})  # what INSTALLER says in a package of ours; without it the receipt has to do


class Inventory:
    """The packages of one box as they were when this was made."""

    def __init__(self, archives: Archives, environment: Environment) -> None:
        self.environment = environment
        self._archives = archives

    @cached_property
    def entries(self) -> Mapping[str, ReceiptEntry]:
        """The lines of the receipt, by name."""
        return {entry.name: entry for entry in receipt_of(self.environment.root).entries}

    @cached_property
    def installed(self) -> tuple[Installed, ...]:
        """What is installed, by whomever."""
        return scan(self.environment).installed

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """Every package, by name; also those that the receipt knows and whose metadata can't be read any more."""
        found = [self.subject(distribution) for distribution in self.installed]
        present = {subject.name for subject in found}
        lost = [self._lost(entry) for name, entry in self.entries.items() if name not in present]
        return tuple(sorted([*found, *(subject for subject in lost if subject)], key=lambda subject: subject.name))

    @cached_property
    def owned(self) -> dict[str, tuple[str, ...]]:
        """The packages that list a file, by its path relative to the box's root."""
        return owners(self.environment, self.subjects)

    def subject(self, distribution: Installed) -> Subject:
        """Return what an installed distribution is held against."""
        entry = self.entries.get(distribution.name)
        if entry is None or entry.info != distribution.info or distribution.installer not in _OURS:
            return Subject(name=distribution.name, installed=distribution)
        return self._held(Subject(name=distribution.name, installed=distribution, entry=entry))

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Yield what is not as it was put in; a file that another package put in its place belongs to that one."""
        for finding in differences(self.environment, subject):
            if finding.kind == "missing" or not self._is_of_another(subject, finding.path):
                yield finding

    def _held(self, subject: Subject) -> Subject:
        """Return a subject with what the store knows of it, if it does."""
        entry = subject.entry
        manifest = self._archives.manifest(entry.sha256) if entry is not None else None
        if entry is None or manifest is None:
            return subject
        try:
            expected = installation(self.environment, manifest, self._archives.tree(manifest.sha256), entry=entry)
        except (OSError, Failure):
            return subject  # it can't be read: the box's own list of files has to do
        return Subject(
            name=subject.name, installed=subject.installed, entry=entry, expected=expected, manifest=manifest
        )

    def _lost(self, entry: ReceiptEntry) -> Subject | None:
        """Return a package whose metadata is damaged or gone; None where another tool took it out, and left nothing."""
        layout = self.environment.layout
        if os.path.isdir(layout.path(entry.info)):
            name = Metadata(name=entry.name, version=entry.version)
            return self._held(
                Subject(name=entry.name, installed=Installed(metadata=name, info=entry.info), entry=entry)
            )
        subject = self._held(Subject(name=entry.name, entry=entry))
        if subject.expected is None:
            return None
        others = owners(self.environment, (self.subject(distribution) for distribution in self.installed))
        left = (path for path in subject.expected.paths if path not in others)
        return subject if any(os.path.lexists(layout.path(path)) for path in left) else None

    def _is_of_another(self, subject: Subject, path: str) -> bool:
        """Whether a file is just what another package, which lists it too, put there."""
        others = {name for name in self.owned.get(path, ()) if name != subject.name}
        return any(
            path not in {finding.path for finding in differences(self.environment, other)}
            for other in self.subjects
            if other.name in others
        )
