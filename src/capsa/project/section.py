"""A list that a TOML file does not have yet: where people would look for it, and how it is begun there. PURE.

``dependencies`` comes behind the metadata of ``[project]``; ``[dependency-groups]`` before the first ``[tool...]``;
another extra or group behind the last one. A file that writes dotted keys or inline tables gets one of that kind.
"""

from __future__ import annotations

import re

from capsa.project.span import Entry, Header, Outline, Path, outline
from capsa.project.splice import Manner, quoted

_BARE = r"[A-Za-z0-9_-]+"
# What stands below the metadata in most files; "dependencies" goes above it.
_LATE = frozenset({"optional-dependencies", "scripts", "gui-scripts", "entry-points", "urls"})


def begin_list(text: str, path: Path, manner: Manner) -> str | None:
    """Return the text with an empty list at ``path``, where there is nothing yet; None where no place is."""
    found = outline(text)
    parent = path[:-1]
    table = found.entry(parent)
    if table is not None:
        return _in_inline_table(text, found, table, path)
    section = found.header(parent)
    if section is not None or not parent:
        return _in_section(text, found, section, path, manner)
    for stem in (parent, parent[:-1]):  # dotted keys: of the table, or of the one around it
        inside = [entry for entry in found.entries if stem and entry.path[: len(stem)] == stem and not entry.is_inline]
        dotted = [entry for entry in inside if len(_section(found, entry)) < len(stem)]
        if dotted:
            return _behind(text, dotted[-1], path[len(_section(found, dotted[-1])) :], manner)
    return _new_section(text, found, path, manner)


def _in_inline_table(text: str, found: Outline, table: Entry, path: Path) -> str | None:
    if text[table.value.start] != "{":
        return None
    inside = [entry for entry in found.entries if entry.path[:-1] == table.path and entry.is_inline]
    written = f"{_dotted(path[-1:])} = []"
    if not inside:
        return f"{text[: table.value.start]}{{ {written} }}{text[table.value.end :]}"
    end = inside[-1].value.end
    return f"{text[:end]}, {written}{text[end:]}"


def _in_section(text: str, found: Outline, header: Header | None, path: Path, manner: Manner) -> str:
    parent = path[:-1]
    inside = [entry for entry in found.entries if _section(found, entry) == parent and not entry.is_inline]
    if path == ("project", "dependencies"):
        inside = [entry for entry in inside if entry.path[1] not in _LATE]
    if inside:
        return _behind(text, inside[-1], path[-1:], manner)
    line = f"{_dotted(path[-1:])} = []"
    if header is None:
        return f"{line}{manner.newline}{text}"
    end = _line_end(text, header.line.end)
    return f"{text[:end]}{manner.newline}{line}{text[end:]}"


def _behind(text: str, entry: Entry, keys: Path, manner: Manner) -> str:
    """Begin the list on the line behind an entry, as deep as that."""
    start = text.rfind("\n", 0, entry.key.start) + 1
    end = _line_end(text, entry.value.end)
    return f"{text[:end]}{manner.newline}{text[start : entry.key.start]}{_dotted(keys)} = []{text[end:]}"


def _new_section(text: str, found: Outline, path: Path, manner: Manner) -> str:
    newline = manner.newline
    before = _successor(found, path)
    at = len(text) if before is None else _above_comments(text, before.line.start)
    head, tail = text[:at], text[at:]
    if head and not head.endswith("\n"):
        head += newline
    gap = "" if not head or head.endswith(("\n\n", "\n\r\n")) else newline
    section = f"[{_dotted(path[:-1])}]{newline}{_dotted(path[-1:])} = []{newline}"
    return f"{head}{gap}{section}{newline if tail else ''}{tail}"


def _successor(found: Outline, path: Path) -> Header | None:
    """Return the header before which a new table goes, None for the end of the file."""
    headers = found.headers
    if path[0] == "project":
        last = max((index for index, header in enumerate(headers) if header.path[:1] == ("project",)), default=-1)
        return headers[last + 1] if last + 1 < len(headers) else None
    return next((header for header in headers if header.path[:1] == ("tool",)), None)


def _above_comments(text: str, offset: int) -> int:
    """Return where the comments begin that stand right above the line that begins at an offset."""
    while offset:
        above = text.rfind("\n", 0, offset - 1) + 1
        if not text[above:offset].lstrip().startswith("#"):
            break
        offset = above
    return offset


def _section(found: Outline, entry: Entry) -> Path:
    """Return the path of the header that an entry stands below, () for none."""
    above = [header for header in found.headers if header.line.start < entry.key.start]
    return above[-1].path if above else ()


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def _dotted(keys: Path) -> str:
    return ".".join(key if re.fullmatch(_BARE, key) else quoted(key) for key in keys)
