"""One demand as people write it: by name (PEP 508), or by the path or URL of a wheel or of what one is built from.

The forms are those of pip's requirements files and command line: direct references (PEP 440), ``#egg=``, ``-e``. Asks
the disk nothing: what lies at a path is told by a function.
"""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections.abc import Callable
from typing import Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import SpecifierSet

from capsa.errors import RequirementError
from capsa.model.distribution import FileName, parse_filename
from capsa.model.name import normalize
from capsa.model.requirement import (
    COMMAND_LINE,
    Origin,
    Requirement,
    parse_requirement,
    split_fragment,
    without_password,
)
from capsa.model.source import ARCHIVES, Source, parse_source
from capsa.value import replace, value

Look = Callable[[str], Literal["file", "folder", ""]]

_SCHEME = r"([A-Za-z][A-Za-z0-9+.-]+):"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_NAMED = _NAME + r"\s*(?:\[[^\]]*\])?\s*@"
_EXTRAS = r"(.+?)\s*\[([^\[\]]*)\]"
_FRAGMENT = r"#(?=(?:egg|subdirectory|sha\d+|md5)=)"
_WEAK = ("md5", "sha1", "sha224")
_ADDRESSES = ("http", "https", "file")
_GIT = r"git\+(?:https?|ssh|git|file)://[^/#]*/[^/@#]"
_SHORT_GIT = r"git\+|git@(?!\s*(?:[./]|(?:https?|file|git\+\w+):))"
_CONTROLS = {"git": "git", "hg": "Mercurial", "svn": "Subversion", "bzr": "Bazaar"}
_VERSION = re.compile(r"latest|\d+(?:\.\d+)*(?:\.\*|[-_.]?(?:a|b|rc|dev|post)\d*)?", re.IGNORECASE)
_FILES = (".whl", *ARCHIVES, ".tar.lzma", ".tlz")  # pip takes names that end so for files, wherever they stand
_PROJECT_FILES = ("pyproject.toml", "setup.py")
_GIT_FORM = "write it as git+https://host/path.git or git+ssh://git@host/path.git"


@value
class Written:
    """Where a demand is written: ``folder`` is what relative paths start from; ``look`` tells what lies at a path.

    ``verb`` are the words of a command line that could read a file of requirements ("install"), "" where none could.
    """

    origin: Origin
    folder: str
    look: Look
    verb: str = ""


def look_at(path: str) -> Literal["file", "folder", ""]:
    """Return what lies at a path on this disk: the `Look` that is used outside of tests."""
    if os.path.isdir(path):
        return "folder"
    return "file" if os.path.exists(path) else ""


def parse_reference(
    text: str, written: Written, hashes: tuple[str, ...] = (), *, is_editable: bool = False
) -> Requirement:
    """Return the demand that a text states in any of its forms; raises RequirementError that names its origin.

    A path becomes a ``file:`` URL. The file name of a wheel or an sdist gives name and version; where nothing gives
    the name, it is "". ``is_editable``: the text is the value of ``-e``, so it must lead to a folder.
    """
    text = text.strip()
    scheme = _scheme(text)
    if scheme is None and re.match(_SHORT_GIT, text):
        raise _unread(written, text, "git")
    if re.match(_NAMED, text):
        requirement = _named(parse_requirement(text, written.origin, hashes), written)
    else:
        head, marker = _split_marker(text, r"\s;|;\s" if scheme else ";")
        if scheme is None and not is_editable and not _is_path(head):
            return parse_requirement(text, written.origin, hashes)
        place, extras = _split_extras(head) if scheme in {None, "file"} else (head, "")
        url = _absolute(place, written) if scheme else _local(*_split_path(place, written), written)
        direct = _direct(url, hashes, written)
        requirement = _unnamed(text, replace(direct, extras=direct.extras | _extras(extras)), marker, written)
    return _linked(requirement, written) if is_editable else requirement


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
    found = re.match(_SCHEME, text)
    scheme = found[1].lower() if found else ""
    is_known = scheme in _ADDRESSES or scheme.partition("+")[0] in _CONTROLS
    return scheme if is_known or text[len(scheme) :].startswith("://") else None


def _split_marker(text: str, separator: str) -> tuple[str, str]:
    found = re.search(separator, text)
    return (text[: found.start()].strip(), text[found.end() :].strip(" ;")) if found else (text, "")


def _split_extras(head: str) -> tuple[str, str]:
    found = re.fullmatch(_EXTRAS, head)
    return (found[1], found[2]) if found else (head, "")


def _extras(text: str) -> frozenset[str]:
    return frozenset(normalize(extra.strip()) for extra in text.split(",") if extra.strip())


def _split_path(path: str, written: Written) -> tuple[str, str]:
    """Return path and fragment, which pip allows for URLs only; a name that holds a "#" itself is looked for first."""
    found = re.search(_FRAGMENT, path)
    if found is None or written.look(os.path.normpath(os.path.join(written.folder, path))):
        return path, ""
    return path[: found.start()], path[found.start() :]


def _is_path(head: str) -> bool:
    path = _split_extras(head)[0]
    return path.startswith(".") or "/" in path or "\\" in path or path.lower().endswith(_FILES)


# -- where it is ---------------------------------------------------------------------------------------------------


def _absolute(address: str, written: Written) -> str:
    """Return a URL or path as an absolute URL, having looked whether something is there."""
    scheme = _scheme(address)
    bare, sign, fragment = address.partition("#")
    if scheme is None:
        return _local(bare, sign + fragment, written)
    if re.match(_GIT, address, flags=re.IGNORECASE):
        return scheme + address[len(scheme) :]
    if scheme not in _ADDRESSES:
        raise _unread(written, address, scheme)
    if scheme != "file":
        return address
    path = file_path(bare)
    if path is None:
        raise RequirementError(f"{written.origin}: `{without_password(address)}` names no file on this machine")
    return _local(path, sign + fragment, written)


def _unread(written: Written, address: str, scheme: str) -> RequirementError:
    shown = without_password(address)
    control = scheme.partition("+")[0]
    if control == "git":
        return RequirementError(
            f"{written.origin}: `{shown}` is not the URL of a git repository that capsa reads", hints=(_GIT_FORM,)
        )
    if control in _CONTROLS:
        return RequirementError(
            f"{written.origin}: `{shown}` is kept by {_CONTROLS[control]}, and capsa reads git only",
            hints=("give a URL of an archive of it, which ends in .tar.gz or .zip",),
        )
    known = ", ".join(f"{known}:" for known in (*_ADDRESSES, "git+https"))
    return RequirementError(
        f"{written.origin}: `{shown}` has an address that starts with {scheme}:",
        hints=(f"addresses start with one of {known}",),
    )


def _local(path: str, fragment: str, written: Written) -> str:
    """Return the URL of what lies at a path; raises RequirementError unless it looks like a wheel or a source."""
    place = os.path.normpath(os.path.join(written.folder, path))
    kind, shown = written.look(place), without_password(path)
    if not kind:
        raise RequirementError(f"{written.origin}: `{shown}` does not exist, looked for at {place}")
    url = file_url(place)
    source = parse_source(url)
    is_named_as_folder = source is not None and source.kind == "folder"
    if kind == "file" and is_named_as_folder:
        raise _unfit(written, shown)
    if kind == "folder" and not is_named_as_folder:
        raise RequirementError(
            f"{written.origin}: `{shown}` is a folder, and its name ends like that of a file",
            hints=("rename the folder",),
        )
    return url + fragment


def _unfit(written: Written, shown: str) -> RequirementError:
    sentence = f"{written.origin}: `{shown}` is neither a wheel nor a source distribution"
    if shown.lower().endswith((".py", ".pyw")):
        return RequirementError(f"{sentence}, but a Python file")
    if written.origin == COMMAND_LINE and not written.verb:
        return RequirementError(sentence)
    verb = f"capsa {written.verb} " if written.verb else ""  # a line of a file can name another file too
    return RequirementError(sentence, hints=(f"if it lists requirements: `{verb}-r {shlex.quote(shown)}`",))


# -- what it is ----------------------------------------------------------------------------------------------------


@value
class _Direct:
    """What an absolute URL says: ``address`` is without hashes and names; ``source`` is None for a wheel.

    ``told`` is what the file name tells, ``egg`` the normalized name in the fragment, "" for none.
    """

    address: str
    source: Source | None
    told: FileName | None
    hashes: tuple[str, ...]
    egg: str
    extras: frozenset[str]


def _direct(url: str, hashes: tuple[str, ...], written: Written) -> _Direct:
    shown = without_password(url)
    address, named, keys = split_fragment(url)
    hashes = (*hashes, *named)
    if weak := [name for name in _WEAK if name in keys]:
        raise RequirementError(
            f"{written.origin}: the {weak[0]} in `{shown}` does not protect",
            hints=("give its sha256 instead: #sha256=0123...",),
        )
    egg, extras = _split_extras(unquote(keys.get("egg", "")))
    if egg and not re.fullmatch(_NAME, egg):
        raise RequirementError(
            f"{written.origin}: egg={egg} in `{shown}` is not the name of a project",
            hints=("write the name in front: `name @ URL`",),
        )
    source = parse_source(address) if _split(address) is not None else None
    told = _told(address, source, written)
    if source is not None:
        _check_source(source, shown, hashes, written)
    return _Direct(address=address, source=source, told=told, hashes=hashes, egg=normalize(egg), extras=_extras(extras))


def _told(address: str, source: Source | None, written: Written) -> FileName | None:
    """What the file name tells: everything of a wheel, perhaps name and version of an sdist."""
    if source is not None:
        is_whole = source.kind == "archive" and not source.subdirectory
        return parse_filename(source.filename) if is_whole else None
    parts = _split(address)
    filename = unquote(posixpath.basename(parts.path)) if parts else ""
    told = parse_filename(filename)
    if told is not None:
        return told
    if filename.endswith(".whl"):
        raise RequirementError(
            f"{written.origin}: `{filename}` is not the name of a wheel",
            hints=("a wheel is named like six-1.17.0-py2.py3-none-any.whl; don't rename it",),
        )
    shown = without_password(address)
    is_repository = parts is not None and (filename.endswith(".git") or "." not in filename)
    raise RequirementError(
        f"{written.origin}: `{shown}` does not name a wheel or a source distribution",
        hints=(f"if it is a git repository: `git+{shown}`",) if is_repository else (),
    )


def _check_source(source: Source, shown: str, hashes: tuple[str, ...], written: Written) -> None:
    """Raise RequirementError for a source that leads out of itself, that nothing can be built from, or that hides."""
    inside = source.subdirectory
    if inside.startswith("/") or "\\" in inside or ".." in inside.split("/"):
        raise RequirementError(f"{written.origin}: the subdirectory in `{shown}` leads out of the project")
    if source.revision.startswith("-"):
        raise RequirementError(f"{written.origin}: `{source.revision}` in `{shown}` is not the name of a revision")
    if hashes and source.kind != "archive":
        kind = "a folder" if source.kind == "folder" else "under version control"
        raise RequirementError(
            f"{written.origin}: `{shown}` is {kind}, which no hash can be held against", hints=("leave the hash out",)
        )
    folder = file_path(source.url) if source.kind == "folder" else None
    if folder is not None and not any(written.look(os.path.join(folder, inside, name)) for name in _PROJECT_FILES):
        place = os.path.normpath(os.path.join(folder, inside))
        raise RequirementError(
            f"{written.origin}: {place} has neither a pyproject.toml nor a setup.py, so nothing can be built there",
            hints=("make a project of it: `capsa init --package`",),
        )


# -- who demands it ------------------------------------------------------------------------------------------------


def _unnamed(text: str, direct: _Direct, marker: str, written: Written) -> Requirement:
    named, told = direct.egg, direct.told
    if told is not None and direct.source is None and named not in {"", told.project}:
        raise RequirementError(
            f"{written.origin}: `{without_password(text)}` says egg={named}, but is a wheel of {told.project}"
        )
    name = named or (told.project if told else "")
    return Requirement(
        name=name,
        extras=direct.extras,
        specifier=_pin(told, name),
        marker=_parse_marker(marker, written) if marker else None,
        url=direct.address,
        text=without_password(text),
        origin=written.origin,
        hashes=direct.hashes,
    )


def _named(requirement: Requirement, written: Written) -> Requirement:
    """Return a demand of the form ``name @ url`` with its URL made absolute and held against the name."""
    require_address(requirement, written)
    direct = _direct(_absolute(requirement.url or "", written), requirement.hashes, written)
    told = direct.told
    if told is not None and direct.source is None and told.project != requirement.name:
        raise RequirementError(
            f"{written.origin}: `{requirement.text}` asks for {requirement.name} by a wheel of {told.project}"
        )
    return replace(requirement, url=direct.address, specifier=_pin(told, requirement.name))


def require_address(requirement: Requirement, written: Written | None = None) -> None:
    """Raise RequirementError for ``name@1.0``, as other languages write it: behind the sign stands an address.

    With ``written`` a file or folder that is called like a version counts as what it is.
    """
    url = requirement.url or ""
    if not _VERSION.fullmatch(url) or (written and written.look(os.path.join(written.folder, url))):
        return
    name = re.split(r"[@;]", requirement.text, maxsplit=1)[0].strip()
    way = f"write `{name}`: the newest version that fits is taken" if url == "latest" else f"write `{name}=={url}`"
    raise RequirementError(
        f"{requirement.origin}: `{requirement.text}` has a version where an address stands, behind the @", hints=(way,)
    )


def _linked(requirement: Requirement, written: Written) -> Requirement:
    source = parse_source(requirement.url or "")
    if source is not None and source.kind == "folder":
        return replace(requirement, is_editable=True)
    way = "leave `-e` out"
    if source is not None and source.kind == "git":
        way = f"clone it, and give the folder: `git clone {without_password(source.url)}`"
    raise RequirementError(
        f"{written.origin}: `{requirement.text}` can't be installed editable, as only a folder can", hints=(way,)
    )


def _pin(told: FileName | None, name: str) -> SpecifierSet:
    return SpecifierSet(f"=={told.version}" if told is not None and told.project == name else "")


def _parse_marker(text: str, written: Written) -> Marker:
    try:
        return Marker(text)
    except InvalidMarker as error:
        reason = str(error).splitlines()[0]
        raise RequirementError(f"{written.origin}: `{text}` is not a marker: {reason}") from error
