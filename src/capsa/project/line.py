"""The lines of a requirements file: bytes to text, continuations joined, comments cut, variables filled in.

Follows pip's requirements file format. Never reads a file: content and variables come in as values.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from capsa.errors import RequirementError
from capsa.value import value

# The longer marks first: UTF-32's little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)"
_LINE_END = r"\r\n|\r|\n"
_COMMENT_LINE = r"\s*#"
_COMMENT = r"(?:^|\s+)#.*$"
_VARIABLE = r"\$\{([A-Z0-9_]+)\}"


@value
class Line:
    """One logical line: ``number`` is that of its first physical line, counted from 1; ``text`` is never blank."""

    number: int
    text: str


def decode(content: bytes, place: str) -> str:
    """Return the text of a file: by its byte order mark, else its PEP 263 line, else as UTF-8.

    Raises RequirementError that names ``place`` and the line of the first byte that does not fit.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding, place)
    for number, first in enumerate(content.split(b"\n", 2)[:2], start=1):
        if found := re.match(_CODING, first):
            encoding = found[1].decode("ascii", "replace")
            try:
                codecs.lookup(encoding)
            except LookupError as error:
                raise RequirementError(
                    f"{place} line {number}: `{encoding}` is not an encoding that Python knows"
                ) from error
            return _decoded(content, encoding, place)
    return _decoded(content, "utf-8", place)


def logical_lines(text: str, variables: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the lines that say something, in order.

    A backslash at the end of a line joins the next one to it; a comment line ends the joining; comments are cut after
    that; ``${NAME}`` is replaced where ``variables`` has a value for it, and stays as it is otherwise.
    """
    lines = []
    for number, joined in _joined(re.split(_LINE_END, text)):
        bare = re.sub(_COMMENT, "", joined, flags=re.DOTALL).strip()
        if bare:
            lines.append(
                Line(number=number, text=re.sub(_VARIABLE, lambda name: variables.get(name[1]) or name[0], bare))
            )
    return tuple(lines)


def _decoded(content: bytes, encoding: str, place: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, start) + 1
        raise RequirementError(
            f"{place} line {line}: a byte that is not {encoding}",
            hints=("save the file as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-",),
        ) from error


def _joined(physical: list[str]) -> list[tuple[int, str]]:
    logical: list[tuple[int, str]] = []
    first, parts = 0, [""]
    for number, line in enumerate(physical, start=1):
        is_comment = re.match(_COMMENT_LINE, line) is not None
        if first == 0:
            first, parts = number, []
        if line.endswith("\\") and not is_comment:
            parts.append(line.rstrip("\\"))
            continue
        # A comment line stays apart from what it ends, so that it is still seen as one.
        parts.append(f" {line}" if is_comment else line)
        logical.append((first, "".join(parts)))
        first = 0
    if first:
        logical.append((first, "".join(parts)))
    return logical
