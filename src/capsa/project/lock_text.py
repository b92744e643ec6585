"""A lock as text: the one canonical form of a pylock.toml, so that equal locks are equal bytes and diffs are small.

Keys stand in the order of PEP 751, packages by name, files by name, each file on a line of its own. Writes no disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from urllib.parse import urlsplit

from capsa.model.lock import (
    Lock,
    LockedArchive,
    LockedCommit,
    LockedFile,
    LockedFolder,
    LockedPackage,
    canonical_time,
)

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def format_lock(lock: Lock) -> str:
    """Return the text of a lock, ending with a line end; `capsa.project.lock_file.parse_lock` is the way back."""
    lines = [
        *_pairs({"lock-version": lock.lock_version}),
        *_list("environments", map(_string, lock.environments)),
        *_pairs({"requires-python": lock.requires_python}),
        f"extras = {_value(sorted(lock.extras))}",
        f"dependency-groups = {_value(sorted(lock.dependency_groups))}",
        *_pairs({"default-groups": sorted(lock.default_groups) or None, "created-by": lock.created_by}),
    ]
    if not lock.packages:
        lines.append("packages = []")
    for package in sorted(lock.packages, key=_place_of):
        lines += ["", "[[packages]]", *_package(package)]
    loose = {name: content for name, content in lock.tool.items() if not isinstance(content, Mapping)}
    if loose:
        lines += ["", "[tool]", *_pairs(_sorted(loose))]
    for name, content in sorted(lock.tool.items()):
        if isinstance(content, Mapping):
            lines += ["", f"[tool.{_key(name)}]", *_pairs(_sorted(content))]
    return "\n".join(lines) + "\n"


def _place_of(package: LockedPackage) -> tuple[str, str, str]:
    return package.name, package.version or "", package.marker or ""


def _package(package: LockedPackage) -> Iterable[str]:
    direct = package.direct
    yield from _pairs(
        {
            "name": package.name,
            "version": package.version,
            "marker": package.marker,
            "requires-python": package.requires_python,
        }
    )
    yield from _list("dependencies", (_value({"name": name}) for name in sorted(package.dependencies)))
    yield from _pairs(
        {
            "vcs": _commit(direct) if isinstance(direct, LockedCommit) else None,
            "directory": _folder(direct) if isinstance(direct, LockedFolder) else None,
            "archive": _archive(direct) if isinstance(direct, LockedArchive) else None,
            "index": package.index,
            "sdist": _file(package.sdist) if package.sdist else None,
        }
    )
    yield from _list("wheels", (_inline(_file(wheel)) for wheel in sorted(package.wheels, key=lambda file: file.name)))
    yield from _pairs({"tool": package.tool or None})


def _commit(commit: LockedCommit) -> dict[str, object]:
    return {
        "type": commit.kind,
        "url": commit.url,
        "path": commit.path,
        "requested-revision": commit.requested_revision,
        "commit-id": commit.commit_id,
        "subdirectory": commit.subdirectory,
    }


def _folder(folder: LockedFolder) -> dict[str, object]:
    return {"path": folder.path, "editable": folder.is_editable or None, "subdirectory": folder.subdirectory}


def _archive(archive: LockedArchive) -> dict[str, object]:
    return {
        "url": archive.url,
        "path": archive.path,
        "size": archive.size,
        "upload-time": _moment(archive.upload_time),
        "hashes": dict(sorted(archive.hashes.items())),
        "subdirectory": archive.subdirectory,
    }


def _file(file: LockedFile) -> dict[str, object]:
    # The name is left out where every reader finds it at the end of the address, without undoing escapes.
    last = (file.path or urlsplit(file.url or "").path).rpartition("/")[2]
    return {
        "name": file.name if file.name != last else None,
        "upload-time": _moment(file.upload_time),
        "url": file.url,
        "path": file.path,
        "size": file.size,
        "hashes": dict(sorted(file.hashes.items())),
    }


def _moment(text: str | None) -> datetime | None:
    canonical = canonical_time(text) if text else None
    return datetime.fromisoformat(canonical) if canonical else None


# -- TOML ----------------------------------------------------------------------------------------------------------


def _pairs(table: Mapping[str, object]) -> list[str]:
    """Return a line for each key that has a value."""
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items() if value is not None]


def _list(key: str, values: Iterable[str]) -> list[str]:
    """Return the lines of an array with one value on each, none for an empty one."""
    rows = [f"    {value}," for value in values]
    return [f"{key} = [", *rows, "]"] if rows else []


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat().replace("+00:00", "Z")
    return repr(value)  # an int or a float: also inf and nan are written alike


def _inline(table: Mapping[str, object]) -> str:
    return f"{{ {', '.join(_pairs(table))} }}" if table else "{}"


def _sorted(table: Mapping[str, object]) -> dict[str, object]:
    return dict(sorted(table.items()))


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _string(text)


def _string(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"
