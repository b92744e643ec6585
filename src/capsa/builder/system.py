"""Which backend builds a source tree, and what that requires: ``[build-system]`` of pyproject.toml (PEP 517, PEP 518).

A tree without that table, or without the file, is built by setuptools as it was before there were backends. Never
imports a backend, never looks into ``[project]`` (see `static`).
"""

from __future__ import annotations

import os
import re

from capsa.disk.refusal import refusal
from capsa.errors import BuildError, RequirementError
from capsa.model.requirement import Origin, parse_requirement
from capsa.value import value

FILE = "pyproject.toml"

_LEGACY = "setuptools.build_meta:__legacy__"
_SETUPTOOLS = "setuptools>=40.8.0"  # the first that has it
_OBJECT = r"[^\W\d]\w*(\.[^\W\d]\w*)*(:[^\W\d]\w*(\.[^\W\d]\w*)*)?"
_PLACE = r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$"


@value
class BuildSystem:
    """What ``[build-system]`` says.

    ``requires`` are PEP 508 texts; ``backend`` is "module" or "module:object"; ``backend_path`` are folders inside the
    tree, relative to it, where the backend is found before anywhere else.
    """

    requires: tuple[str, ...]
    backend: str
    backend_path: tuple[str, ...] = ()


def read_build_system(tree: str, title: str) -> BuildSystem:
    """Return the build system of the source tree at the absolute path ``tree``.

    ``title`` names the package in messages. Raises BuildError that names file and key for what can't be built or read.
    """
    content = read_pyproject(tree)
    if content is None and not os.path.isfile(os.path.join(tree, "setup.py")):
        raise BuildError(f"{title} can't be built: it has neither {FILE} nor setup.py")
    place = f"{FILE} of {title}"
    table = _parsed(content or b"", place).get("build-system")
    if table is None:
        return BuildSystem(requires=(_SETUPTOOLS,), backend=_LEGACY)
    if not isinstance(table, dict):
        raise BuildError(f"{place}: build-system must be a table, not {_kind(table)}")
    if "requires" not in table:
        raise BuildError(f"{place}: the key build-system.requires is missing")
    requires = _texts(table, "requires", place)
    names = [_project(text, place) for text in requires]
    backend = table.get("build-backend", _LEGACY)
    if not isinstance(backend, str):
        raise BuildError(f"{place}: the key build-system.build-backend must be a text, not {_kind(backend)}")
    if not re.fullmatch(_OBJECT, backend):
        raise BuildError(f"{place}: build-system.build-backend is `{backend}`, which is not `module:object`")
    if "build-backend" not in table and "setuptools" not in names:
        requires = (*requires, _SETUPTOOLS)
    paths = _texts(table, "backend-path", place)
    for path in paths:
        _refuse_outside(tree, path, place)
    return BuildSystem(requires=requires, backend=backend, backend_path=paths)


def read_pyproject(tree: str) -> bytes | None:
    """Return the bytes of a tree's pyproject.toml, None where there is none; raises DiskError."""
    return read_file(os.path.join(tree, FILE))


def read_file(path: str) -> bytes | None:
    """Return the bytes of a file, None where there is none; raises DiskError."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refusal(error, "read", path) from error


def _parsed(content: bytes, place: str) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - 14 ms, and what is not built has no use for it

    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BuildError(f"{place} line {line}: a byte that is not UTF-8, and TOML must be UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = re.search(_PLACE, message)
        line = int((found and found["line"]) or content.count(b"\n") + 1)
        reason = message[: found.start()] if found else message
        raise BuildError(f"{place} line {line} is not TOML: {reason[:1].lower()}{reason[1:]}") from error
    except RecursionError as error:
        raise BuildError(f"{place} is nested too deeply to be read") from error


def _texts(table: dict[str, object], key: str, place: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise BuildError(f"{place}: the key build-system.{key} must be a list of texts, not {_kind(value)}")
    for entry in value:
        if not isinstance(entry, str):
            raise BuildError(f"{place}: the key build-system.{key} must hold only texts, not {_kind(entry)}")
    return tuple(value)


def _project(text: str, place: str) -> str:
    """Return the project that a requirement names."""
    try:
        return parse_requirement(text, Origin(place=f"{place}: build-system.requires")).name
    except RequirementError as error:
        raise BuildError(str(error)) from error


def _refuse_outside(tree: str, path: str, place: str) -> None:
    top = os.path.realpath(tree)
    reached = os.path.realpath(os.path.join(top, path))
    if os.path.isabs(path) or (reached != top and not reached.startswith(os.path.join(top, ""))):
        raise BuildError(f"{place}: build-system.backend-path leads to `{path}`, outside of the source")
    if not os.path.isdir(reached):
        raise BuildError(f"{place}: build-system.backend-path names `{path}`, and there is no such folder")


def _kind(value: object) -> str:
    kinds = {str: "a text", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or time")
