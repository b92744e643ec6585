"""What each verb answers, as values: ``ops`` returns them, ``terminal.show`` turns them into text or JSON. PURE.

Paths are absolute. Nothing here is worded or formatted, but for the hints, which are sentences already.
"""

from __future__ import annotations

from typing import Literal

from capsa.model.finding import PatchOutcome, RepairOutcome, VerifyOutcome
from capsa.model.plan import Plan
from capsa.model.stepping import (
    ActivateOutcome,
    DeactivateOutcome,
    FactsOutcome,
    ScriptOutcome,
    TrustListOutcome,
    TrustOutcome,
)
from capsa.model.store import AuditOutcome, CacheOutcome, PruneOutcome
from capsa.value import value


@value
class ChangeRow:
    """One package that came, went, or gave way: the versions are None where there is none on that side."""

    action: Literal["install", "remove", "replace"]
    name: str
    from_version: str | None = None
    to_version: str | None = None


@value
class ChangesOutcome:
    """What a changing verb did, or would do under ``--dry-run``.

    ``kept_count`` counts the packages that were as they should be; ``seconds`` is the time that the verb took.
    ``is_check`` makes of any change a failure, exit code 1; so it does of a box that is not there (``is_absent``).
    """

    environment: str
    changes: tuple[ChangeRow, ...]
    is_dry_run: bool = False
    is_check: bool = False
    is_absent: bool = False
    kept_count: int = 0
    seconds: float = 0.0


def change_rows(plan: Plan) -> tuple[ChangeRow, ...]:
    """Return the lines of a plan."""
    return tuple(
        ChangeRow(
            action=change.action,
            name=change.name,
            from_version=change.leaving.version if change.leaving else None,
            to_version=change.incoming.version if change.incoming else None,
        )
        for change in plan.changes
    )


@value
class LockOutcome:
    """A lock that was written, or found to be up to date (``is_current``).

    ``path`` is absolute; ``changes`` tell the difference to the lock before, by name; ``reason`` is a sentence that
    says what is out of date, "" where that goes without saying. Under ``is_check`` nothing was written, and anything
    but a current lock is a failure: exit code 1.
    """

    path: str
    changes: tuple[ChangeRow, ...] = ()
    package_count: int = 0
    is_current: bool = False
    is_check: bool = False
    is_dry_run: bool = False
    reason: str = ""
    seconds: float = 0.0


@value
class EditRow:
    """One dependency that was written or removed: ``place`` is like "project.dependencies", ``text`` the demand."""

    action: Literal["add", "remove", "change"]
    place: str
    text: str


@value
class EditOutcome:
    """What ``add`` or ``remove`` did to the pyproject.toml or script at the absolute ``path``, the lock and the box.

    ``lock`` and ``changes`` are None where there is none (a script) or it was left alone (``--no-sync``).
    """

    path: str
    edits: tuple[EditRow, ...]
    lock: LockOutcome | None = None
    changes: ChangesOutcome | None = None
    is_dry_run: bool = False


@value
class InitOutcome:
    """A project or script that was begun: the absolute paths that were written, and what to type next."""

    path: str
    name: str
    written: tuple[str, ...]
    hints: tuple[str, ...] = ()


@value
class RunOutcome:
    """A command that ran and ended, where this process could not become it: its exit code."""

    code: int


@value
class PackageRow:
    """One installed package as ``list`` shows it; ``direct_url`` is the parsed direct_url.json (PEP 610) or None.

    ``is_edited`` tells that the box has its own copy of the files, to be patched.
    """

    name: str
    version: str
    is_editable: bool = False
    is_edited: bool = False
    direct_url: dict[str, object] | None = None


@value
class ListOutcome:
    """The packages of one box, by name."""

    environment: str
    packages: tuple[PackageRow, ...]


@value
class FreezeOutcome:
    """The packages of one box as lines of a requirements file."""

    lines: tuple[str, ...]


@value
class PackageDetails:
    """Everything ``show`` tells of one package; a text is "" where the metadata is silent.

    ``files`` are relative to ``location``, None unless they were asked for.
    """

    name: str
    version: str
    summary: str = ""
    home_page: str = ""
    author: str = ""
    license: str = ""
    location: str = ""
    requires: tuple[str, ...] = ()
    required_by: tuple[str, ...] = ()
    installer: str = ""
    files: tuple[str, ...] | None = None


@value
class ShowOutcome:
    """The packages that were asked for, in the order of asking."""

    packages: tuple[PackageDetails, ...]


@value
class Problem:
    """A demand that does not hold: ``found`` is the version that is there, None where the package is missing."""

    name: str
    version: str
    requirement: str
    found: str | None = None


@value
class CheckOutcome:
    """Whether the demands of what is installed hold together; no problem means that they do."""

    environment: str
    problems: tuple[Problem, ...]
    package_count: int = 0


@value
class SettingRow:
    """One setting: its value as JSON knows it (secrets already hidden) and where it comes from."""

    key: str
    value: str | float | bool | list[str] | None
    origin: str


@value
class SettingsOutcome:
    """Every setting, by key."""

    settings: tuple[SettingRow, ...]


@value
class CreateOutcome:
    """A box that was made.

    ``python`` is the interpreter's title, ``reason`` why it was chosen; ``pip`` the version of the seeded pip or None;
    ``activation_line`` what to type to step in.
    """

    environment: str
    python: str
    reason: str
    activation_line: str
    pip: str | None = None
    hints: tuple[str, ...] = ()


@value
class TravelOutcome:
    """What going to another state of a box's history did, or would do.

    ``files`` are the absolute paths of a project's files that were put back, ``gone`` those of which there were none
    in that state; the states are told by their numbers.
    """

    changes: ChangesOutcome
    from_state: int
    to_state: int
    files: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@value
class StateRow:
    """One state of a box, as ``history`` shows it.

    ``when`` is ISO 8601 in UTC, ``age`` the seconds since then; ``kind`` is "command", "others" or "first" (see
    `capsa.model.history`); ``files`` are absolute paths. ``reasons`` are sentences that say why it can't be gone to.
    """

    number: int
    when: str
    age: float
    kind: str
    why: str
    changes: tuple[ChangeRow, ...]
    package_count: int
    files: tuple[str, ...] = ()
    is_current: bool = False
    is_undone: bool = False
    reasons: tuple[str, ...] = ()


@value
class HistoryOutcome:
    """The states of a box, the newest first."""

    environment: str
    states: tuple[StateRow, ...]


@value
class DiffOutcome:
    """What differs between two boxes, locks or states: ``changes`` lead from the one to the other.

    ``before`` and ``after`` name the two: an absolute path, or one with a state's number ("/home/you/demo/.venv@3").
    """

    before: str
    after: str
    changes: tuple[ChangeRow, ...]


Outcome = (
    ChangesOutcome
    | TravelOutcome
    | HistoryOutcome
    | DiffOutcome
    | LockOutcome
    | EditOutcome
    | InitOutcome
    | RunOutcome
    | ListOutcome
    | FreezeOutcome
    | ShowOutcome
    | CheckOutcome
    | SettingsOutcome
    | CacheOutcome
    | PruneOutcome
    | AuditOutcome
    | CreateOutcome
    | ActivateOutcome
    | FactsOutcome
    | DeactivateOutcome
    | ScriptOutcome
    | TrustOutcome
    | TrustListOutcome
    | VerifyOutcome
    | RepairOutcome
    | PatchOutcome
)
