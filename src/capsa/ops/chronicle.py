"""What the history of a box says before and after one change: other programs' doings noticed, and all kept for undo."""

from __future__ import annotations

import os
from collections.abc import Iterable

from capsa.commit.history import KEPT, history_papers, read_history, read_present
from capsa.errors import DiskError, EnvironmentDamagedError, Failure
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.history import FileChange, History, State, StatePackage, differences
from capsa.model.installed import Installed
from capsa.model.outcome import change_rows
from capsa.model.plan import Plan
from capsa.model.receipt import Receipt, ReceiptEntry
from capsa.ops.keep import drop_kept, keep
from capsa.ops.session import Session
from capsa.value import replace

_TWICE = "the box holds two versions of it at once"
_TAKEN = "it was patched in this box, and another program took it away"


class Chronicle:
    """The history of a box at one moment; changes nothing before `keep_all`.

    ``present`` is what the box holds. ``history`` are the states up to now: where other programs changed the box, or
    nothing was recorded yet, its last one is new. Without ``is_whole`` states are read as far as they are needed.
    """

    def __init__(
        self,
        session: Session,
        environment: Environment,
        receipt: Receipt,
        installed: tuple[Installed, ...],
        *,
        is_whole: bool = False,
    ) -> None:
        self._session = session
        self._environment = environment
        self._installed = installed
        self._receipt = receipt
        self._written = self._read(is_whole=is_whole or os.path.isdir(environment.layout.path(KEPT)))
        self.present = self._known(present_packages(environment, receipt, installed))
        self.history = self._observed()

    @property
    def is_foreign(self) -> bool:
        """Whether other programs changed the box since the last state."""
        return self.history.current != self._written.current and bool(self._written.states)

    def keep_all(self, plan: Plan) -> None:
        """Keep what other programs put in, and what leaves by the plan and was patched here, or the store has lost."""
        leaving = {change.name for change in plan.changes if change.leaving is not None}
        present = tuple(self._kept(package, is_leaving=package.name in leaving) for package in self.present)
        if present != self.present and self.history.unread:
            # Earlier states hold some of this too, and have to know where it is kept.
            self._written = self._read(is_whole=True)
            self.history = self._observed()
        self.present = present
        self.history = self._told(self.history)

    def papers(self, after: History) -> dict[str, bytes | None]:
        """Return what makes of the history on disk the one that is given."""
        return history_papers(self._environment.root, self._written, after)

    def recorded(self, plan: Plan, incoming: Iterable[ReceiptEntry], files: tuple[FileChange, ...]) -> History:
        """Return the history with the state that the plan leads to, in which these come from archives."""
        gone = {change.name for change in plan.changes}
        stay = [package for package in self.present if package.name not in gone]
        state = State(
            number=0,
            when=self._session.now(),
            why=self._session.command,
            changes=change_rows(plan),
            packages=_sorted([*stay, *map(_package, incoming)]),
            files=files,
        )
        return self.history.followed_by(state)

    def tidy(self, after: History) -> None:
        """Remove what is kept for no state; called when the box is as it should be, so a refusal is no failure."""
        if after.unread:
            return  # nothing is kept, or all would have been read
        needed = frozenset(package.kept for state in after.states for package in state.packages if package.kept)
        try:
            drop_kept(self._environment, needed)
        except DiskError as error:
            self._session.report(Event(kind="detail", text=f"files that no state needs take up space: {error}"))

    def _read(self, *, is_whole: bool) -> History:
        read = read_history if is_whole else read_present
        try:
            found = read(self._environment.root, self._receipt.state)
        except EnvironmentDamagedError as error:
            self._session.report(Event(kind="note", text=f"the history of the box begins anew: {error}"))
            return History()
        if found.damage:
            self._session.report(Event(kind="note", text=f"the history of the box is shorter: {found.damage}"))
        return found

    def _known(self, packages: tuple[StatePackage, ...]) -> tuple[StatePackage, ...]:
        """Return the packages with what the current state knows of them: where they are kept, or why they can't be."""
        state = self._written.present
        known = {(package.name, package.info): package for package in state.packages} if state else {}

        def told(package: StatePackage) -> StatePackage:
            earlier = known.get((package.name, package.info))
            if earlier is None or not replace(package, kept=earlier.kept).is_same(earlier):
                return package
            return replace(package, kept=earlier.kept, lost=earlier.lost)

        return tuple(told(package) for package in packages)

    def _observed(self) -> History:
        written, now = self._written, self._session.now()
        state = written.present
        if state is None:
            return written.followed_by(State(number=0, when=now, kind="first", packages=self.present))
        changes = differences(state.packages, self.present)
        if not changes:
            return written
        # What was to be patched and is gone had never left the box before: nobody kept it.
        lost = tuple(
            replace(package, lost=_TAKEN)
            if is_patched(package) and not package.kept and not any(map(package.is_same, self.present))
            else package
            for package in state.packages
        )
        return written.with_packages({state.number: lost}).followed_by(
            State(number=0, when=now, kind="others", changes=changes, packages=self.present)
        )

    def _kept(self, package: StatePackage, *, is_leaving: bool) -> StatePackage:
        """Return the package with where its files are kept, now where they were not."""
        if not self._is_due(package, is_leaving=is_leaving):
            return package
        found = [installed for installed in self._installed if installed.name == package.name]
        if len(found) != 1:
            return replace(package, lost=_TWICE)
        try:
            return replace(package, kept=keep(self._environment, found[0]), lost="")
        except Failure as error:
            return replace(package, lost=str(error))

    def _is_due(self, package: StatePackage, *, is_leaving: bool) -> bool:
        """Whether the files of a package must be kept now: the box is the only place that has them."""
        if is_patched(package):
            return is_leaving
        if package.kept:
            return False
        return package.entry is None or (is_leaving and not self._is_stored(package.entry))

    def _is_stored(self, entry: ReceiptEntry) -> bool:
        return os.path.exists(f"{self._session.store.archive(entry.sha256)}/manifest")

    def _told(self, history: History) -> History:
        """Return a history whose states know where what they hold is kept by now."""
        present = {(package.name, package.info): package for package in self.present}
        changed = {}
        for state in history.states:
            is_current = state.number == history.current
            packages = tuple(
                _taken_over(package, present.get((package.name, package.info)), is_current=is_current)
                for package in state.packages
            )
            if packages != state.packages:
                changed[state.number] = packages
        return history.with_packages(changed)


def is_patched(package: StatePackage) -> bool:
    """Whether this box has its own copy of a package, to be patched."""
    return package.entry is not None and package.entry.is_edited


def present_packages(
    environment: Environment, receipt: Receipt, installed: tuple[Installed, ...]
) -> tuple[StatePackage, ...]:
    """Return what a box holds, by name: what capsa put in and nobody replaced by the receipt, the rest as found."""
    entries = {entry.name: entry for entry in receipt.entries}
    found = []
    for distribution in installed:
        entry = entries.get(distribution.name)
        if entry is not None and entry.info == distribution.info and distribution.installer == "capsa":
            found.append(_package(entry))
        else:
            found.append(
                StatePackage(
                    name=distribution.name,
                    version=distribution.version,
                    info=distribution.info,
                    installer=distribution.installer,
                    mark=_mark(environment, distribution.info),
                )
            )
    return _sorted(found)


def _taken_over(package: StatePackage, present: StatePackage | None, *, is_current: bool) -> StatePackage:
    """Return a package of a state, with where it is kept if it is the one that is there now."""
    if present is None or not (is_current or not package.kept):
        return package
    if replace(package, kept=present.kept).is_same(present):
        return replace(package, kept=present.kept, lost=present.lost)
    return package


def _package(entry: ReceiptEntry) -> StatePackage:
    return StatePackage(name=entry.name, version=entry.version, info=entry.info, entry=entry)


def _sorted(packages: Iterable[StatePackage]) -> tuple[StatePackage, ...]:
    return tuple(sorted(packages, key=lambda package: (package.name, package.info)))


def _mark(environment: Environment, info: str) -> str:
    """Return size and time of the list of files of a distribution, or of what stands for it."""
    for place in (f"{info}/RECORD", f"{info}/installed-files.txt", info):
        try:
            status = os.lstat(environment.layout.path(place))
        except OSError:
            continue  # another form of distribution: the next place tells
        return f"{status.st_size}:{status.st_mtime_ns}"
    return ""
