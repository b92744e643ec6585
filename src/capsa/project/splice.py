"""Items put into the list of a TOML text, and taken out of it, in the manner in which the list is laid out. PURE.

Every other character of the text stays as it is. Comments on an item's line go with it; those on lines of their own
stay. The layouts: on one line; an item a line, with or without a last comma; several a line; commas that lead the line.
"""

from __future__ import annotations

from capsa.project.span import Span, has_comment, items, separator
from capsa.value import value


@value
class Manner:
    """How a file is written: how its lines end, and how deep the items of a list stand."""

    newline: str = "\n"
    indent: str = "    "


def manner_of(text: str) -> Manner:
    """Return how a text ends its lines; lists are indented as in most files."""
    return Manner(newline="\r\n" if "\r\n" in text else "\n")


def quoted(text: str, quote: str = '"') -> str:
    """Return a text as a string of TOML, in the wanted kind of quotes where it can be."""
    other = "'" if quote == '"' else '"'
    if quote in text and other not in text:
        quote = other
    if "\\" not in text and quote not in text and text.isprintable():
        return f"{quote}{text}{quote}"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    shown = "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped)
    return f'"{shown}"'


def quote_of(text: str, places: tuple[Span, ...]) -> str:
    """Return the quotes in which the strings of a list are written: those of the first one."""
    first = next((text[place.start] for place in places if text[place.start] in "\"'"), '"')
    return first if first in "\"'" else '"'


def insert(text: str, value: Span, index: int, raw: str, manner: Manner) -> str:
    """Return the text with an item, written as ``raw``, at the position ``index`` of the list at ``value``."""
    places = items(text, value)
    if "\n" not in text[value.start : value.end]:
        return _insert_inline(text, value, places, index, raw)
    if not places:
        return _insert_only(text, value, raw, manner)
    if index == 0:
        return _insert_first(text, value, places, raw, manner)
    return _insert_after(text, value, places, index - 1, raw, manner)


def delete(text: str, value: Span, index: int) -> str:
    """Return the text without the item at the position ``index`` of the list at ``value``."""
    places = items(text, value)
    item = places[index]
    before = places[index - 1] if index else None
    after = places[index + 1] if index + 1 < len(places) else None
    if _is_alone(text, value, item, after):
        return _without_lines(text, value, item, before, after)
    if after is not None and (before is None or after.start < _line_end(text, item.end)):
        return text[: item.start] + text[after.start :]
    if before is not None:
        return _without_last(text, before, item)
    comma = separator(text, item.end, value.end - 1)
    return text[: item.start] + text[item.end if comma is None else comma + 1 :]


def emptied(text: str, value: Span) -> str:
    """Return the text with a list that holds nothing any more, not even a comment, as ``[]``."""
    if items(text, value) or has_comment(text, value.start + 1, value.end - 1):
        return text
    return f"{text[: value.start]}[]{text[value.end :]}"


def broken(text: str, value: Span, manner: Manner) -> str:
    """Return the text with a list that stood on one line as an item a line."""
    outer = _indentation(text, value.start)
    lines = [f"{outer}{manner.indent}{text[place.start : place.end]}," for place in items(text, value)]
    written = manner.newline.join(["[", *lines, f"{outer}]"])
    return text[: value.start] + written + text[value.end :]


def line_width(text: str, offset: int) -> int:
    """Return how many columns the line has in which an offset lies."""
    return _line_end(text, offset) - _line_start(text, offset)


def _insert_inline(text: str, value: Span, places: tuple[Span, ...], index: int, raw: str) -> str:
    if not places:
        return f"{text[: value.start]}[{raw}]{text[value.end :]}"
    if index == 0:
        return f"{text[: places[0].start]}{raw}, {text[places[0].start :]}"
    end = places[index - 1].end
    return f"{text[:end]}, {raw}{text[end:]}"


def _insert_only(text: str, value: Span, raw: str, manner: Manner) -> str:
    """Put the first item before the line of the closing bracket, below the comments."""
    closing = _line_start(text, value.end - 1)
    above = text[value.start + 1 : closing].rstrip()
    if above.strip():
        indent = _indentation(text, value.start + 1 + len(above) - 1)
    else:
        indent = _indentation(text, value.start) + manner.indent
    return f"{text[:closing]}{indent}{raw},{manner.newline}{text[closing:]}"


def _insert_first(text: str, value: Span, places: tuple[Span, ...], raw: str, manner: Manner) -> str:
    first = places[0]
    start = _line_start(text, first.start)
    comma = separator(text, first.end, value.end - 1)
    if comma is not None and comma > _line_end(text, first.end) and len(places) > 1:  # commas lead
        lead = text[_line_start(text, comma) : places[1].start]
        return f"{text[: first.start]}{raw}{manner.newline}{lead}{text[first.start :]}"
    if start <= value.start:  # on the line of the bracket
        indent = " " * (first.start - start)
        return f"{text[: first.start]}{raw},{manner.newline}{indent}{text[first.start :]}"
    edge = _line_end(text, value.start)
    return f"{text[:edge]}{manner.newline}{text[start : first.start]}{raw},{text[edge:]}"


def _insert_after(text: str, value: Span, places: tuple[Span, ...], index: int, raw: str, manner: Manner) -> str:
    item = places[index]
    limit = places[index + 1].start if index + 1 < len(places) else value.end - 1
    comma = separator(text, item.end, limit)
    edge = _line_end(text, item.end)
    lead = text[_line_start(text, item.start) : item.start]
    if comma is None:
        at = edge if edge <= limit else item.end
        if lead.strip() == ",":  # commas lead
            return f"{text[:at]}{manner.newline}{lead}{raw}{text[at:]}"
        line = f"{manner.newline}{_depth(text, places, manner)}{raw}"
        return f"{text[: item.end]},{text[item.end : at]}{line}{text[at:]}"
    if comma > edge:  # commas lead
        lead = text[_line_start(text, comma) : comma + 1] + " "
        return f"{text[:edge]}{manner.newline}{lead}{raw}{text[edge:]}"
    if limit < edge:  # another item, or the bracket, on the same line
        return f"{text[: comma + 1]} {raw},{text[comma + 1 :]}"
    return f"{text[:edge]}{manner.newline}{_depth(text, places, manner)}{raw},{text[edge:]}"


def _depth(text: str, places: tuple[Span, ...], manner: Manner) -> str:
    """Return the blanks before the items of a list: those of the last item that begins a line."""
    for place in reversed(places):
        lead = text[_line_start(text, place.start) : place.start]
        if not lead.strip():
            return lead
    return manner.indent


def _is_alone(text: str, value: Span, item: Span, after: Span | None) -> bool:
    """Whether an item has its lines for itself, and a line of its own each for the brackets."""
    start, edge = _line_start(text, item.start), _line_end(text, item.end)
    if start <= value.start or edge >= value.end:
        return False
    return text[start : item.start].strip() in {"", ","} and (after is None or after.start > edge)


def _without_lines(text: str, value: Span, item: Span, before: Span | None, after: Span | None) -> str:
    start, edge = _line_start(text, item.start), _line_end(text, item.end)
    end = text.find("\n", edge) + 1
    comma = separator(text, item.end, after.start if after else value.end - 1)
    does_lead = text[start : item.start].strip() == ","
    if comma is not None and does_lead == (comma < edge):
        # Commas lead, and this is the first; or there is one on either side: one comma goes with the item.
        return text[: item.start] + text[after.start if after else comma + 1 :]
    last = separator(text, before.end, item.start) if before and not after and not does_lead else None
    if last is not None and comma is None:  # the list ends without a comma, and shall again
        return text[:last] + text[last + 1 : start] + text[end:]
    return text[:start] + text[end:]


def _without_last(text: str, before: Span, item: Span) -> str:
    """Take an item away that shares its line, and the comma before it; a comment between the two stays."""
    comma = separator(text, before.end, item.start)
    if comma is None or not has_comment(text, before.end, item.start):
        return text[: before.end] + text[item.end :]
    return text[:comma] + text[comma + 1 : item.start] + text[item.end :]


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    """Return where the line ends in which an offset lies, before its line break."""
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1 : end] == "\r" and end > offset else end


def _indentation(text: str, offset: int) -> str:
    line = text[_line_start(text, offset) : _line_end(text, offset)]
    return line[: len(line) - len(line.lstrip())]
