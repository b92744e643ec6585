"""A pylock.toml is read: bytes to a `Lock`, or one failure that names all that is not as PEP 751 says.

Only reads; `lock_text` writes. Keys that PEP 751 does not know are passed over, names are normalized, times become UTC.
"""

from __future__ import annotations

import re

from capsa.errors import LockError
from capsa.model.lock import Lock
from capsa.project.lock_entry import check_marker, read_package, read_specifier
from capsa.project.lock_table import Table

_SHOWN = 8  # of many mistakes: a lock in which all is wrong is not read to its end by anybody
_PLACE = r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$"
_ANEW = ("take the last version of the file out of version control, or remove it and lock anew: `capsa lock`",)
_CONFLICT = r"^<<<<<<<"
_MARKS = ("lock-version", "created-by", "packages")  # what every lock has


def read_lock(path: str) -> Lock | None:
    """Return the lock at an absolute path, None where there is no file; raises LockError."""
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LockError(f"{path} can't be read: {error.strerror}") from error
    return parse_lock(content, path)


def parse_lock(content: bytes, path: str) -> Lock:
    """Return what the bytes of the lock at ``path`` say.

    Raises one LockError that names the file and the dotted place of everything that is not as PEP 751 says.
    """
    notes: list[str] = []
    table = Table(_document(content, path), notes)
    version = _lock_version(table, path)
    environments = table.texts("environments")
    for number, text in enumerate(environments):
        check_marker(table, f"environments[{number}]", text)
    lock = Lock(
        packages=tuple(read_package(entry) for entry in table.tables("packages")),
        created_by=table.text("created-by", is_needed=True) or "",
        requires_python=read_specifier(table, "requires-python"),
        environments=environments,
        extras=table.names("extras"),
        dependency_groups=table.names("dependency-groups"),
        default_groups=table.names("default-groups"),
        tool=table.content("tool"),
        lock_version=version,
    )
    if "packages" not in table:
        table.note("packages", "is missing")
    if notes:
        rest = f"; and {len(notes) - _SHOWN} more" if len(notes) > _SHOWN else ""
        raise LockError(f"{path} is not as PEP 751 says: {'; '.join(notes[:_SHOWN])}{rest}", hints=_ANEW)
    return lock


def _lock_version(table: Table, path: str) -> str:
    """Return the version of the format; another major one than 1 may mean anything, so that nothing else is read."""
    if not any(key in table for key in _MARKS):
        raise LockError(f"{path} is not a pylock.toml: it has neither lock-version nor packages", hints=_ANEW)
    version = table.text("lock-version", is_needed=True)
    if version is None or re.fullmatch(r"1\.\d+", version):
        return version or ""
    raise LockError(f"{path} is written in version {version} of the lock format, and capsa reads version 1.0")


def _document(content: bytes, path: str) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - 14 ms, and not every run that may read a lock has one

    try:
        text = content.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LockError(f"{path} line {line}: a byte that is not UTF-8, and TOML must be UTF-8") from error
    except RecursionError as error:
        raise LockError(f"{path} can't be read: its arrays and tables are nested too deeply") from error
    except ValueError as error:  # also a number of more digits than Python reads
        raise _unread(text, path, str(error)) from error


def _unread(text: str, path: str, message: str) -> LockError:
    """Return what to say of a text that is no TOML: a merge that was not finished is the likeliest of all reasons."""
    import shlex  # noqa: PLC0415 - for a hint in a failure alone

    conflict = re.search(_CONFLICT, text, flags=re.MULTILINE)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        return LockError(
            f"{path} line {line}: `<<<<<<<` begins a conflict that git left when it merged",
            hints=(f"take one side, `git checkout --theirs {shlex.quote(path)}`, then lock anew",),
        )
    found = re.search(_PLACE, message)
    line = int((found and found["line"]) or text.count("\n") + 1)
    reason = message[: found.start()] if found else message
    return LockError(f"{path} line {line} is not TOML: {reason[:1].lower()}{reason[1:]}", hints=_ANEW)
