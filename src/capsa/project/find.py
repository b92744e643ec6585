"""The project around a folder: the nearest ``pyproject.toml`` upward, and what capsa reads out of it.

Follows PEP 518, PEP 621 and PEP 735. Only reads; editing is another module's work, and so is what the demands mean
(`capsa.project.declared`): this runs before every verb, so `packaging` is loaded only for a range that is no plain one.
"""

from __future__ import annotations

import os
import re

from capsa.errors import RequirementError
from capsa.model.name import normalize
from capsa.value import field, value

FILE = "pyproject.toml"

_PLACE = r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$"
_RELEASE = r"\d+(?:\.\d+)*"
_CLAUSE = rf"\s*(?:(?:[<>]=?|[=!]=)\s*{_RELEASE}|[=!]=\s*{_RELEASE}\.\*|~=\s*\d+(?:\.\d+)+)\s*"
_PLAIN_RANGE = rf"{_CLAUSE}(?:,{_CLAUSE})*"  # a part of what PEP 440 allows: nearly all that is written


@value
class Project:
    """What ``pyproject.toml`` says.

    ``root`` is the absolute folder that holds the file ``path``; ``name`` is normalized, None where there is no
    ``[project]``; ``requires_python`` is a valid specifier text or None; ``settings``, ``table`` and ``groups`` are the
    tables ``[tool.capsa]``, ``[project]`` and ``[dependency-groups]`` as TOML gives them, ``tool`` is all of
    ``[tool]``; ``has_table`` and ``has_build_system`` tell whether there is a ``[project]`` and a ``[build-system]``;
    ``content`` are the bytes of the file.
    """

    root: str
    path: str
    name: str | None = None
    requires_python: str | None = None
    settings: dict[str, object] = field(default_factory=dict)
    table: dict[str, object] = field(default_factory=dict)
    groups: dict[str, object] = field(default_factory=dict)
    tool: dict[str, object] = field(default_factory=dict)
    has_table: bool = False
    has_build_system: bool = False
    content: bytes = field(default=b"", is_shown=False)


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
    """Return what the bytes of the pyproject.toml at the absolute ``path`` say; raises RequirementError.

    A byte order mark is passed over.
    """
    document = parse_document(content, path)
    project = table_of(document, "project", path)
    tool = table_of(document, "tool", path)
    name = project.get("name")
    if name is not None and not isinstance(name, str):
        raise RequirementError(f"{path}: the key project.name must be a text, not {kind_of(name)}")
    return Project(
        root=os.path.dirname(path),
        path=path,
        name=normalize(name) if name else None,
        requires_python=python_range(project, "project.requires-python", path),
        settings=table_of(tool, "capsa", path, prefix="tool."),
        table=project,
        groups=table_of(document, "dependency-groups", path),
        tool=tool,
        has_table="project" in document,
        has_build_system="build-system" in document,
        content=content,
    )


def parse_document(content: bytes, path: str, *, above: int = 0) -> dict[str, object]:
    """Return the tables of a TOML file; ``above`` lines stand before it (in a script). Raises RequirementError."""
    import tomllib  # noqa: PLC0415 - 14 ms, and many runs have no project

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = above + content.count(b"\n", 0, error.start) + 1
        raise RequirementError(f"{path} line {line}: a byte that is not UTF-8, and TOML must be UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        # The parser tells the place only in its words; its sentence is kept without it.
        message = str(error)
        found = re.search(_PLACE, message)
        line = above + int((found and found["line"]) or content.count(b"\n") + 1)
        reason = message[: found.start()] if found else message
        raise RequirementError(f"{path} line {line} is not TOML: {reason[:1].lower()}{reason[1:]}") from error


def table_of(document: dict[str, object], key: str, path: str, *, prefix: str = "") -> dict[str, object]:
    """Return the table under a key, an empty one where there is none; raises RequirementError for what is no table."""
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise RequirementError(f"{path}: [{prefix}{key}] must be a table, not {kind_of(value)}")
    return value


def python_range(table: dict[str, object], key: str, path: str) -> str | None:
    """Return ``requires-python`` of a table as it is written, None where it is silent; ``key`` is how it is named."""
    value = table.get("requires-python")
    if value is None:
        return None
    if not isinstance(value, str):
        raise RequirementError(f"{path}: the key {key} must be a text, not {kind_of(value)}")
    if not re.fullmatch(_PLAIN_RANGE, value):
        _require_range(value, key, path)
    return value


def _require_range(value: str, key: str, path: str) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - 20 ms, and rarely needed

    try:
        SpecifierSet(value)
    except InvalidSpecifier as error:
        raise RequirementError(
            f"{path}: the key {key} is `{value}`, which is no range of versions",
            hints=('write it like requires-python = ">=3.11"',),
        ) from error


def kind_of(value: object) -> str:
    """Return how a sentence calls a value of TOML: "a table", "`3`"."""
    return {dict: "a table", list: "a list", str: "a text", bool: "true or false"}.get(type(value), f"`{value}`")
