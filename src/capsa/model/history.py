"""The history of a box: what it held after each change, and what the change did to a project's files. PURE.

A state is one file of JSON below ``.capsa/history``, named by its number; the receipt tells which one is current. Those
with a higher number were undone. Bytes of files stand there as text, undecodable ones as surrogates (PEP 383).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from capsa.errors import EnvironmentDamagedError
from capsa.model.outcome import ChangeRow
from capsa.model.receipt import ReceiptEntry, entry_facts
from capsa.value import facts, replace, value

VERSION = 1
MOST = 20

Kind = Literal["first", "command", "others"]
"""Whence a state comes: what was there before capsa recorded anything, a command of capsa, other programs."""

_KINDS: tuple[Kind, ...] = ("first", "command", "others")
_ACTIONS = ("install", "remove", "replace")

Word = TypeVar("Word")


@value
class StatePackage:
    """One package of a state.

    ``entry`` is its line in the receipt, None where another program put it in; ``installer`` and ``mark`` then tell it
    from what that program may put in its place. ``kept`` names the folder in which its files are kept, "" where the
    store has them, or they never left the box; ``lost`` says why they can't be brought back, "" where they can.
    """

    name: str
    version: str
    info: str
    entry: ReceiptEntry | None = None
    installer: str = ""
    mark: str = ""
    kept: str = ""
    lost: str = ""

    def is_same(self, other: StatePackage) -> bool:
        """Whether two packages are one and the same thing; of a package to be patched, the same patches."""
        if self.entry is not None and self.entry.is_edited:
            return self.entry == other.entry and self.kept == other.kept
        own = (self.entry, self.version, self.info, self.installer, self.mark)
        return own == (other.entry, other.version, other.info, other.installer, other.mark)


@value
class FileChange:
    """What a verb did to the file at an absolute ``path``: None where there is no file."""

    path: str
    before: bytes | None
    after: bytes | None


@value
class State:
    """What a box holds after one change.

    ``when`` is a time in UTC, as ISO 8601 ("2025-03-01T12:00:00Z"); ``why`` is the command line, without secrets, ""
    for other kinds than "command"; ``changes`` tell the difference to the state before; ``files`` are those of the
    project that the same command changed.
    """

    number: int
    when: str
    kind: Kind = "command"
    why: str = ""
    changes: tuple[ChangeRow, ...] = ()
    packages: tuple[StatePackage, ...] = ()
    files: tuple[FileChange, ...] = ()


@value
class History:
    """The states that are kept, the oldest first, and the number of the current one, 0 where there is none.

    ``unread`` are numbers of states that are there too and were not looked at. ``damage`` is a sentence about one that
    can't be read; it counts for nothing, nor do those beyond it.
    """

    states: tuple[State, ...] = ()
    current: int = 0
    unread: tuple[int, ...] = ()
    damage: str = ""

    def state(self, number: int) -> State | None:
        """Return the state with this number, or None."""
        return next((state for state in self.states if state.number == number), None)

    @property
    def present(self) -> State | None:
        """The current state."""
        return self.state(self.current)

    def followed_by(self, state: State) -> History:
        """Return the history after one more change: its state gets the next number; undone and oldest ones go."""
        number = self.current + 1
        stays = range(number - MOST + 1, number)
        states = tuple(earlier for earlier in self.states if earlier.number in stays)
        unread = tuple(earlier for earlier in self.unread if earlier in stays)
        return History(states=(*states, replace(state, number=number)), current=number, unread=unread)

    def with_packages(self, changed: Mapping[int, tuple[StatePackage, ...]]) -> History:
        """Return a history in which these states, by number, hold other packages."""
        states = (replace(state, packages=changed.get(state.number, state.packages)) for state in self.states)
        return replace(self, states=tuple(states))


def differences(before: Iterable[StatePackage], after: Iterable[StatePackage]) -> tuple[ChangeRow, ...]:
    """Return what came, went and gave way between two sets of packages, by name."""
    old, new = {package.name: package for package in before}, {package.name: package for package in after}
    rows = []
    for name in sorted({*old, *new}):
        leaving, coming = old.get(name), new.get(name)
        if leaving is not None and coming is not None:
            if not leaving.is_same(coming):
                row = ChangeRow(action="replace", name=name, from_version=leaving.version, to_version=coming.version)
                rows.append(row)
        elif coming is not None:
            rows.append(ChangeRow(action="install", name=name, to_version=coming.version))
        elif leaving is not None:
            rows.append(ChangeRow(action="remove", name=name, from_version=leaving.version))
    return tuple(rows)


def file_moves(states: Iterable[State], *, is_back: bool) -> tuple[FileChange, ...]:
    """Return what becomes of the project's files on the way through these states: they are undone, or made again.

    Of each result ``before`` is how the file must be found, and ``after`` how it is left. ``states`` are in order, the
    oldest first. Where a file was changed between two of them by other means, ``after`` of the one is not ``before`` of
    the other: such a file is there twice, so that it can't be found as it must be.
    """
    found: dict[str, list[FileChange]] = {}
    for state in sorted(states, key=lambda state: state.number, reverse=is_back):
        for change in state.files:
            step = replace(change, before=change.after, after=change.before) if is_back else change
            steps = found.setdefault(step.path, [])
            if steps and steps[-1].after == step.before:
                steps[-1] = replace(steps[-1], after=step.after)
            else:
                steps.append(step)
    return tuple(step for path in sorted(found) for step in found[path])


def format_state(state: State) -> str:
    """Return the JSON text of a state: one package a line, so that a diff of two is readable."""
    head = {
        "version": VERSION,
        "number": state.number,
        "when": state.when,
        "kind": state.kind,
        "why": state.why,
        "changes": [facts(change) for change in state.changes],
        "files": [_file_facts(change) for change in state.files],
    }
    rows = ",\n".join(f"  {json.dumps(_package_facts(package), sort_keys=True)}" for package in state.packages)
    return f'{json.dumps(head)[:-1]}, "packages": [\n{rows}\n]}}\n'


def parse_state(text: str, place: str) -> State:
    """Return the state in a text; raises EnvironmentDamagedError that names ``place`` when it can't be read."""
    try:
        document = json.loads(text)
        _known(document["version"], (VERSION,))
        return State(
            number=int(document["number"]),
            when=str(document["when"]),
            kind=_known(document["kind"], _KINDS),
            why=str(document["why"]),
            changes=tuple(_change(row) for row in document["changes"]),
            packages=tuple(_package(row) for row in document["packages"]),
            files=tuple(_file(row) for row in document["files"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EnvironmentDamagedError(f"{place} is damaged: it is no state of a box that this capsa knows") from error


def _known(word: Any, words: tuple[Word, ...]) -> Word:
    """Return a word that is one of those; ValueError for any other."""
    return words[words.index(word)]


def _change(row: Any) -> ChangeRow:
    return ChangeRow(**{**row, "action": _known(row["action"], _ACTIONS)})


def _package_facts(package: StatePackage) -> dict[str, object]:
    entry = entry_facts(package.entry) if package.entry else None
    rows = {**facts(package), "entry": entry}
    if entry is not None:
        # The entry tells them.
        del rows["name"], rows["version"], rows["info"]
    return {key: content for key, content in rows.items() if content}


def _package(row: Any) -> StatePackage:
    entry = ReceiptEntry(**row["entry"]) if "entry" in row else None
    told = {"name": entry.name, "version": entry.version, "info": entry.info} if entry else {}
    package = StatePackage(**{**row, **told, "entry": entry})
    # It is a name on disk, and a box may come from somebody else.
    if package.kept and not package.kept.isalnum():
        raise ValueError(package.kept)
    return package


def _file_facts(change: FileChange) -> dict[str, str | None]:
    return {"path": change.path, "before": _text(change.before), "after": _text(change.after)}


def _file(row: Any) -> FileChange:
    return FileChange(path=str(row["path"]), before=_bytes(row["before"]), after=_bytes(row["after"]))


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "surrogateescape")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogateescape")
