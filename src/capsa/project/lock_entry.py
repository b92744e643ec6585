"""One entry of ``packages`` in a lock: its tables to a `LockedPackage`, every mistake noted. Follows PEP 751."""

from __future__ import annotations

import posixpath
import re
from datetime import datetime
from urllib.parse import unquote, urlsplit

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from capsa.model.distribution import parse_version
from capsa.model.lock import LockedArchive, LockedCommit, LockedFile, LockedFolder, LockedPackage, canonical_time
from capsa.model.name import normalize
from capsa.model.source import ARCHIVES
from capsa.project.lock_table import Table

_DIRECT = ("vcs", "directory", "archive")
_FROM_INDEX = ("sdist", "wheels")
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}
_COMMIT = r"[0-9a-f]{40}([0-9a-f]{24})?"  # SHA-1, or SHA-256 in repositories that have it
_WHEEL_PARTS = (5, 6)  # project-version[-build]-python-abi-platform


def read_package(table: Table) -> LockedPackage:
    """Return what an entry says; what is wrong with it is noted, and stands for nothing."""
    name, version = table.name("name"), table.text("version")
    if version is not None and parse_version(version) is None:
        table.note("version", f"is `{version}`, which is no version")
    direct = [key for key in _DIRECT if key in table]
    from_index = [key for key in _FROM_INDEX if table.value(key)]
    if len(direct) > 1 or (direct and from_index):
        table.note("", f"must not have both {direct[0]} and {[*direct[1:], *from_index][0]}")
    elif not direct and not from_index:
        table.note("", "must have wheels, sdist, archive, directory or vcs")
    sdist = table.table("sdist")
    return LockedPackage(
        name=name,
        version=version,
        marker=read_marker(table, "marker"),
        requires_python=read_specifier(table, "requires-python"),
        dependencies=tuple(dict.fromkeys(demanded.name("name") for demanded in table.tables("dependencies"))),
        index=table.text("index"),
        direct=_direct(table),
        sdist=_file(sdist, name, version, is_wheel=False) if sdist is not None else None,
        wheels=tuple(_file(wheel, name, version, is_wheel=True) for wheel in table.tables("wheels")),
        tool=table.content("tool"),
    )


def read_marker(table: Table, key: str) -> str | None:
    """Return the marker text at a key, None where there is none; one that can't be read is noted."""
    text = table.text(key)
    if text is not None:
        check_marker(table, key, text)
    return text


def check_marker(table: Table, key: str, text: str) -> None:
    """Note a text that is no environment marker."""
    try:
        Marker(text)
    except InvalidMarker:
        table.note(key, f"is `{text}`, which is no environment marker")
    except RecursionError:
        table.note(key, "is an environment marker that is nested too deeply")


def read_specifier(table: Table, key: str) -> str | None:
    """Return the version specifiers at a key, None where there are none; a text that is none is noted."""
    text = table.text(key)
    try:
        SpecifierSet(text or "")
    except InvalidSpecifier:
        table.note(key, f"is `{text}`, which is no range of versions")
    return text


def _direct(table: Table) -> LockedArchive | LockedFolder | LockedCommit | None:
    if (vcs := table.table("vcs")) is not None:
        return _commit(vcs)
    if (directory := table.table("directory")) is not None:
        return LockedFolder(
            path=_path(directory, is_needed=True) or "",
            is_editable=directory.flag("editable"),
            subdirectory=_subdirectory(directory),
        )
    if (archive := table.table("archive")) is not None:
        url, path = _place(archive)
        return LockedArchive(
            url=url,
            path=path,
            size=archive.size("size"),
            upload_time=_time(archive),
            hashes=_hashes(archive),
            subdirectory=_subdirectory(archive),
        )
    return None


def _commit(table: Table) -> LockedCommit:
    url, path = _place(table)
    kind, commit = table.text("type", is_needed=True), table.text("commit-id", is_needed=True)
    if kind == "git" and commit is not None and not re.fullmatch(_COMMIT, commit):
        table.note("commit-id", f"must be a whole commit of git, 40 hexadecimal digits, not `{commit}`")
    return LockedCommit(
        kind=kind or "",
        commit_id=commit or "",
        url=url,
        path=path,
        requested_revision=table.text("requested-revision"),
        subdirectory=_subdirectory(table),
    )


def _file(table: Table, project: str, version: str | None, *, is_wheel: bool) -> LockedFile:
    url, path = _place(table)
    name = table.text("name")
    if name is None:
        name = posixpath.basename(path) if path else unquote(posixpath.basename(urlsplit(url or "").path))
    if url or path:
        _check_name(table, name, (project, version), is_wheel=is_wheel)
    return LockedFile(
        name=name,
        url=url,
        path=path,
        size=table.size("size"),
        upload_time=_time(table),
        hashes=_hashes(table),
    )


def _check_name(table: Table, name: str, release: tuple[str, str | None], *, is_wheel: bool) -> None:
    """Note a file name that is not of a wheel or sdist, or that tells another project or version than the entry."""
    key = "name" if "name" in table else ""
    kind = "a wheel" if is_wheel else "a source distribution"
    told = None if "/" in name or "\\" in name else _told_by_wheel(name) if is_wheel else _told_by_sdist(name)
    if told is None:
        table.note(key, f"must name {kind}, not `{name}`")
    elif release[0] and normalize(told[0]) != release[0]:
        table.note(key, f"must name {kind} of {release[0]}, not `{name}`")
    elif release[1] and not _is_same(told[1], release[1]):
        table.note(key, f"must name {kind} of version {release[1]}, not `{name}`")


def _told_by_wheel(name: str) -> tuple[str, str] | None:
    parts = name.removesuffix(".whl").split("-")
    return (parts[0], parts[1]) if name.endswith(".whl") and len(parts) in _WHEEL_PARTS else None


def _told_by_sdist(name: str) -> tuple[str, str] | None:
    suffix = next((suffix for suffix in ARCHIVES if name.endswith(suffix)), None)
    project, dash, version = name.removesuffix(suffix or "").rpartition("-")
    return (project, version) if suffix and dash else None


def _is_same(told: str, version: str) -> bool:
    """Whether a file name tells the version of its entry; most are written alike, and comparing texts is cheap."""
    return told == version or parse_version(told.replace("_", "+")) == parse_version(version)


def _place(table: Table) -> tuple[str | None, str | None]:
    """Return the url and the path of a table that must have one of them."""
    url, path = table.text("url"), _path(table)
    if url is not None and not _is_url(url):
        table.note("url", f"must be a URL, not `{url}`")
        url = None
    elif url is None and path is None and "url" not in table and "path" not in table:
        table.note("", "must have a url or a path")
    return url, path


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets that hold no address
        return False
    return bool(parts.scheme and (parts.netloc or parts.scheme == "file") and parts.path)


def _path(table: Table, *, is_needed: bool = False) -> str | None:
    path = table.text("path", is_needed=is_needed)
    if path is not None and "\\" in path:
        table.note("path", f"must have / between its parts, not \\: `{path}`")
    elif path is not None and (not path or "\0" in path):
        table.note("path", "must be a path")
    return path


def _subdirectory(table: Table) -> str | None:
    text = table.text("subdirectory")
    if text is not None and (text.startswith("/") or "\\" in text or ".." in text.split("/")):
        table.note("subdirectory", f"must be a folder in the source, not `{text}`")
    return text


def _time(table: Table) -> str | None:
    value = table.value("upload-time")
    if isinstance(value, datetime):
        return canonical_time(value.isoformat())
    if value is not None:
        table.note("upload-time", "must be a date with a time")
    return None


def _hashes(table: Table) -> dict[str, str]:
    """Return the hashes of a file by lower-case algorithm, in lower case; there must be one at least."""
    value = table.value("hashes")
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        table.note("hashes", "is missing" if value is None else "must be a table of texts")
        return {}
    if not value:
        table.note("hashes", "must have one hash at least")
    found = {name.lower(): text.lower() for name, text in value.items()}
    for name, text in found.items():
        digits = _DIGITS.get(name)
        if digits and not re.fullmatch(f"[0-9a-f]{{{digits}}}", text):
            table.note(f"hashes.{name}", f"must have {digits} hexadecimal digits")
    return found
