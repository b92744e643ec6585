"""How a demand is written down: with a lower bound, with the extras that were there, with a marker. PURE.

Keeps the author's own words wherever they say enough. Follows PEP 508.
"""

from __future__ import annotations

import re

from packaging.markers import InvalidMarker, Marker

from capsa.errors import RequirementError
from capsa.model.address import without_userinfo
from capsa.model.name import normalize
from capsa.model.requirement import Requirement
from capsa.value import replace, value

_HEAD = r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*"


@value
class Wording:
    """``text`` is what to write; ``is_open`` says that a version is to be told by `bounded` before it is whole."""

    text: str
    is_open: bool = False


def marked(requirement: Requirement, marker: str) -> Requirement:
    """Return a demand that holds only where a PEP 508 marker holds too; raises RequirementError for what is none."""
    try:
        wanted = Marker(marker)
    except InvalidMarker as error:
        reason = str(error).splitlines()[0]
        raise RequirementError(
            f"{requirement.origin}: `{marker}` is not a marker: {reason}",
            hints=("write it like --marker \"sys_platform == 'win32'\"",),
        ) from error
    both = wanted if requirement.marker is None else Marker(f"({requirement.marker}) and ({wanted})")
    return replace(requirement, marker=both, text=f"{requirement.demand}; {_single(str(both))}")


def worded(requirement: Requirement, listed: str | None, *, is_raw: bool = False) -> Wording:
    """Return how a demand is written into a list that has ``listed``, of the same name and marker, or nothing yet.

    ``requirement`` has a name. Extras that are listed stay. A demand for no more than what is listed stays as that is.
    """
    if requirement.url is not None:
        return Wording(text=_direct(requirement))
    if is_raw:
        return Wording(text=requirement.text)
    name, extras, rest = _parts(requirement.demand)
    known_name, known_extras, known_rest = _parts(listed or "")
    every = {normalize(extra): extra for extra in (*known_extras, *extras)}
    if listed is not None and not rest:
        is_new = len(every) > len(known_extras)
        return Wording(text=_joined(known_name, every, known_rest) if is_new else listed)
    if len(every) == len(extras):  # nothing to put to the author's words
        return Wording(text=_single(requirement.text), is_open=not rest)
    return Wording(text=_joined(name, every, rest) + _marker(requirement), is_open=not rest)


def bounded(text: str, version: str) -> str:
    """Return a demand without versions as one for at least this version, of which the local part does not count."""
    head, semicolon, marker = text.partition(";")
    tail = f"; {marker.strip()}" if semicolon else ""
    return f"{head.rstrip()}>={version.partition('+')[0]}{tail}"


def _parts(text: str) -> tuple[str, list[str], str]:
    """Return the name, the extras and the rest of a demand."""
    found = re.match(_HEAD, text)
    if found is None:
        return "", [], text
    extras = [extra.strip() for extra in (found[2] or "").split(",") if extra.strip()]
    return found[1], extras, text[found.end() :]


def _joined(name: str, extras: dict[str, str], rest: str) -> str:
    named = f"[{','.join(extras[key] for key in sorted(extras))}]" if extras else ""
    return f"{name}{named}{rest}"


def require_public(requirement: Requirement) -> None:
    """Raise RequirementError for an address with a user name or password: files of a project are read by many."""
    url = requirement.url or ""
    if without_userinfo(url) != url and not url.startswith("git+ssh://git@"):
        raise RequirementError(
            f"{requirement.origin}: the address `{requirement.text}` holds a user name or password, "
            "which would be written into the file",
            hints=("leave it out of the address, and keep it in your netrc file",),
        )


def _direct(requirement: Requirement) -> str:
    url = requirement.url or ""
    if requirement.hashes:
        url += ("&" if "#" in url else "#") + requirement.hashes[0].replace(":", "=", 1)
    extras = {extra: extra for extra in requirement.extras}
    space = " " if requirement.marker else ""  # or the semicolon would be a part of the URL
    return f"{_joined(requirement.name, extras, '')} @ {url}{space}{_marker(requirement)}"


def _marker(requirement: Requirement) -> str:
    return "" if requirement.marker is None else f"; {_single(str(requirement.marker))}"


def _single(text: str) -> str:
    """Return a demand with single quotes in its marker, as TOML mostly has double ones around it."""
    return text if "'" in text else text.replace('"', "'")
