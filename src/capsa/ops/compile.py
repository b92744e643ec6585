"""Compile what archives lack: for the box at hand, or in the background for the boxes that come.

One archive is kept as soon as all of it is compiled; what is cut off leaves nothing. Sources come from the store, and
only those count whose sha256 is the one in the manifest.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator

from capsa.cache.backlog import Backlog
from capsa.cache.bytecode import Bytecode, Module, tag_of
from capsa.cache.store import Store
from capsa.disk.atomic import make_folder, make_folders, remove_tree
from capsa.disk.unpack import FILE_MODE
from capsa.interpreter.compiler import Compiler, Task
from capsa.model.event import Event, Reporter
from capsa.process.detach import settle

_BATCH = 4 << 20  # bytes of source: starting a Python once more costs less than a hundredth of compiling that

Batch = dict[str, tuple[Module, ...]]


class ArchiveCompiler:
    """Compiles archives of one store with one Python. ``bytecode`` is that of the same store, for that Python."""

    def __init__(self, store: Store, bytecode: Bytecode, compiler: Compiler, reporter: Reporter) -> None:
        self._store = store
        self._bytecode = bytecode
        self._compiler = compiler
        self._reporter = reporter
        self._done: list[str] = []
        self._total = 0

    def compile(self, archives: Iterable[str], folder: str) -> None:
        """Compile archives, by their sha256, by way of a folder of the store that is there and empty."""
        for number, batch in enumerate(self._batches(archives)):
            self._reporter.event(Event(kind="compile", text="", done=len(self._done), total=self._total or None))
            place = f"{folder}/{number}"
            make_folder(place)  # without those above: where they were cleared away, they stay away
            for sha256 in batch:
                make_folders(f"{place}/{sha256}/tree")
            self._compile_batch(batch, place)
            remove_tree(place)
            self._done += batch

    def compile_in_two(self, archives: Iterable[str]) -> None:
        """The same with two processes, which share the archives about evenly; a failure of either is raised."""
        sizes = {sha256: sum(module.size for module in self._bytecode.modules(sha256)) for sha256 in archives}
        self._total = len(sizes)
        halves: list[list[str]] = [[], []]
        loads = [0, 0]
        for sha256 in sorted(sizes, key=lambda sha256: sizes[sha256], reverse=True):
            lighter = loads.index(min(loads))
            halves[lighter].append(sha256)
            loads[lighter] += sizes[sha256]
        failures: list[BaseException] = []

        def work(half: list[str]) -> None:
            folder = self._store.temporary()
            try:
                make_folder(folder)
                self.compile(half, folder)
            except BaseException as error:  # noqa: BLE001 - raised again below, in the calling thread
                failures.append(error)
            finally:
                remove_tree(folder)

        second = threading.Thread(target=work, args=(halves[1],), name="capsa-compile", daemon=True)
        second.start()
        work(halves[0])
        second.join()
        if failures:
            raise failures[0]

    def _batches(self, archives: Iterable[str]) -> Iterator[Batch]:
        batch: Batch = {}
        size = 0
        for sha256 in archives:
            if not self._bytecode.lacks(sha256):
                continue  # another process was faster, or the archive is gone
            batch[sha256] = self._bytecode.modules(sha256)
            size += sum(module.size for module in batch[sha256])
            if size >= _BATCH:
                yield batch
                batch, size = {}, 0
        if batch:
            yield batch

    def _compile_batch(self, batch: Batch, folder: str) -> None:
        rows = [(sha256, module) for sha256, modules in batch.items() for module in modules]
        tasks = [
            Task(
                source=f"{self._store.archive(sha256)}/tree/{module.path}",
                target=f"{sha256}/tree/{module.target}",
                name=module.path,
                mtime_ns=module.mtime_ns,
                size=module.size,
                sha256=module.sha256,
            )
            for sha256, module in rows
        ]
        compiled = self._compiler.compile(tasks, folder, FILE_MODE)
        bad = {(rows[index][0], rows[index][1].path) for index in compiled.bad}
        odd = {rows[index][0] for index in compiled.odd}
        for sha256, modules in batch.items():
            # Odd sources were changed: the archive is not what it was, which will be found out. And without the folder
            # the store was cleared meanwhile.
            if sha256 not in odd and os.path.isdir(f"{folder}/{sha256}"):
                failed = (module.path for module in modules if (sha256, module.path) in bad)
                self._bytecode.keep(sha256, f"{folder}/{sha256}", modules, failed)


def work(root: str, kind: str) -> None:
    """Work off the backlog of one kind of Python in the store at ``root``, unless somebody is at it.

    The whole life of a detached process: nobody is told of failures, and what stays undone is asked for again.
    """
    settle()
    store = Store(root)
    backlog = Backlog(store, kind)
    while not backlog.is_empty:
        lock = backlog.turn()
        if not lock.acquire(wait=False):
            return
        with lock:
            _work_off(store, backlog, kind)


def _work_off(store: Store, backlog: Backlog, kind: str) -> None:
    silence = _Silence()
    bytecode = Bytecode(store, kind, silence)
    folder = backlog.unfinished()
    try:
        while wish := backlog.take():
            compiler = Compiler(wish.python, *tag_of(kind), wish.variables)
            ArchiveCompiler(store, bytecode, compiler, silence).compile(wish.archives, folder)
    finally:
        remove_tree(folder)


class _Silence:
    """A reporter that nobody listens to."""

    def event(self, _event: Event, /) -> None:
        """Pass over it."""
