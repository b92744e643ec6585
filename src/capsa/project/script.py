"""A Python script that states what it needs in a block of its comments (PEP 723). Reads one file, and writes none."""

from __future__ import annotations

import os
from collections.abc import Mapping

from capsa.errors import RequirementError
from capsa.model.requirement import Requirement
from capsa.project.demand_list import ListReader, Problems
from capsa.project.find import parse_document, python_range, table_of
from capsa.project.line import decode
from capsa.project.script_block import find_block
from capsa.value import field, value


@value
class Script:
    """What a script states: ``path`` is absolute, ``requires_python`` a valid specifier text or None.

    ``settings`` is the table ``[tool.capsa]`` of the block, ``tool`` the whole ``[tool]``, as TOML gives them.
    """

    path: str
    requirements: tuple[Requirement, ...] = ()
    requires_python: str | None = None
    tool: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


def read_script(path: str, *, place: str = "") -> Script | None:
    """Return what the script at an absolute path states, None where it has no block.

    ``place`` is how messages name it (default: its name). Raises RequirementError that names file and line.
    """
    place = place or os.path.basename(path)
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise RequirementError(f"the script {place} can't be read: {reason}") from error
    return parse_script(content, path, place)


def parse_script(content: bytes, path: str, place: str) -> Script | None:
    """Return what the bytes of the script at an absolute path state, None where they have no block."""
    block = find_block(decode(content, place), place)
    if block is None:
        return None
    document = parse_document(block.toml.encode("utf-8"), place, above=block.first)
    problems = Problems()
    reader = ListReader(text=block.toml, place=place, problems=problems, above=block.first)
    requirements = reader.demands(document.get("dependencies", []), ("dependencies",))
    problems.settle()
    tool = table_of(document, "tool", place)
    return Script(
        path=path,
        requirements=requirements,
        requires_python=python_range(document, "requires-python", place),
        tool=tool,
        settings=table_of(tool, "capsa", place, prefix="tool."),
    )
