"""What a wheel must be before the store takes it: RECORD, WHEEL, METADATA, names and entry points agree with its files.

Works on values and on the unpacked tree, which it only reads. Follows the wheel specification (PEP 427, PEP 491),
PEP 376 and PEP 627 for RECORD, and the entry points specification. Each IntegrityError names archive and member.
"""

from __future__ import annotations

import hashlib
import re

from capsa.disk.refusal import refusing
from capsa.disk.unpack import UnpackedFile
from capsa.errors import IntegrityError, quoted
from capsa.model.distribution import FileName, parse_version
from capsa.model.metadata import parse_metadata
from capsa.model.name import normalize
from capsa.model.record import RecordRow, encode_digest, parse_record
from capsa.value import value

SCHEMES = ("purelib", "platlib", "scripts", "data", "headers")

# Files that can't be in RECORD with a hash: it itself and signatures of it.
_UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")
_ALGORITHMS = ("sha256", "sha384", "sha512")
_REFERENCE = r"([\w.]+)\s*:\s*([\w.]+)\s*(\[[^\]]*\])?"
_SCRIPT_NAME = r"[^\x00-\x1f\x7f/\\:*?\"<>|]+"


@value
class Inspected:
    """What the dist-info folder tells: ``scripts`` are {"console_scripts": [(name, "module:attribute")], ...}."""

    info: str
    is_purelib: bool
    requires_python: str
    scripts: dict[str, list[tuple[str, str]]]


def inspect_wheel(tree: str, files: tuple[UnpackedFile, ...], name: FileName, title: str) -> Inspected:
    """Return what an unpacked wheel says of itself after everything in it was found to agree.

    ``tree`` is where ``files`` lie; ``name`` is what the wheel's file name tells; ``title`` names the archive.
    """
    by_path = {file.path: file for file in files}
    info = find_info(by_path, name, title)
    check_record(tree, by_path, info, title)
    is_purelib = _read_wheel(_read(tree, by_path, f"{info}/WHEEL", title), f"{title}: {info}/WHEEL")
    requires_python = _read_metadata(_read(tree, by_path, f"{info}/METADATA", title), name, f"{title}: {info}/METADATA")
    check_destinations(by_path, title)
    scripts: dict[str, list[tuple[str, str]]] = {}
    points = f"{info}/entry_points.txt"
    if points in by_path:
        scripts = parse_scripts(_read(tree, by_path, points, title), f"{title}: {points}")
    return Inspected(info=info, is_purelib=is_purelib, requires_python=requires_python, scripts=scripts)


def find_info(files: dict[str, UnpackedFile], name: FileName, title: str) -> str:
    """Return the one dist-info folder, whose project and version must be those of the file name."""
    tops = {path.partition("/")[0] for path in files if "/" in path}
    found = sorted(top for top in tops if top.endswith(".dist-info"))
    if len(found) != 1:
        told = " and ".join(found) or "none"
        raise IntegrityError(f"{title} must have one .dist-info folder, but has {told}")
    project, _, version = found[0].removesuffix(".dist-info").partition("-")
    if normalize(project) != name.project or not _is_equal(version, name.version):
        raise IntegrityError(f"{title}: {found[0]} is of another project or version than the file name says")
    return found[0]


def check_record(tree: str, files: dict[str, UnpackedFile], info: str, title: str) -> None:
    """Refuse a wheel whose files are not exactly those of its RECORD, with their hashes and sizes."""
    place = f"{title}: {info}/RECORD"
    content = _read(tree, files, f"{info}/RECORD", title)
    try:
        rows = parse_record(content.decode("utf-8-sig"), place)
    except UnicodeDecodeError as error:
        raise IntegrityError(f"{place} is not UTF-8: {error}") from error
    unhashed = {f"{info}/{name}" for name in _UNHASHED}
    listed: dict[str, RecordRow] = {}
    for row in rows:
        if row.path.endswith("/"):
            continue  # some tools list folders
        if row.path not in files and row.path not in unhashed:
            raise IntegrityError(f"{place} lists {row.path}, which is not in the archive")
        if listed.setdefault(row.path, row) != row:
            raise IntegrityError(f"{place} lists {row.path} twice, each time otherwise")
        if row.path in files and (row.digest or row.path not in unhashed):
            _check_row(tree, files[row.path], row, title)
    missing = sorted(files.keys() - listed.keys() - unhashed)
    if missing:
        raise IntegrityError(f"{title}: member {missing[0]} is not in RECORD")


def _check_row(tree: str, file: UnpackedFile, row: RecordRow, title: str) -> None:
    who = f"{title}: member {file.path}"
    if row.algorithm not in _ALGORITHMS:
        told = f"only a {row.algorithm} hash" if row.algorithm else "no hash"
        raise IntegrityError(f"{who} has {told} in RECORD, where sha256 or better is needed")
    if row.algorithm == "sha256":
        digest = file.sha256
    else:
        path = f"{tree}/{file.path}"
        with refusing("read", path), open(path, "rb") as stream:
            digest = hashlib.file_digest(stream, row.algorithm).hexdigest()
    if encode_digest(digest) != row.digest.rstrip("="):
        raise IntegrityError(f"{who} does not have the {row.algorithm} that RECORD promises")
    if row.size is not None and row.size != file.size:
        raise IntegrityError(f"{who} has {file.size} bytes, where RECORD promises {row.size}")


def check_destinations(files: dict[str, UnpackedFile], title: str) -> None:
    """Refuse members that would have no place in a box, or one place together."""
    taken: dict[tuple[str, str], str] = {}
    for path in files:
        top, _, rest = path.partition("/")
        place = ("lib", path)
        if rest and top.endswith(".data"):
            key, _, below = rest.partition("/")
            if key not in SCHEMES or not below:
                raise IntegrityError(f"{title}: member {path} belongs to no installation scheme ({', '.join(SCHEMES)})")
            # In a box purelib and platlib are one folder.
            place = ("lib" if key in {"purelib", "platlib"} else key, below)
        other = taken.setdefault(place, path)
        if other != path:
            raise IntegrityError(f"{title}: members {other} and {path} would be installed to one place")


def parse_scripts(content: bytes, place: str) -> dict[str, list[tuple[str, str]]]:
    """Return the console and gui scripts of an entry_points.txt; other groups only have to be readable."""
    import configparser  # noqa: PLC0415 - 3 ms, and wheels are inspected once

    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    # Names keep their case: "Tool" and "tool" are two programs.
    setattr(parser, "optionxform", str)  # noqa: B010 - mypy takes a plain assignment for an overridden method
    try:
        parser.read_string(content.decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise IntegrityError(f"{place} can't be read: {reason}") from error
    scripts: dict[str, list[tuple[str, str]]] = {}
    for group in ("console_scripts", "gui_scripts"):
        if parser.has_section(group):
            scripts[group] = [_script(name, value, place) for name, value in parser.items(group)]
    return scripts


def _script(name: str, value: str, place: str) -> tuple[str, str]:
    match = re.fullmatch(_REFERENCE, (value or "").strip())
    if match is None:
        raise IntegrityError(f"{place}: script {quoted(f'{name} = {value}')} does not name a module and a function")
    if not re.fullmatch(_SCRIPT_NAME, name) or name in {".", ".."}:
        raise IntegrityError(f"{place}: {quoted(name)} can't be the name of a program")
    return name, f"{match[1]}:{match[2]}"


def _read_wheel(content: bytes, place: str) -> bool:
    """Return Root-Is-Purelib; a version that this reader does not know is refused."""
    lines = [line.partition(":") for line in content.decode("utf-8", "replace").splitlines()]
    fields = {key.strip().lower(): value.strip() for key, _, value in lines}
    version = fields.get("wheel-version", "")
    if not re.fullmatch(r"1(\.\d+)*", version):
        told = f"wheel version {version}" if version else "no wheel version"
        raise IntegrityError(f"{place} tells {told}; versions 1.x can be installed")
    return fields.get("root-is-purelib", "").lower() == "true"


def _read_metadata(content: bytes, name: FileName, place: str) -> str:
    """Return Requires-Python or ""; name and version must be those of the file name."""
    metadata = parse_metadata(content, place)
    if metadata.project != name.project or not _is_equal(metadata.version, name.version):
        raise IntegrityError(
            f"{place} is of {metadata.name} {metadata.version}, where the file name says {name.project} {name.version}"
        )
    return metadata.requires_python or ""


def _is_equal(version: str, other: str) -> bool:
    # Wheel file and folder names write "_" where a version has "-"; both are separators to PEP 440.
    parsed = parse_version(version.replace("_", "-"))
    return parsed is not None and parsed == parse_version(other)


def _read(tree: str, files: dict[str, UnpackedFile], member: str, title: str) -> bytes:
    if member not in files:
        raise IntegrityError(f"{title} has no member {member}, so it is not a wheel")
    path = f"{tree}/{member}"
    with refusing("read", path), open(path, "rb") as stream:
        return stream.read()
