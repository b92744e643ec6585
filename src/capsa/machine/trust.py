"""The trust list: the projects whose box a shell may step into on `cd`. The hooks of the shells read it as well.

    DATA/trust-v1/list       a line a project, sorted:  ID TAB FOLDER TAB PROMPT
    DATA/trust-v1/list.csh   the same as lines of tcsh, which has no builtin that reads a file
    DATA/trust-v1/hook.tcsh  the hook of tcsh, for the same reason
    DATA/trust-v1/lock       one writer at a time

ID is the first line of FOLDER/.venv/.capsa/id, FOLDER a real path, PROMPT what a prompt shows; none of them is empty or
has a control character. Both lists are readable by their owner alone. A line that is no entry counts as none. Hot.
"""

from __future__ import annotations

import os
from _collections_abc import Callable

from capsa.disk.atomic import make_folders, remove_file, set_mode, write_atomic
from capsa.disk.locking import FileLock
from capsa.disk.refusal import refusing
from capsa.model.layout import ID
from capsa.model.plain import is_plain

HOT = True  # the fast path: see docs/adr

FOLDER = "trust-v1"
_LIST, _CSH, _LOCK = "list", "list.csh", "lock"
_OWN_FILE, _OWN_FOLDER, _BITS = 0o600, 0o700, 0o777
_LONGEST = 200  # bytes of an id

Rows = tuple[tuple[str, str, str], ...]
"""Entries as plain texts: id, folder, prompt."""


class Trusted:
    """One entry: the ``id`` of the box, the real path of the project's ``folder``, and the ``prompt`` to be shown."""

    __slots__ = ("folder", "id", "prompt")

    def __init__(self, *, id: str, folder: str, prompt: str) -> None:  # noqa: A002 - what everybody calls it
        self.id = id
        self.folder = folder
        self.prompt = prompt

    @property
    def row(self) -> tuple[str, str, str]:
        """The fields in the order of the list."""
        return self.id, self.folder, self.prompt

    @property
    def is_valid(self) -> bool:
        """Whether a line of the list can hold the entry."""
        return all(map(is_plain, self.row)) and os.path.isabs(self.folder)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trusted) and self.row == other.row

    def __hash__(self) -> int:
        return hash(self.row)

    def __repr__(self) -> str:
        return f"Trusted{self.row!r}"


def trust_folder(data_dir: str) -> str:
    """Return the folder of the lists."""
    return f"{data_dir}/{FOLDER}"


def trust_list(data_dir: str) -> str:
    """Return the path of the list; there is none where nothing is trusted."""
    return f"{trust_folder(data_dir)}/{_LIST}"


def box_id(root: str) -> str:
    """Return the id of the box at an absolute path, "" where it has none."""
    try:
        with open(f"{root}/{ID}", "rb") as stream:
            return os.fsdecode(stream.readline(_LONGEST)).strip()
    except OSError:
        return ""


def read_trusted(data_dir: str) -> tuple[Trusted, ...]:
    """Return the entries, by folder; raises DiskError where there is a list that can't be read."""
    path = trust_list(data_dir)
    with refusing("read", path):
        try:
            with open(path, "rb") as stream:
                content = stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return ()
    return parse_trusted(content)


def parse_trusted(content: bytes) -> tuple[Trusted, ...]:
    """Return the entries of a list, by folder."""
    found: dict[str, Trusted] = {}
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        fields = line.split("\t")
        if len(fields) == 3:  # noqa: PLR2004 - the fields
            entry = Trusted(id=fields[0], folder=fields[1], prompt=fields[2])
            if entry.is_valid:
                found[entry.folder] = entry
    return tuple(found[folder] for folder in sorted(found))


def change(
    data_dir: str, *, csh: Callable[[Rows], str], add: Trusted | None = None, drop: str = "", only_known: bool = False
) -> bool:
    """Put the entry ``add`` in place of that of its folder, take out that of the folder ``drop``; tell if it changed.

    ``only_known``: an entry is renewed and never added. ``csh`` makes the text of the list for tcsh. Raises DiskError.
    """
    folder = trust_folder(data_dir)
    _make_private(folder)
    with FileLock(f"{folder}/{_LOCK}"):
        before = read_trusted(data_dir)
        entries = {entry.folder: entry for entry in before if entry.folder != drop}
        if add is not None and (not only_known or add.folder in entries):
            entries[add.folder] = add
        after = tuple(entries[path] for path in sorted(entries))
        if after == before:
            return False
        _write(folder, tuple(entry.row for entry in after), csh)
    return True


def keep(data_dir: str, name: str, content: bytes) -> None:
    """Have the file ``name`` beside the lists hold ``content``, for its owner alone. Raises DiskError."""
    folder = trust_folder(data_dir)
    try:
        with open(f"{folder}/{name}", "rb") as stream:
            if stream.read() == content:
                return
    except OSError:
        _make_private(folder)
    write_atomic(f"{folder}/{name}", content, mode=_OWN_FILE)


def _write(folder: str, rows: Rows, csh: Callable[[Rows], str]) -> None:
    if not rows:
        # Without a list `create` has nothing to look at.
        remove_file(f"{folder}/{_CSH}")
        remove_file(f"{folder}/{_LIST}")
        return
    write_atomic(f"{folder}/{_CSH}", csh(rows).encode("utf-8"), mode=_OWN_FILE)
    lines = "".join(["\t".join(row) + "\n" for row in rows])
    write_atomic(f"{folder}/{_LIST}", lines.encode("utf-8"), mode=_OWN_FILE)


def _make_private(folder: str) -> None:
    make_folders(folder)
    with refusing("read", folder):
        mode = os.stat(folder).st_mode & _BITS
    if mode != _OWN_FOLDER:
        set_mode(folder, _OWN_FOLDER)
