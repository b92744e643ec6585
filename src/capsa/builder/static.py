"""Metadata that can be read where others build: PKG-INFO that says what won't change, and a plain ``[project]``.

PKG-INFO counts from metadata version 2.2 on, where no field that resolving needs is Dynamic (PEP 643); ``[project]``
where none of them is in ``dynamic`` (PEP 621). Whatever looks odd gives None: the backend is asked. Touches no disk.
"""

from __future__ import annotations

import re
from typing import Any

from capsa.errors import IntegrityError, RequirementError
from capsa.model.distribution import parse_version
from capsa.model.metadata import Metadata, parse_metadata
from capsa.model.name import normalize
from capsa.model.requirement import Origin, parse_requirement

_NEEDED = frozenset({"version", "requires-dist", "requires-python", "provides-extra"})
_KEYS = ("dependencies", "optional-dependencies", "requires-python")
_OLDEST = (2, 2)
_NUMBERS = r"(\d{1,9})\.(\d{1,9})"
_NAME = r"[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?"


def static_metadata(pkg_info: bytes, title: str) -> Metadata | None:
    """Return the metadata in a PKG-INFO whose needed fields no build can change, else None (PEP 643)."""
    version, dynamic = "", set()
    for line in pkg_info.partition(b"\n\n")[0].splitlines():
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if not line or (not colon and name[:1] not in {" ", "\t"}):
            break
        key = name.strip().lower()
        if key == "metadata-version":
            version = value.strip()
        elif key == "dynamic":
            dynamic.add(value.strip().lower())
    found = re.fullmatch(_NUMBERS, version)
    if not found or (int(found[1]), int(found[2])) < _OLDEST or dynamic & _NEEDED:
        return None
    try:
        metadata = parse_metadata(pkg_info, f"PKG-INFO of {title}")
    except IntegrityError:
        return None  # the backend may still make sense of it, and says so if not
    return metadata if parse_version(metadata.version) else None


def project_metadata(pyproject: bytes, title: str, version: str = "") -> Metadata | None:
    """Return the metadata that ``[project]`` states, None where there is none or a needed part is dynamic.

    ``version`` is the one that is known from elsewhere, as from the name of an sdist: it stands in for a dynamic one.
    """
    import tomllib  # noqa: PLC0415 - 14 ms, and what is not built has no use for it

    try:
        document = tomllib.loads(pyproject.decode("utf-8"))
        project = document.get("project")
        if not isinstance(project, dict) or _is_dynamic(document, project):
            return None
        return _metadata(project, title, version)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, RequirementError):
        return None  # not as PEP 621 has it: the backend's own words about it are the better ones


def _is_dynamic(document: dict[str, Any], project: dict[str, Any]) -> bool:
    # Poetry filled in what [project] leaves out from a table of its own, without saying so.
    is_filled = "dependencies" not in project and "dependencies" in document.get("tool", {}).get("poetry", {})
    return is_filled or any(key in project.get("dynamic", []) for key in _KEYS)


def _metadata(project: dict[str, Any], title: str, version: str) -> Metadata | None:
    is_versioned = "version" not in project.get("dynamic", [])
    name, stated = project["name"], project["version"] if is_versioned else version
    requires_python = project.get("requires-python")
    extras = {normalize(extra): texts for extra, texts in project.get("optional-dependencies", {}).items()}
    wanted = _listed(project.get("dependencies", []))
    if (
        not re.fullmatch(_NAME, name, flags=re.IGNORECASE)
        or not parse_version(stated)
        or not isinstance(requires_python, str | None)
    ):
        return None
    if len(extras) != len(project.get("optional-dependencies", {})):
        return None  # two extras of one name
    origin = Origin(place=title)
    requires = [*wanted]
    for extra, texts in extras.items():
        requires += [_for_extra(text, extra) for text in _listed(texts)]
    for text in requires:
        parse_requirement(text, origin)
    return Metadata(
        name=name,
        version=stated,
        requires=tuple(requires),
        requires_python=requires_python or None,
        extras=tuple(extras),
        details=_details(project),
    )


def _listed(texts: Any) -> list[str]:
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise TypeError
    return texts


def _for_extra(text: str, extra: str) -> str:
    """Return a demand that holds only for one extra, in addition to its own marker."""
    # A URL may hold a semicolon of its own: there a blank comes before the one that begins the marker.
    is_direct = re.match(r"[^;]*@", text)
    demand, *marker = re.split(r"\s;" if is_direct else ";", text, maxsplit=1)
    condition = f'extra == "{extra}"'
    if marker and marker[0].strip():
        condition = f"({marker[0].strip()}) and {condition}"
    return f"{demand.strip()} ; {condition}" if is_direct else f"{demand.strip()}; {condition}"


def _details(project: dict[str, Any]) -> dict[str, str]:
    """Return what ``show`` tells beside the rest, by the names of the core metadata."""
    found = {"summary": project.get("description"), "license-expression": project.get("license")}
    urls = project.get("urls", {})
    labels = {re.sub(r"[^a-z]", "", label.lower()): url for label, url in urls.items()}
    found["home-page"] = labels.get("homepage")
    return {key: value for key, value in found.items() if isinstance(value, str) and value}
