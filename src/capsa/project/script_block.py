"""The block in the comments of a Python script that states what it needs (PEP 723): found, taken out, put in.

    # /// script
    # dependencies = ["rich>=14"]
    # ///

Works on text and knows nothing of what the block says. Loads no `packaging`.
"""

from __future__ import annotations

import re

from capsa.errors import RequirementError
from capsa.value import value

START, CLOSING = "# /// script", "# ///"
_ABOVE = r"(?:\ufeff?#!.*|[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+.*)"


@value
class Block:
    """One block: its first and last line, counted from 1, and the TOML text in it, lines ended by a line feed."""

    first: int
    last: int
    toml: str


def find_block(text: str, place: str) -> Block | None:
    """Return the block of a script, None where there is none; ``place`` is how messages name the file.

    Raises RequirementError that names the line of a block that is not closed, or of a second one.
    """
    lines = _lines(text)
    starts = [number for number, line in enumerate(lines) if line == START]
    if not starts:
        return None
    if len(starts) > 1:
        raise RequirementError(
            f"{place} line {starts[1] + 1}: a second block `{START}`, and a script may have one; "
            f"the first is in line {starts[0] + 1}"
        )
    end = start = starts[0]
    for number in range(start + 1, len(lines)):
        if lines[number] != "#" and not lines[number].startswith("# "):
            break
        end = number if lines[number] == CLOSING else end
    if end == start:
        raise RequirementError(
            f"{place} line {start + 1}: the block `{START}` is not closed",
            hints=(f"end it with a line `{CLOSING}`; each line in it begins with `# `",),
        )
    toml = "".join(f"{line[2:]}\n" for line in lines[start + 1 : end])
    return Block(first=start + 1, last=end + 1, toml=toml)


def with_block(text: str, toml: str) -> str:
    """Return a script with the block that it has replaced by one that says ``toml``, or with such a block put in.

    A new one comes below the ``#!`` line and the line that tells the encoding. Line ends stay as they are.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    written = [START, *(f"# {line}".rstrip() for line in toml.rstrip("\n").split("\n")), CLOSING]
    block = newline.join(written)
    found = find_block(text, "")
    if found is not None:
        above, below = lines[: found.first - 1], lines[found.last :]
        closing = "\r" if lines[found.last - 1].endswith("\r") else ""
        return "\n".join([*above, block + closing, *below])
    count = 0
    while count < 2 and count < len(lines) and re.fullmatch(_ABOVE, lines[count].rstrip("\r")):  # noqa: PLR2004 - PEP 263
        count += 1
    mark = "\ufeff" if not count and text.startswith("\ufeff") else ""
    head = "".join(f"{line}\n" for line in lines[:count])
    rest = "\n".join(lines[count:]).removeprefix(mark)
    gap = newline if rest and not rest.startswith(("\n", "\r\n")) else ""
    return f"{mark}{head}{block}{newline}{gap}{rest}"


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
