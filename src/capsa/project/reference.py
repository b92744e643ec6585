"""One demand as people write it, by name (PEP 508), or by the path or URL of a wheel: a requirement.

The forms are those of pip's requirements files and command line. Sources to build from (folders, sdists, version
control) are refused with a sentence. Asks the disk nothing: what lies at a path is told by a function.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import SpecifierSet

from capsa.errors import RequirementError
from capsa.model.distribution import parse_filename
from capsa.model.name import normalize
from capsa.model.requirement import Origin, Requirement, parse_requirement, split_fragment, without_password

Look = Callable[[str], Literal["file", "folder", ""]]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@")
_EXTRAS = re.compile(r"(.+?)\s*\[([^\[\]]*)\]")
_WEAK = ("md5", "sha1", "sha224")
_ADDRESSES = ("http", "https", "file")
_CONTROLS = ("git", "hg", "svn", "bzr")
_ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.lzma", ".tlz", ".tar", ".zip")
_LATER = ("capsa does not build from source yet: name a wheel, or the project so that its index's wheel is taken",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where a demand is written: ``folder`` is what relative paths start from; ``look`` tells what lies at a path."""

    origin: Origin
    folder: str
    look: Look


def look_at(path: str) -> Literal["file", "folder", ""]:
    """Return what lies at a path on this disk: the `Look` that is used outside of tests."""
    if os.path.isdir(path):
        return "folder"
    return "file" if os.path.exists(path) else ""


def parse_reference(text: str, written: Written, hashes: tuple[str, ...] = ()) -> Requirement:
    """Return the demand that a text states in any of its forms; raises RequirementError that names its origin.

    A wheel by path or URL gives name and version through its file name; its path becomes a ``file:`` URL.
    """
    text = text.strip()
    if _NAMED.match(text):
        return _checked(parse_requirement(text, written.origin, hashes), written)
    if scheme := _scheme(text):
        address, marker = _split_marker(text, r"\s;|;\s")
        if scheme not in _ADDRESSES:
            raise _unread(written, text, scheme)
        return _wheel(text, _absolute(address, written), marker, written, hashes)
    head, marker = _split_marker(text, ";")
    if not _is_path(head):
        return parse_requirement(text, written.origin, hashes)
    path, extras = _split_extras(head)
    place = os.path.normpath(os.path.join(written.folder, path))
    _require_wheel(path, place, written)
    fragment = f"#egg=_[{extras}]" if extras else ""
    return _wheel(text, file_url(place) + fragment, marker, written, hashes)


def file_url(path: str) -> str:
    """Return the ``file:`` URL of an absolute path."""
    if path[1:2] == ":":  # a drive of Windows
        return "file:///" + quote(path.replace("\\", "/"), safe="/:")
    return f"file://{quote(os.fsencode(path))}"


def file_path(url: str) -> str | None:
    """Return the path that a ``file:`` URL names (relative for ``file:./x``), or None where it names no file here."""
    parts = _split(url)
    if parts is None or parts.netloc not in {"", "localhost"}:
        return None
    path = unquote(parts.path, errors="surrogateescape")
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # a bracket in the host's place
        return None


def _scheme(text: str) -> str | None:
    """Return the lower-case scheme of a URL, or None for a text that is none."""
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    is_known = scheme in _ADDRESSES or scheme.partition("+")[0] in _CONTROLS
    return scheme if is_known or text[len(scheme) :].startswith("://") else None


def _split_marker(text: str, separator: str) -> tuple[str, str]:
    found = re.search(separator, text)
    return (text[: found.start()].strip(), text[found.end() :].strip(" ;")) if found else (text, "")


def _split_extras(head: str) -> tuple[str, str]:
    found = _EXTRAS.fullmatch(head)
    return (found[1], found[2]) if found else (head, "")


def _is_path(head: str) -> bool:
    path = _split_extras(head)[0]
    return path.startswith(".") or "/" in path or "\\" in path or path.lower().endswith((".whl", *_ARCHIVES))


def _require_wheel(path: str, place: str, written: Written) -> None:
    """Raise RequirementError where no wheel lies at the absolute ``place``, written as ``path``."""
    kind = written.look(place)
    if not kind:
        raise RequirementError(f"{written.origin}: `{path}` does not exist, looked for at {place}")
    if kind == "folder":
        raise _later(written, path, "is a folder")
    if path.lower().endswith(_ARCHIVES):
        raise _later(written, path, "is a source distribution")
    if not path.endswith(".whl"):
        raise RequirementError(
            f"{written.origin}: `{path}` is not a wheel", hints=(f"if it lists requirements: capsa install -r {path}",)
        )


def _absolute(address: str, written: Written) -> str:
    """Return a URL with an absolute path, having looked whether a file is there."""
    if _scheme(address) != "file":
        return address
    bare, sign, fragment = address.partition("#")
    path = file_path(bare)
    if path is None:
        raise RequirementError(f"{written.origin}: `{without_password(address)}` names no file on this machine")
    place = os.path.normpath(os.path.join(written.folder, path))
    _require_wheel(path, place, written)
    return file_url(place) + sign + fragment


def _wheel(text: str, url: str, marker: str, written: Written, hashes: tuple[str, ...]) -> Requirement:
    address, named, keys = _split_url(url, written)
    project, version = _parse_wheel_name(address, written)
    egg, extras = _split_extras(unquote(keys.get("egg", "")))
    if egg and egg != "_" and normalize(egg) != project:
        raise RequirementError(
            f"{written.origin}: `{without_password(text)}` says egg={egg}, but is a wheel of {project}"
        )
    return Requirement(
        name=project,
        extras=frozenset(normalize(extra.strip()) for extra in extras.split(",") if extra.strip()),
        specifier=SpecifierSet(f"=={version}"),
        marker=_parse_marker(marker, written) if marker else None,
        url=address,
        text=without_password(text),
        origin=written.origin,
        hashes=(*hashes, *named),
    )


def _checked(requirement: Requirement, written: Written) -> Requirement:
    """Return a demand of the form ``name @ url`` with its URL made absolute and held against the name."""
    if requirement.url is None:  # pragma: no cover - the form says that there is one
        return requirement
    url = requirement.url
    scheme = _scheme(url)
    if scheme is None:
        url = file_url(os.path.normpath(os.path.join(written.folder, url)))
    elif scheme not in _ADDRESSES:
        raise _unread(written, requirement.text, scheme)
    address, _, _ = _split_url(_absolute(url, written), written)
    project, version = _parse_wheel_name(address, written)
    if project != requirement.name:
        raise RequirementError(
            f"{written.origin}: `{requirement.text}` asks for {requirement.name} by a wheel of {project}"
        )
    return replace(requirement, url=address, specifier=SpecifierSet(f"=={version}"))


def _split_url(url: str, written: Written) -> tuple[str, tuple[str, ...], dict[str, str]]:
    address, hashes, keys = split_fragment(url)
    if weak := [name for name in _WEAK if name in keys]:
        raise RequirementError(
            f"{written.origin}: the {weak[0]} in `{without_password(url)}` does not protect",
            hints=("give its sha256 instead: #sha256=0123...",),
        )
    return address, hashes, keys


def _parse_wheel_name(address: str, written: Written) -> tuple[str, str]:
    parts = _split(address)
    filename = unquote(posixpath.basename(parts.path)) if parts else ""
    told = parse_filename(filename)
    if told is not None and told.tags is not None:
        return told.project, told.version
    shown = without_password(address)
    if filename.endswith(".whl"):
        raise RequirementError(
            f"{written.origin}: `{filename}` is not the name of a wheel",
            hints=("a wheel is named like six-1.17.0-py2.py3-none-any.whl; don't rename it",),
        )
    if filename.lower().endswith(_ARCHIVES):
        raise _later(written, shown, "is a source distribution")
    raise RequirementError(f"{written.origin}: `{shown}` does not name a wheel")


def _parse_marker(text: str, written: Written) -> Marker:
    try:
        return Marker(text)
    except InvalidMarker as error:
        reason = str(error).splitlines()[0]
        raise RequirementError(f"{written.origin}: `{text}` is not a marker: {reason}") from error


def _unread(written: Written, text: str, scheme: str) -> RequirementError:
    if scheme.partition("+")[0] in _CONTROLS:
        return _later(written, text, "is kept under version control")
    return RequirementError(
        f"{written.origin}: `{without_password(text)}` has an address that starts with {scheme}:",
        hints=(f"addresses of wheels start with {', '.join(f'{known}:' for known in _ADDRESSES)}",),
    )


def _later(written: Written, text: str, what: str) -> RequirementError:
    return RequirementError(f"{written.origin}: `{without_password(text)}` {what}", hints=_LATER)
