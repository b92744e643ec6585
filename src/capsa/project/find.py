"""The project around a folder: the nearest ``pyproject.toml`` upward, and what capsa reads out of it.

Follows PEP 518 and PEP 621. Only reads; editing is another module's work.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from capsa.errors import RequirementError
from capsa.model.name import normalize

FILE = "pyproject.toml"

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What ``pyproject.toml`` says.

    ``root`` is the absolute folder that holds the file ``path``; ``name`` is normalized, None where there is no
    ``[project]``; ``requires_python`` is a valid specifier text or None; ``settings`` is the ``[tool.capsa]`` table
    as TOML gives it, ``table`` the ``[project]`` table.
    """

    root: str
    path: str
    name: str | None = None
    requires_python: str | None = None
    settings: dict[str, object] = field(default_factory=dict)
    table: dict[str, object] = field(default_factory=dict)


def find_project(folder: str) -> Project | None:
    """Return the project of the absolute ``folder``: the nearest one upward, None when there is no pyproject.toml.

    Raises RequirementError that names file and line (or key) when the file can't be read.
    """
    while not os.path.isfile(os.path.join(folder, FILE)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    path = os.path.join(folder, FILE)
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise RequirementError(f"{path} can't be read: {error.strerror}") from error
    return parse_project(content, path)


def parse_project(content: bytes, path: str) -> Project:
    """Return what the bytes of the pyproject.toml at the absolute ``path`` say; raises RequirementError."""
    document = _parsed(content, path)
    project = _table(document, "project", path)
    tool = _table(document, "tool", path)
    name = project.get("name")
    if name is not None and not isinstance(name, str):
        raise RequirementError(f"{path}: the key project.name must be a text, not {_kind(name)}")
    return Project(
        root=os.path.dirname(path),
        path=path,
        name=normalize(name) if name else None,
        requires_python=_requires_python(project, path),
        settings=_table(tool, "capsa", path, prefix="tool."),
        table=project,
    )


def _parsed(content: bytes, path: str) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - 14 ms, and many runs have no project

    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RequirementError(f"{path} line {line}: a byte that is not UTF-8, and TOML must be UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        # The parser tells the place only in its words; its sentence is kept without it.
        message = str(error)
        found = _PLACE.search(message)
        line = int((found and found["line"]) or content.count(b"\n") + 1)
        reason = message[: found.start()] if found else message
        raise RequirementError(f"{path} line {line} is not TOML: {reason[:1].lower()}{reason[1:]}") from error


def _table(document: dict[str, object], key: str, path: str, *, prefix: str = "") -> dict[str, object]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise RequirementError(f"{path}: [{prefix}{key}] must be a table, not {_kind(value)}")
    return value


def _requires_python(project: dict[str, object], path: str) -> str | None:
    value = project.get("requires-python")
    if value is None:
        return None
    if not isinstance(value, str):
        raise RequirementError(f"{path}: the key project.requires-python must be a text, not {_kind(value)}")
    try:
        SpecifierSet(value)
    except InvalidSpecifier as error:
        raise RequirementError(
            f"{path}: the key project.requires-python is `{value}`, which is no range of versions",
            hints=('write it like requires-python = ">=3.11"',),
        ) from error
    return value


def _kind(value: object) -> str:
    return {dict: "a table", list: "a list", str: "a text", bool: "true or false"}.get(type(value), f"`{value}`")
