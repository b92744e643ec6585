"""The seal of a box: a few lines that let capsa answer "nothing to do" without reading the box.

    capsa-seal 1
    state <mtime of site-packages> <mtime of scripts> <size and mtime of the receipt> <size and mtime of the Python>
    met <count> TAB <word> TAB <word> ...          one line for each request that was found to be met in this state

All times are mtime_ns. A word is an argument as given, or ``@path:size:mtime`` for a requirements file that was read.
It sees packages come and go, by whatever tool; it can't see an edit inside a package: ``verify`` is for that. Hot.
"""

from __future__ import annotations

import os

from capsa.disk.atomic import write_atomic
from capsa.model.layout import RECEIPT, SEAL

HOT = True  # the fast path: see docs/adr

_HEAD = "capsa-seal 1"
_KEPT = 8  # requests remembered for one state of the box


def file_word(path: str) -> str:
    """Return the word for a requirements file as it is now; raises OSError when it can't be looked at."""
    facts = os.stat(path)
    return f"@{path}:{facts.st_size}:{facts.st_mtime_ns}"


def state_of(root: str, site: str, scripts: str) -> str | None:
    """Return the state of a box as the seal notes it; None where it can't be told.

    ``site`` and ``scripts`` are the absolute folders of packages and launchers.
    """
    try:
        python = os.stat(os.path.join(scripts, "python"))
        packages, launchers = os.stat(site).st_mtime_ns, os.stat(scripts).st_mtime_ns
        return f"state {packages} {launchers} {_receipt_mark(root)} {python.st_size}:{python.st_mtime_ns}"
    except OSError:
        return None


def find_met(root: str, site: str, scripts: str, words: list[str]) -> int | None:
    """Return how many demands the request ``words`` made, if the seal says that it is met in the box as it stands.

    None means: look properly.
    """
    lines = _read(root)
    if len(lines) < 2 or lines[1] != state_of(root, site, scripts):  # noqa: PLR2004 - the head and the state
        return None
    request = "\t".join(words)
    for line in lines[2:]:
        head, _, rest = line.partition("\t")
        count = head.removeprefix("met ")
        if rest == request and count.isdecimal():
            return int(count)
    return None


def write_seal(root: str, words: list[str], count: int, *, state: str) -> None:
    """Note that the request ``words`` with ``count`` demands was found to be met in a ``state`` of the box.

    The state is taken before the box is looked at, so that whatever happens meanwhile breaks the seal. Earlier requests
    stay while the state is equal. A request whose words hold a tab or a line break is not noted.
    """
    if any("\t" in word or "\n" in word or "\r" in word for word in words):
        return
    lines = _read(root)
    earlier = lines[2:] if len(lines) > 1 and lines[1] == state else []
    line = "\t".join([f"met {count}", *words])
    kept = [line, *(other for other in earlier if other != line)][:_KEPT]
    text = "\n".join([_HEAD, state, *kept, ""])
    write_atomic(os.path.join(root, SEAL), text.encode("utf-8", "surrogateescape"))


def _read(root: str) -> list[str]:
    try:
        with open(os.path.join(root, SEAL), "rb") as stream:
            lines = stream.read().decode("utf-8", "surrogateescape").split("\n")
    except OSError:
        return []
    return lines[:-1] if lines[0] == _HEAD else []


def _receipt_mark(root: str) -> str:
    try:
        receipt = os.stat(os.path.join(root, RECEIPT))
    except FileNotFoundError:
        return "none"  # a box that capsa has put nothing into
    return f"{receipt.st_size}:{receipt.st_mtime_ns}"
