"""Wheels in the store: verified, unpacked once, immutable, named by their sha256.

    CACHE/archive-v1/<aa>/<sha256>/tree/      the members as in the wheel; RECORD and INSTALLER ready to be linked
    CACHE/archive-v1/<aa>/<sha256>/manifest   what is in the tree: see `capsa.model.manifest`
    CACHE/project-v1/<project>/<sha256>       empty; tells which archives there are of a project

Nothing is renamed into the store before all of it was found good: a race is a tie, a kill leaves a temporary.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from threading import Lock

from capsa.cache.inspection import Inspected, inspect_wheel
from capsa.cache.seed import forget_seeds, read_manifest, write_manifest
from capsa.cache.store import Store
from capsa.disk.atomic import (
    make_folders,
    remove_file,
    remove_tree,
    rename,
    set_mode,
    set_time,
    write_atomic,
    write_new,
)
from capsa.disk.exchange import Exchanger
from capsa.disk.facts import facts_of
from capsa.disk.refusal import RefusedError, refusing
from capsa.disk.unpack import FILE_MODE, MTIME_NS, PROGRAM_MODE, UnpackedFile, unpack
from capsa.errors import IntegrityError
from capsa.model.distribution import FileName, parse_filename, parse_version
from capsa.model.event import Event, Reporter
from capsa.model.manifest import Manifest
from capsa.model.record import RecordRow, encode_digest, format_record

INSTALLER = b"capsa\n"

# What installers write for one box; a wheel that brings them would speak for a box that it does not know.
_OF_A_BOX = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")

Row = tuple[str, int, int, int, str]
"""A file of a tree, as `capsa.model.manifest` keeps it."""


class Archives:
    """The archives of one store. May be used by several threads and processes at once."""

    def __init__(self, store: Store, reporter: Reporter) -> None:
        self._store = store
        self._reporter = reporter
        # One archive at a time, by two threads if it is large: more of them fight over the interpreter (165 wheels in
        # memory: 5.8 s one at a time, 7.7 s eight at a time).
        self._turn = Lock()
        self._exchanger = Exchanger()

    def manifest(self, sha256: str) -> Manifest | None:
        """Return what the archive consists of, or None where it is not in the store."""
        return read_manifest(self._store.root, sha256)

    def tree(self, sha256: str) -> str:
        """Return the folder of its members."""
        return f"{self._store.archive(sha256)}/tree"

    def changed(self, manifest: Manifest) -> tuple[str, ...]:
        """Return the paths in an archive's tree that are gone, or lost the size, time or mode that they were given."""
        tree = self.tree(manifest.sha256)
        return tuple(row[0] for row in (*manifest.files, manifest.record) if facts_of(f"{tree}/{row[0]}") != row[1:4])

    def note_use(self, manifests: Iterable[Manifest]) -> None:
        """Let the store remember that somebody took these archives now: `capsa.cache.prune` asks."""
        for manifest in manifests:
            self._store.note_use(self._store.archive(manifest.sha256))

    def lookup(self, project: str) -> tuple[Manifest, ...]:
        """Return all archives of a normalized project, newest version first."""
        try:
            names = os.listdir(self._store.projects(project))
        except OSError:
            return ()
        found = [
            (version, manifest.sha256, manifest)
            for manifest in map(self.manifest, names)
            if manifest is not None and (version := parse_version(manifest.release)) is not None
        ]
        return tuple(manifest for _, _, manifest in sorted(found, key=lambda row: row[:2], reverse=True))

    def add(self, path: str, *, filename: str, sha256: str | None, size: int | None, origin: str) -> Manifest:
        """Take the wheel file at ``path`` into the store, unless it is there, and return its manifest.

        ``filename`` is the wheel's own name; ``sha256`` (hex) and ``size`` (bytes) are what was promised, None where
        nothing was; ``origin`` tells in messages where it came from. The file itself is left alone. Raises
        IntegrityError that names archive and member; the store is then as before. Where the archive is there with
        files that were changed, those are put back, each in one step and under a new inode: the others stay shared.
        """
        name = parse_filename(filename)
        if name is None or name.tags is None:
            raise IntegrityError(f"{filename} from {origin} has no valid wheel file name")
        actual = _check_promises(path, (sha256.lower() if sha256 else None, size), f"{filename} from {origin}")
        manifest = self.manifest(actual[0])
        if manifest is not None and (manifest.project, manifest.release) != (name.project, name.version):
            raise IntegrityError(
                f"{filename} from {origin} is {manifest.filename} under another name",
                hints=("do not install it: its name claims another project or version than it holds",),
            )
        changed = self.changed(manifest) if manifest else ()
        if manifest is not None and not changed and os.path.exists(self._pointer(manifest)):
            return manifest  # nothing is written: the store may be read-only
        self._store.prepare()
        with self._store.sharing():
            if manifest is None or changed:
                if changed:
                    text = f"{filename} in the store was changed ({changed[0]}), so it is had anew"
                    self._reporter.event(Event(kind="note", text=text))
                with self._turn:
                    self._reporter.event(Event(kind="unpack", text=filename, total=actual[1]))
                    manifest = self._unpack(path, (filename, name, *actual), changed)
            else:
                self._point(manifest)
        return manifest

    def _unpack(self, path: str, identity: tuple[str, FileName, str, int], changed: tuple[str, ...]) -> Manifest:
        temporary = self._store.temporary()
        tree = f"{temporary}/tree"
        filename, name, sha256, _ = identity
        try:
            files = unpack(path, tree, title=filename)
            inspected = inspect_wheel(tree, files, name, filename)
            manifest = _finish(tree, files, inspected, identity)
            self._mend(tree, sha256, changed)
            write_manifest(temporary, manifest)
            # First the pointer: one without its archive is passed over, an archive without one would never be found.
            self._point(manifest)
            self._publish(temporary, sha256)
            if manifest.project == "pip":
                forget_seeds(self._store.root)
        finally:
            remove_tree(temporary)
        return manifest

    def _mend(self, good: str, sha256: str, changed: tuple[str, ...]) -> None:
        """Put files of the tree ``good`` in the place of those that were changed."""
        tree = self.tree(sha256)
        for path in changed:
            place = f"{tree}/{path}"
            if os.path.isdir(place) and not os.path.islink(place):
                remove_tree(place)
            _make_way(tree, path)
            rename(f"{good}/{path}", place)

    def _publish(self, temporary: str, sha256: str) -> None:
        target = self._store.archive(sha256)
        make_folders(os.path.dirname(target))
        try:
            self._exchanger.place(temporary, target)
        except RefusedError:
            if not os.path.isdir(target):
                raise
            if self.manifest(sha256) is None:
                # A manifest of another version, or a damaged one: ours takes its place, and it is removed as ours.
                self._exchanger.exchange(temporary, target, self._store.temporary())

    def _point(self, manifest: Manifest) -> None:
        """Let `lookup` find the archive."""
        pointer = self._pointer(manifest)
        make_folders(os.path.dirname(pointer))
        write_atomic(pointer, b"")

    def _pointer(self, manifest: Manifest) -> str:
        return f"{self._store.projects(manifest.project)}/{manifest.sha256}"


def _make_way(tree: str, path: str) -> None:
    """Make the folders of a path below a tree; what lies in the place of one that is no folder goes."""
    place = tree
    for part in path.split("/")[:-1]:
        place = f"{place}/{part}"
        if not os.path.isdir(place):
            remove_file(place)
    make_folders(place)


def _check_promises(path: str, promised: tuple[str | None, int | None], who: str) -> tuple[str, int]:
    """Return sha256 and size of a file after they were found to be the promised ones."""
    sha256, size = promised
    with refusing("read", path), open(path, "rb") as file:
        actual_size = os.fstat(file.fileno()).st_size
        if size is not None and size != actual_size:
            raise IntegrityError(f"{who} has {actual_size} bytes, where {size} were promised")
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 is not None and sha256 != actual:
        raise IntegrityError(
            f"{who} has sha256 {actual}, where {sha256} was promised",
            hints=("do not install it: it is damaged, or not the file that was meant",),
        )
    return actual, actual_size


def _finish(
    tree: str, files: tuple[UnpackedFile, ...], inspected: Inspected, identity: tuple[str, FileName, str, int]
) -> Manifest:
    """Put INSTALLER and RECORD into a tree that was found good, and return its manifest."""
    filename, name, sha256, size = identity
    own = {f"{inspected.info}/{member}" for member in _OF_A_BOX}
    rows: list[Row] = []
    for file in files:
        if file.path in own:
            remove_file(f"{tree}/{file.path}")
        else:
            rows.append((file.path, file.size, file.mtime_ns, _settle_mode(tree, file), file.sha256))
    rows.append(_write_ready(tree, f"{inspected.info}/INSTALLER", INSTALLER))
    rows.sort()
    record = f"{inspected.info}/RECORD"
    return Manifest(
        {
            "project": name.project,
            "release": name.version,
            "filename": filename,
            "sha256": sha256,
            "size": size,
            "requires_python": inspected.requires_python,
            "is_purelib": inspected.is_purelib,
            "info": inspected.info,
            "files": rows,
            "record": _write_ready(tree, record, _record(rows, record)),
            "console_scripts": inspected.scripts.get("console_scripts", []),
            "gui_scripts": inspected.scripts.get("gui_scripts", []),
        }
    )


def _settle_mode(tree: str, file: UnpackedFile) -> int:
    """Return the mode of a file; programs of the wheel get the executable bit that archives made on Windows lack."""
    top, _, rest = file.path.partition("/")
    if file.mode == FILE_MODE and top.endswith(".data") and rest.startswith("scripts/"):
        set_mode(f"{tree}/{file.path}", PROGRAM_MODE)
        return PROGRAM_MODE
    return file.mode


def _write_ready(tree: str, path: str, content: bytes) -> Row:
    place = f"{tree}/{path}"
    write_new(place, content)
    set_mode(place, FILE_MODE)
    set_time(place, MTIME_NS)
    return path, len(content), MTIME_NS, FILE_MODE, hashlib.sha256(content).hexdigest()


def _record(rows: list[Row], own: str) -> bytes:
    lines = [
        RecordRow(path=path, algorithm="sha256", digest=encode_digest(sha256), size=size)
        for path, size, _, _, sha256 in rows
    ]
    return format_record((*lines, RecordRow(path=own))).encode("utf-8")
