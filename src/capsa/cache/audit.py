"""Every file of the store held against what was noted of it: by its hash where one is known, else by its facts.

Members of archives and source archives have a sha256; bytecode has size, time, mode, and in its head the time and size
of its source (PEP 3147, PEP 552). Nothing is mended: what is damaged is told, and taken out when the caller says so.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Literal

from capsa.cache.bytecode import read_rows, tag_of
from capsa.cache.leftover import archives, sources
from capsa.cache.page import read_page
from capsa.cache.seed import read_manifest
from capsa.cache.store import Store, names_in
from capsa.disk.atomic import remove_tree, rename
from capsa.disk.facts import Facts, facts_in
from capsa.errors import CacheError, DiskError
from capsa.model.manifest import Manifest
from capsa.value import value

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_CHUNK = 1 << 20
_HEAD = struct.Struct("<4sIII")  # magic number, flags, source mtime in seconds, source size: of a timestamp pyc
_WORD = 0xFFFFFFFF
_DASHES = 3  # of a kind of bytecode: "cpython-312-cb0d0d0a-0"
_THREADS = 2  # four fight over the interpreter: 57,000 files take 1.4 s with two, 2.3 s with four

Inode = tuple[int, int]
"""Device and number of a file."""

Kind = Literal["missing", "altered", "unreadable"]

_Test = Callable[[int], bool]


@value
class Damage:
    """One file of the store at the absolute ``path`` that is not what was put in.

    ``place`` is what goes with it: the file itself, or all of an archive's bytecode of one kind. ``inode`` is None
    where there is no file. ``package`` (normalized) and ``version`` are "" where nobody knows whose it is.
    """

    path: str
    place: str
    kind: Kind
    inode: Inode | None = None
    package: str = ""
    version: str = ""

    @property
    def is_bytecode(self) -> bool:
        """Whether it is bytecode, which boxes hold against nothing but its source."""
        return self.place != self.path


@value
class Audit:
    """What was looked at, and what of it is damaged, by path; ``size`` is in bytes.

    ``foreign`` archives were put in by another version of capsa, which knows what is in them.
    """

    archives: int
    foreign: int
    files: int
    size: int
    damages: tuple[Damage, ...]


def audit(store: Store, tell: Callable[[int, int], None]) -> Audit:
    """Look at everything; ``tell`` is given the number of archives done and their total, as they are done."""
    works: list[Callable[[], _Report]] = [_Archive(store, sha256).check for sha256 in sorted(archives(store))]
    works += [_source(item.paths[0]) for item in sources(store)]
    reports = []
    for report in _shared_out(works):
        reports.append(report)
        tell(len(reports), len(works))
    return Audit(
        archives=sum(report.kind == "archive" for report in reports),
        foreign=sum(report.kind == "foreign" for report in reports),
        files=sum(report.files for report in reports),
        size=sum(report.size for report in reports),
        damages=tuple(sorted((found for report in reports for found in report.damages), key=lambda it: it.path)),
    )


def take_out(store: Store, damage: Damage) -> bool:
    """Take what is damaged out of the store, and tell whether it is out; who shares a file keeps it.

    What another process has put in its place meanwhile stays.
    """
    try:
        if _inode(damage.path) == damage.inode and os.path.lexists(damage.place):
            aside = store.temporary()
            rename(damage.place, aside)
            remove_tree(aside)
    except (DiskError, CacheError):
        return not os.path.lexists(damage.place)
    return True


class _Report:
    """What one look found: so many ``files`` of so many bytes (``size``), and what is wrong with them."""

    __slots__ = ("damages", "files", "kind", "size")

    def __init__(self, kind: Literal["archive", "foreign", "source"]) -> None:
        self.kind = kind
        self.files = 0
        self.size = 0
        self.damages: list[Damage] = []


class _Archive:
    """The look at one archive and its bytecode."""

    def __init__(self, store: Store, sha256: str) -> None:
        self._store = store
        self._sha256 = sha256
        self._folder = store.archive(sha256)
        self._manifest: Manifest | None = None
        self._report = _Report("archive")

    def check(self) -> _Report:
        self._manifest = read_manifest(self._store.root, self._sha256)
        if self._manifest is None:
            self._look_without_manifest()
            return self._report
        for path, size, mtime_ns, mode, sha256 in (*self._manifest.files, self._manifest.record):
            self._look(f"{self._folder}/tree/{path}", (size, mtime_ns, mode), _is_hash(sha256))
        for name in names_in(self._folder):
            if name.count("-") >= _DASHES:
                self._check_bytecode(f"{self._folder}/{name}", name)
        return self._report

    def _look_without_manifest(self) -> None:
        path = f"{self._folder}/manifest"
        if not os.path.isdir(self._folder) or read_page(path) is not None:
            self._report.kind = "foreign"  # of another version of capsa, or gone meanwhile
        else:
            self._add(self._folder, self._folder, "altered" if os.path.lexists(path) else "missing")

    def _check_bytecode(self, folder: str, kind: str) -> None:
        rows = read_rows(folder)
        if rows is None:
            if read_page(f"{folder}/manifest") is None:
                self._add(folder, folder, "altered")
            return
        members = self._manifest.files if self._manifest else ()
        known = {path: (size, mtime_ns) for path, size, mtime_ns, *_ in members}
        for path, target, size, mtime_ns, mode in rows:
            if target:
                is_good = _is_bytecode(kind, known.get(path))
                self._look(f"{folder}/tree/{target}", (size, mtime_ns, mode), is_good, folder)

    def _look(self, path: str, facts: Facts, is_good: _Test, place: str = "") -> None:
        self._report.files += 1
        self._report.size += facts[0]
        kind = _look(path, facts, is_good)
        if kind is not None:
            self._add(path, place or path, kind)

    def _add(self, path: str, place: str, kind: Kind) -> None:
        known = self._manifest
        package, version = (known.project, known.release) if known else ("", "")
        self._report.damages.append(
            Damage(path=path, place=place, kind=kind, inode=_inode(path), package=package, version=version)
        )


def _look(path: str, facts: Facts, is_good: _Test) -> Kind | None:
    """Return how a file is damaged, None where it is not."""
    try:
        descriptor = os.open(path, _READ)
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except OSError:
        return "altered" if os.path.islink(path) else "unreadable"
    try:
        return None if facts_in(os.fstat(descriptor)) == facts and is_good(descriptor) else "altered"
    except OSError:
        return "unreadable"
    finally:
        os.close(descriptor)


def _source(path: str) -> Callable[[], _Report]:
    def check() -> _Report:
        report = _Report("source")
        try:
            with open(path, "rb") as file:
                report.files, report.size = 1, os.fstat(file.fileno()).st_size
                is_good = hashlib.file_digest(file, "sha256").hexdigest() == os.path.basename(path)
        except FileNotFoundError:
            return report  # it was replaced or taken out meanwhile
        except OSError:
            report.damages.append(Damage(path=path, place=path, kind="unreadable", inode=_inode(path)))
            return report
        if not is_good:
            report.damages.append(Damage(path=path, place=path, kind="altered", inode=_inode(path)))
        return report

    return check


def _is_hash(sha256: str) -> _Test:
    def is_good(descriptor: int) -> bool:
        digest = hashlib.sha256()
        while piece := os.read(descriptor, _CHUNK):
            digest.update(piece)
        return digest.hexdigest() == sha256

    return is_good


def _is_bytecode(kind: str, source: tuple[int, int] | None) -> _Test:
    """Return what tells whether bytecode of a kind is that of a source of this size and time."""
    _, magic = tag_of(kind)

    def is_good(descriptor: int) -> bool:
        head = os.read(descriptor, _HEAD.size)
        if source is None or len(head) < _HEAD.size:
            return False
        size, mtime_ns = source
        found = _HEAD.unpack(head)
        return (found[0].hex(), *found[1:]) == (magic, 0, mtime_ns // 10**9 & _WORD, size & _WORD)

    return is_good


def _inode(path: str) -> Inode | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _shared_out(works: list[Callable[[], _Report]]) -> Iterator[_Report]:
    """Yield what each of the works returns, as they are done by several threads: hashing lets go of the interpreter."""
    waiting: SimpleQueue[Callable[[], _Report]] = SimpleQueue()
    done: SimpleQueue[_Report | BaseException] = SimpleQueue()
    for work in works:
        waiting.put(work)

    def drain() -> None:
        while True:
            try:
                work = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put(work())
            except BaseException as error:  # noqa: BLE001 - raised again below, in the calling thread
                done.put(error)

    for _ in range(min(_THREADS, len(works))):
        Thread(target=drain, name="capsa-audit", daemon=True).start()
    for _ in works:
        found = done.get()
        if isinstance(found, BaseException):
            raise found
        yield found
