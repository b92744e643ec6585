"""What other tools' tables say of where packages come from: capsa does not read that, and must not pass over it. PURE.

A package of the same name on the index may be a stranger's. Looks at what uv, Poetry, PDM and Rye keep in ``[tool]``;
says what is in the way, and never follows any of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from capsa.errors import RequirementError
from capsa.model.name import normalize
from capsa.model.requirement import Requirement, without_password
from capsa.project.find import Project
from capsa.project.reference import file_url
from capsa.project.span import Path, line_of, outline

_PLACES = ("git", "url", "path", "file", "workspace", "index", "source")  # keys that say where a package is
_FROM_INDEX = {"index", "source"}
_OWN_INDEX = ("index-url", "extra-index-url", "find-links", "no-index")
_INDEXES: tuple[Path, ...] = (
    ("uv", "index"),
    ("uv", "index-url"),
    ("uv", "extra-index-url"),
    ("uv", "find-links"),
    ("poetry", "source"),
    ("pdm", "source"),
    ("rye", "sources"),
)
_REVISIONS = ("rev", "tag", "branch")


def foreign_problems(project: Project, place: str, demands: Iterable[Requirement]) -> Iterator[RequirementError]:
    """Return what is in the way of locking ``demands``: one error for each package or table that says more of it.

    ``place`` is how messages name the file. A demand with an address of its own is no problem, and neither is an index
    where ``[tool.capsa]`` says which one capsa is to ask.
    """
    wanted = dict.fromkeys(demand.name for demand in demands if demand.url is None)
    if not wanted or not project.tool.keys() & {"uv", "poetry", "pdm", "rye"}:
        return
    has_index = any(key in project.settings for key in _OWN_INDEX)
    for path, entries in _sources(project.tool):
        if normalize(path[-1]) in wanted:
            kinds = {key for entry in entries for key in _PLACES if key in entry}
            if kinds - _FROM_INDEX or (kinds and not has_index):
                yield _of_package(project, place, path, entries)
    if has_index:
        return
    for path in _INDEXES:
        if _has_index(_at(project.tool, path)):
            yield _of_index(project, place, path)


def has_poetry_demands(tool: Mapping[str, object]) -> bool:
    """Whether Poetry's own table demands something beside a Python."""
    demands = _at(tool, ("poetry", "dependencies"))
    return isinstance(demands, dict) and any(name != "python" for name in demands)


def _sources(tool: Mapping[str, object]) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Return the path below ``[tool]`` of each package of which a table says something, and what it says."""
    paths: list[Path] = [("uv", "sources"), ("poetry", "dependencies"), ("poetry", "dev-dependencies")]
    groups = _at(tool, ("poetry", "group"))
    paths += [("poetry", "group", name, "dependencies") for name in groups] if isinstance(groups, dict) else []
    for path in paths:
        table = _at(tool, path)
        for name, value in table.items() if isinstance(table, dict) else ():
            entries = value if isinstance(value, list) else [value]
            yield (*path, name), [entry for entry in entries if isinstance(entry, dict)]


def _of_package(project: Project, place: str, path: Path, entries: list[dict[str, Any]]) -> RequirementError:
    name = normalize(path[-1])
    kinds = {key for entry in entries for key in _PLACES if key in entry}
    if kinds <= _FROM_INDEX:
        hint = "name the index for capsa too: `extra-index-url` in [tool.capsa]"
    else:
        hint = f"write the address into the demand: `{name} @ {_address(project.root, entries)}`"
    table = ".".join(("tool", *path[:-1]))
    return RequirementError(
        f"{_origin(project, place, path)}: {table} says where `{name}` comes from, and capsa does not read that table",
        hints=(hint, "or remove it from that table, if what the index has under this name is meant"),
    )


def _of_index(project: Project, place: str, path: Path) -> RequirementError:
    table = ".".join(("tool", *path))
    return RequirementError(
        f"{_origin(project, place, path)}: {table} says which index packages come from, and capsa does not read it",
        hints=("name the index for capsa too: `index-url` or `extra-index-url` in [tool.capsa]",),
    )


def _has_index(value: object) -> bool:
    """Whether a value names an index that is asked for every package."""
    entries = value if isinstance(value, list) else [value]
    return any(_is_asked(entry) if isinstance(entry, dict) else bool(entry) for entry in entries)


def _is_asked(entry: dict[str, Any]) -> bool:
    # One that is explicit is asked only for packages that name it; Poetry's own name for PyPI has no address.
    return "url" in entry and entry.get("explicit") is not True and entry.get("priority") != "explicit"


def _address(root: str, entries: list[dict[str, Any]]) -> str:
    """Return what a demand would say of the place of a package, with dots where that is not plain."""
    entry = entries[0] if len(entries) == 1 else {}
    git, url = entry.get("git"), entry.get("url")
    path = entry.get("path") or entry.get("file")
    inside = entry.get("subdirectory")
    part = f"#subdirectory={inside}" if isinstance(inside, str) else ""
    if isinstance(git, str) and "://" in git:
        revision = next((entry[key] for key in _REVISIONS if isinstance(entry.get(key), str)), "")
        return without_password(f"git+{git}{'@' if revision else ''}{revision}{part}")
    if isinstance(url, str):
        return without_password(url + part)
    if isinstance(path, str):
        return file_url(os.path.normpath(os.path.join(root, path))) + part
    return "git+https://..." if git else "file:///..."


def _origin(project: Project, place: str, path: Path) -> str:
    """Return the file and the line where a table of ``[tool]``, or a key of one, begins."""
    text = project.content.decode("utf-8-sig", "replace")
    whole, found = ("tool", *path), outline(text)
    starts = [entry.key.start for entry in found.entries if entry.path[: len(whole)] == whole]
    starts += [header.line.start for header in found.headers if header.path[: len(whole)] == whole]
    return f"{place} line {line_of(text, min(starts))}" if starts else place


def _at(table: Any, path: Path) -> Any:
    for key in path:
        table = table.get(key) if isinstance(table, dict) else None
    return table
