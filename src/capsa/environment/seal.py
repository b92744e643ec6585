"""The seal of a box: a few lines that let capsa answer "nothing to do" without reading the box.

    capsa-seal 2
    state TAB <site-packages> TAB <scripts> TAB <marks>    both folders relative to the box
    met <count> TAB <word> TAB <word> ...    one line for each request that was found to be met in this state

A word is an argument as given, ``@path:size:mtime`` for a requirements file, or ``=path=sha256`` for a file on whose
content the answer rests. It sees packages come and go, by whatever tool, but no edit inside a package. Hot.
"""

from __future__ import annotations

import os

from capsa.disk.atomic import write_atomic
from capsa.model.digest import digest
from capsa.model.layout import CONFIG, DAMAGED, RECEIPT, SEAL

HOT = True  # the fast path: see docs/adr

_HEAD = "capsa-seal 2"
_KEPT = 8  # requests remembered for one state of the box
_SITE, _SCRIPTS = 1, 2  # fields of the line that tells the state
_METADATA = (".dist-info", ".egg-info")


def file_word(path: str) -> str:
    """Return the word for a requirements file as it is now; raises OSError when it can't be looked at."""
    facts = os.stat(path)
    return f"@{path}:{facts.st_size}:{facts.st_mtime_ns}"


def content_word(path: str, content: bytes | None = None) -> str:
    """Return the word for what the file at the absolute ``path`` says, be it absent or not to be read.

    ``content`` are its bytes, where they were read already.
    """
    if content is None:
        try:
            with open(path, "rb") as stream:
                content = stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return f"={path}=absent"
        except OSError:
            return f"={path}=unreadable"
    return f"={path}={digest(content)}"


def is_met_by(request: list[str], noted: list[str]) -> bool:
    """Whether the words that were noted are those of the request, and then of files that still say what they said."""
    if noted[: len(request)] != request:
        return False
    rest = noted[len(request) :]
    return all(word[:1] == "=" and content_word(word[1:].rpartition("=")[0]) == word for word in rest)


def state_of(root: str, site: str, scripts: str) -> str | None:
    """Return the state of a box as the seal notes it; None where it can't be told.

    ``site`` and ``scripts`` are the absolute folders of packages and launchers, below ``root``.
    """
    start = len(root) + 1
    try:
        python = os.stat(f"{scripts}/python")
        marks = [
            f"{os.stat(scripts).st_mtime_ns}",
            _mark(f"{root}/{RECEIPT}"),
            _mark(f"{root}/{CONFIG}"),
            f"{python.st_size}:{python.st_mtime_ns}",
            _packages_mark(site),
        ]
    except OSError:
        return None
    return "\t".join(["state", site[start:], scripts[start:], " ".join(marks)])


def find_met(root: str, site: str, scripts: str, words: list[str]) -> int | None:
    """Return how many demands the request ``words`` made, if the seal says that it is met in the box as it stands.

    None means: look properly.
    """
    lines = _read(root)
    if len(lines) < 2 or lines[1] != state_of(root, site, scripts):  # noqa: PLR2004 - the head and the state
        return None
    return _count(lines[2:], [words])


class Sealed:
    """What a seal tells of a request that is met: ``count`` packages, and the absolute folder of the ``scripts``."""

    __slots__ = ("count", "scripts")

    def __init__(self, count: int, scripts: str) -> None:
        self.count = count
        self.scripts = scripts


def find_sealed(root: str, requests: list[list[str]]) -> Sealed | None:
    """Return what the seal of a box tells if one of the ``requests`` is met in the box as it stands, else None.

    The seal itself says where the packages are, so that nothing has to be known of the box's Python.
    """
    lines = _read(root)
    fields = lines[1].split("\t") if len(lines) > 1 else []
    if len(fields) <= _SCRIPTS:
        return None
    scripts = f"{root}/{fields[_SCRIPTS]}"
    if lines[1] != state_of(root, f"{root}/{fields[_SITE]}", scripts):
        return None
    count = _count(lines[2:], requests)
    return None if count is None else Sealed(count, scripts)


def write_seal(root: str, words: list[str], count: int, *, state: str) -> None:
    """Note that the request ``words`` with ``count`` demands was found to be met in a ``state`` of the box.

    The state is taken before the box is looked at, so that whatever happens meanwhile breaks the seal. Earlier requests
    stay while the state is equal. A request whose words hold a tab or a line break is not noted. Words of
    `content_word` stand last: who looks the request up does not give them, they are held against the files. Nothing is
    noted of a box that is marked as damaged.
    """
    if os.path.lexists(f"{root}/{DAMAGED}"):
        return
    if any("\t" in word or "\n" in word or "\r" in word for word in words):
        return
    lines = _read(root)
    earlier = lines[2:] if len(lines) > 1 and lines[1] == state else []
    request = _without_contents(words)
    kept = [line for line in earlier if _without_contents(line.split("\t")[1:]) != request]
    line = "\t".join([f"met {count}", *words])
    text = "\n".join([_HEAD, state, *[line, *kept][:_KEPT], ""])
    write_atomic(os.path.join(root, SEAL), text.encode("utf-8", "surrogateescape"))


def _read(root: str) -> list[str]:
    try:
        with open(f"{root}/{SEAL}", "rb") as stream:
            lines = stream.read().decode("utf-8", "surrogateescape").split("\n")
    except OSError:
        return []
    # A mark of damage may have come since: it is to be seen whoever wrote last.
    return lines[:-1] if lines[0] == _HEAD and not os.path.lexists(f"{root}/{DAMAGED}") else []


def _count(lines: list[str], requests: list[list[str]]) -> int | None:
    for line in lines:
        head, *words = line.split("\t")
        count = head.removeprefix("met ")
        if count.isdecimal() and any(is_met_by(request, words) for request in requests):
            return int(count)
    return None


def _without_contents(words: list[str]) -> list[str]:
    return [word for word in words if word[:1] != "="]


def _mark(path: str) -> str:
    try:
        facts = os.stat(path)
    except FileNotFoundError:
        return "none"  # a box that capsa has put nothing into
    return f"{facts.st_size}:{facts.st_mtime_ns}"


def _packages_mark(site: str) -> str:
    """Return a digest of what lies at the top of site-packages: every name; of files and metadata the time too.

    The time of site-packages itself would be cheaper, but changes when the first import of a module leaves bytecode.
    """
    marks = []
    with os.scandir(site) as entries:
        for entry in entries:
            name = entry.name
            if name == "__pycache__":
                continue
            if name.endswith(_METADATA) or not entry.is_dir(follow_symlinks=False):
                facts = entry.stat(follow_symlinks=False)
                name = f"{name} {facts.st_size} {facts.st_mtime_ns}"
            marks.append(name)
    marks.sort()
    return digest("\n".join(marks).encode("utf-8", "surrogateescape"))
