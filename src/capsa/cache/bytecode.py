"""Bytecode in the store: what an archive's modules are compiled to for one kind of Python, beside the archive itself.

    CACHE/archive-v1/<aa>/<sha256>/<kind>/tree/       x/__pycache__/y.cpython-312.pyc: as in a box, read-only
    CACHE/archive-v1/<aa>/<sha256>/<kind>/manifest    of each module: size, time and mode of its bytecode, or that it
                                                      can't be compiled

The kind is "<cache tag>-<magic number>-<optimization>" (PEP 3147). Renamed in when it is whole, held against its
manifest before a box gets it, and gone together with its archive. Compiles nothing: `capsa.ops.compile` does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from capsa.cache.page import read_page, write_page
from capsa.cache.seed import read_manifest
from capsa.cache.store import Store
from capsa.disk.atomic import make_folders, remove_tree, rename
from capsa.disk.exchange import Exchanger
from capsa.disk.facts import facts_of
from capsa.disk.refusal import RefusedError
from capsa.disk.unpack import FILE_MODE
from capsa.errors import CacheError, DiskError
from capsa.model.event import Event, Reporter
from capsa.model.interpreter import Interpreter
from capsa.model.manifest import Manifest
from capsa.value import value

VERSION = 1

_OPTIMIZATION = "0"
_KEEPERS = frozenset({"cpython", "pypy"})  # whose timestamp bytecode was tried from linked files
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
_FOLDER = "__pycache__"
_PERMISSIONS = 0o7777


@value
class Module:
    """A module that can be compiled: ``path`` in the archive's tree, where its bytecode goes (``target``), its facts.

    ``size`` is in bytes, ``sha256`` in hex; both are those of the source.
    """

    path: str
    target: str
    size: int
    mtime_ns: int
    sha256: str


class Bytecode:
    """The stored bytecode for one kind of Python (see `kind_of`). May be used by several threads at once."""

    def __init__(self, store: Store, kind: str, reporter: Reporter) -> None:
        self.kind = kind
        self._store = store
        self._reporter = reporter

    @property
    def has_any(self) -> bool:
        """Whether anything was ever asked for: without it no archive needs a look."""
        return bool(self.kind) and os.path.isdir(self._store.bytecode(self.kind))

    def stored(self, sha256: str) -> dict[str, tuple[str, int, int, int]] | None:
        """Return absolute path, size, time and mode of the bytecode of each module, by its path in the archive's tree.

        None where this archive was not compiled yet. Nothing is looked at: who links a file holds it against its facts.
        """
        folder = self.folder(sha256)
        rows = read_rows(folder)
        if rows is None:
            if os.path.lexists(folder):
                self._throw_away(sha256)
            return None
        # A module without a target can't be compiled, so it is not tried again.
        return {
            path: (f"{folder}/tree/{target}", size, mtime_ns, mode)
            for path, target, size, mtime_ns, mode in rows
            if target
        }

    def drop_changed(self, sha256: str) -> bool:
        """Throw the bytecode of an archive away, with a note, if it was changed; tell whether it was.

        Through a hard link in a box, say.
        """
        stored = self.stored(sha256) or {}
        changed = next((row[0] for row in stored.values() if facts_of(row[0]) != row[1:]), None)
        if changed is None:
            return False
        name = changed.rpartition("/tree/")[2]
        text = f"stored bytecode was changed ({name}), so it is thrown away and made anew"
        self._reporter.event(Event(kind="note", text=text))
        self._throw_away(sha256)
        return True

    def lacks(self, sha256: str) -> bool:
        """Whether an archive that is in the store was not compiled yet; a quick look."""
        return os.path.isdir(self._store.archive(sha256)) and not os.path.exists(f"{self.folder(sha256)}/manifest")

    def modules(self, sha256: str) -> tuple[Module, ...]:
        """Return what there is to compile in an archive; empty also where the archive is gone."""
        manifest = read_manifest(self._store.root, sha256)
        if manifest is None:
            return ()
        members = {path for path, *_ in manifest.files}
        found = (
            Module(path=path, target=_target(path, self.kind), size=size, mtime_ns=mtime_ns, sha256=digest)
            for path, size, mtime_ns, _, digest in manifest.files
            if _is_module(path, manifest)
        )
        # A wheel that brings its own bytecode keeps it, as good or bad as that is.
        return tuple(module for module in found if module.target not in members)

    def keep(self, sha256: str, place: str, modules: Iterable[Module], failed: Iterable[str]) -> bool:
        """Take the folder ``place``, whose ``tree`` holds the bytecode, into the store; tell whether it came to be.

        Those of ``modules`` whose path is in ``failed`` can't be compiled. Raises CacheError where bytecode is missing
        or is no plain file of its own. Where another process was faster, or the archive is gone, ``place`` stays.
        """
        hopeless = frozenset(failed)
        rows = [_row(f"{place}/tree", module, is_hopeless=module.path in hopeless) for module in modules]
        write_page(f"{place}/manifest", {"version": VERSION, "modules": rows})
        with self._store.sharing():
            try:
                Exchanger().place(place, self.folder(sha256))
            except RefusedError:
                if self.lacks(sha256):
                    raise
                return False
            make_folders(self._store.bytecode(self.kind))
        return True

    def folder(self, sha256: str) -> str:
        """Where the bytecode of an archive lies, or would."""
        return f"{self._store.archive(sha256)}/{self.kind}"

    def _throw_away(self, sha256: str) -> None:
        try:
            with self._store.sharing():
                aside = self._store.temporary()
                rename(self.folder(sha256), aside)
                remove_tree(aside)
        except (DiskError, CacheError) as error:
            if os.path.lexists(self.folder(sha256)):  # else another capsa noticed it too, and was faster
                text = f"stored bytecode that nobody gets any more stays in the store: {error}"
                self._reporter.event(Event(kind="detail", text=text))


def kind_of(interpreter: Interpreter) -> str:
    """Return the kind of a Python, by which its bytecode lies in the store; "" where none is kept for it."""
    kind = f"{interpreter.cache_tag}-{interpreter.magic}-{_OPTIMIZATION}"
    is_usable = interpreter.cache_tag and interpreter.magic and interpreter.implementation in _KEEPERS
    return kind if is_usable and _SAFE.issuperset(kind) else ""


def tag_of(kind: str) -> tuple[str, str]:
    """Return cache tag and magic number (hex) of a kind; ValueError for what is none."""
    tag, magic, _ = kind.rsplit("-", 2)
    return tag, magic


def _target(path: str, kind: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{_FOLDER}/{name.removesuffix('.py')}.{tag_of(kind)[0]}.pyc"


def _is_module(path: str, manifest: Manifest) -> bool:
    """Whether a member is a module: it goes into site-packages, below whichever name."""
    if not path.endswith(".py") or path.endswith("/.py") or f"/{_FOLDER}/" in f"/{path}":
        return False
    return ".data/" not in path or manifest.destination(path)[0] in {"purelib", "platlib"}


_Row = tuple[str, str, int, int, int]


def _row(tree: str, module: Module, *, is_hopeless: bool) -> _Row:
    if is_hopeless:
        return module.path, "", 0, 0, 0
    try:
        status = os.lstat(f"{tree}/{module.target}")
    except OSError as error:
        raise CacheError(f"{module.path} was compiled, but its bytecode is not there") from error
    mode = status.st_mode & _PERMISSIONS
    if status.st_nlink != 1 or (status.st_mode ^ mode) != _PLAIN or mode != FILE_MODE:
        raise CacheError(f"the bytecode of {module.path} is not a plain file of its own")
    return module.path, module.target, status.st_size, status.st_mtime_ns, mode


_PLAIN = 0o100000  # S_IFREG


def read_rows(folder: str) -> list[_Row] | None:
    """Return what is noted of the bytecode in a folder, None where that can't be read.

    Of each module its path, the path of its bytecode below ``tree`` ("" for none), and the size, time and mode of that.
    """
    document = read_page(f"{folder}/manifest")
    if not isinstance(document, Mapping) or document.get("version") != VERSION:
        return None
    rows = document.get("modules")
    return rows if isinstance(rows, list) else None
