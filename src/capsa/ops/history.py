"""``history``: the states of a box, and which of them can be gone to. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from capsa.commit.history import read_history
from capsa.environment.site import scan
from capsa.errors import EnvironmentDamagedError
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.history import State, StatePackage
from capsa.model.outcome import HistoryOutcome, StateRow
from capsa.ops.change import read_receipt
from capsa.ops.chronicle import Chronicle, is_patched
from capsa.ops.keep import check_kept
from capsa.ops.session import Session


def history(session: Session, environment: Environment) -> HistoryOutcome:
    """Return the states, the newest first; raises EnvironmentDamagedError where one can't be read."""
    receipt = read_receipt(environment)
    states = read_history(environment.root, receipt.state)
    if not states.states:
        return HistoryOutcome(environment=environment.root, states=())
    chronicle = Chronicle(session, environment, receipt, scan(environment).installed, is_whole=True)
    if chronicle.is_foreign:
        text = f"other programs changed the box since @{receipt.state}; its next change by capsa records that"
        session.report(Event(kind="note", text=text))
    losses = _Losses(environment, chronicle.present)
    rows = [_row(state, losses, current=states.current, now=session.now()) for state in reversed(states.states)]
    return HistoryOutcome(environment=environment.root, states=tuple(rows))


def _row(state: State, losses: _Losses, *, current: int, now: str) -> StateRow:
    return StateRow(
        number=state.number,
        when=state.when,
        age=_age(state.when, now),
        kind=state.kind,
        why=state.why,
        changes=state.changes,
        package_count=len(state.packages),
        files=tuple(change.path for change in state.files),
        is_current=state.number == current,
        is_undone=state.number > current,
        reasons=losses.of(state.packages),
    )


def _age(when: str, now: str) -> float:
    try:
        return max(0.0, (datetime.fromisoformat(now) - datetime.fromisoformat(when)).total_seconds())
    except (ValueError, TypeError):
        return 0.0  # a time that somebody wrote otherwise


class _Losses:
    """What can't be brought back any more; each kept folder is looked at once."""

    def __init__(self, environment: Environment, present: tuple[StatePackage, ...]) -> None:
        self._environment = environment
        self._present = {package.name: package for package in present}
        self._checked: dict[str, str] = {}

    def of(self, packages: Iterable[StatePackage]) -> tuple[str, ...]:
        """Return a sentence for each of the packages that is neither in the box now nor to be had."""
        return tuple(
            reason
            for package in packages
            if not package.is_same(self._present.get(package.name, _NOTHING)) and (reason := self._reason(package))
        )

    def _reason(self, package: StatePackage) -> str:
        if not package.kept:
            reason = package.lost
            if not reason and (package.entry is None or is_patched(package)):
                reason = "its files were not kept"
            return f"{package.name} {package.version}: {reason}" if reason else ""
        if package.kept not in self._checked:
            try:
                check_kept(self._environment, package)
                self._checked[package.kept] = ""
            except EnvironmentDamagedError as error:
                self._checked[package.kept] = error.message
        return self._checked[package.kept]


_NOTHING = StatePackage(name="", version="", info="")
