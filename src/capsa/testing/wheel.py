"""Wheels made on the spot, for tests: small, valid unless tampered with, and the same bytes every time.

Follows the wheel specification (PEP 427), core metadata and the entry points specification. Asks no clock.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence

from capsa.disk.atomic import make_folders, write_atomic
from capsa.model.record import RecordRow, encode_digest, format_record

Content = str | bytes
Contents = Mapping[str, Content]
Members = dict[str, bytes]

_DATE = (2020, 1, 1, 0, 0, 0)
_FILE, _PROGRAM = 0o100644, 0o100755
_UNIX = 3


def make_wheel(  # noqa: PLR0913 - one keyword a part of a wheel; all but three are optional
    folder: str,
    name: str,
    version: str,
    *,
    files: Contents | None = None,
    requires: Sequence[str] = (),
    extras: Sequence[str] = (),
    entry_points: Mapping[str, Mapping[str, str]] | str | None = None,
    requires_python: str = "",
    tags: str = "py3-none-any",
    build: str = "",
    data: Contents | None = None,
    metadata_extra: str = "",
    executables: Collection[str] = (),
    wheel_version: str = "1.0",
    is_purelib: bool = True,
    tamper: Callable[[Members], object] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> str:
    """Write a wheel into ``folder`` (made when missing) and return its path.

    ``files`` are the modules by path (default: one module that holds its version); ``data`` is what lies below the
    ``.data`` folder, by "scripts/tool", "data/share/x", "headers/x.h", "purelib/x.py"; ``requires`` are PEP 508 texts;
    ``entry_points`` is {"console_scripts": {"tool": "module:function"}} or the file's text; ``metadata_extra`` is more
    header lines, or a blank line and a description; ``executables`` are paths of ``files`` with the executable bit (all
    of ``data``'s scripts have it). ``tamper`` is given all members by name after RECORD was made, in their order, to
    change as it likes: the place for wheels that lie.
    """
    stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}"
    info = f"{stem}.dist-info"
    module = stem.partition("-")[0]
    members = _encode(files if files is not None else {f"{module}.py": f'__version__ = "{version}"\n'})
    members |= {f"{stem}.data/{path}": content for path, content in _encode(data or {}).items()}
    members[f"{info}/METADATA"] = _metadata(name, version, requires, extras, requires_python, metadata_extra).encode()
    members[f"{info}/WHEEL"] = _wheel(wheel_version, tags, build, is_purelib=is_purelib).encode()
    if entry_points is not None:
        members[f"{info}/entry_points.txt"] = _entry_points(entry_points).encode()
    members[f"{info}/RECORD"] = record_of(members, f"{info}/RECORD").encode()
    if tamper is not None:
        tamper(members)
    programs = {*executables, *(path for path in members if path.startswith(f"{stem}.data/scripts/"))}
    path = os.path.join(folder, "-".join(part for part in (stem, build, tags) if part) + ".whl")
    make_folders(folder)
    write_atomic(path, archive_of(members, programs=programs, compression=compression))
    return path


def record_of(members: Mapping[str, bytes], path: str) -> str:
    """Return the RECORD of these members, which itself lies at ``path``."""
    rows = [
        RecordRow(
            path=name, algorithm="sha256", digest=encode_digest(hashlib.sha256(content).hexdigest()), size=len(content)
        )
        for name, content in members.items()
        if name != path
    ]
    return format_record((*rows, RecordRow(path=path)))


def archive_of(
    members: Mapping[str, bytes], *, programs: Collection[str] = (), compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return a zip archive of these members in their order; ``programs`` get the executable bit."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = _UNIX
            member.external_attr = (_PROGRAM if name in programs else _FILE) << 16
            member.compress_type = compression
            archive.writestr(member, content)
    return stream.getvalue()


def _encode(contents: Contents) -> Members:
    return {path: content.encode() if isinstance(content, str) else content for path, content in contents.items()}


def _metadata(
    name: str, version: str, requires: Sequence[str], extras: Sequence[str], requires_python: str, more: str
) -> str:
    lines = ["Metadata-Version: 2.3", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    return "\n".join(lines) + "\n" + (more if not more or more.endswith("\n") else f"{more}\n")


def _wheel(version: str, tags: str, build: str, *, is_purelib: bool) -> str:
    pythons, abis, platforms = (part.split(".") for part in tags.split("-"))
    lines = [f"Wheel-Version: {version}", "Generator: capsa.testing", f"Root-Is-Purelib: {str(is_purelib).lower()}"]
    lines += [f"Tag: {python}-{abi}-{platform}" for python in pythons for abi in abis for platform in platforms]
    lines += [f"Build: {build}"] if build else []
    return "\n".join(lines) + "\n"


def _entry_points(groups: Mapping[str, Mapping[str, str]] | str) -> str:
    if isinstance(groups, str):
        return groups
    return "\n".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in groups.items()
    )
