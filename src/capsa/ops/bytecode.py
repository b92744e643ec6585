"""What a box gets of the store's bytecode, and what is compiled so that the next box gets more.

The setting ``compile-bytecode`` decides: "later" leaves compiling to a process in the background, "now" does it before
the box is changed, "never" does without bytecode. PYTHONDONTWRITEBYTECODE makes "never" of "later", and where CI is set
nothing is left running: docs/adr/0013.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from capsa.cache.backlog import Backlog, Wish
from capsa.cache.bytecode import Bytecode, kind_of, tag_of
from capsa.environment.compiled import Stored, beside
from capsa.errors import CacheError, DiskError, InterpreterError
from capsa.interpreter.compiler import Compiler, needed
from capsa.model.event import Event
from capsa.model.installation import Installation
from capsa.model.interpreter import Interpreter
from capsa.ops.compile import ArchiveCompiler
from capsa.ops.session import Session
from capsa.process.detach import detach
from capsa.value import replace

Custom = Literal["never", "link", "later", "now"]


class BoxBytecode:
    """The bytecode for one change of a box with this Python."""

    def __init__(self, session: Session, interpreter: Interpreter) -> None:
        self._session = session
        self._interpreter = interpreter
        self._bytecode = Bytecode(session.store, kind_of(interpreter), session.reporter)
        self._lacking: tuple[str, ...] = ()
        self._refused: set[str] = set()  # archives whose bytecode was changed and can't be thrown away
        wanted = custom(session.settings.compile_bytecode, session.surroundings.variables)
        self._custom: Custom = wanted if self._bytecode.kind else "never"

    def added(self, installations: tuple[Installation, ...]) -> tuple[Installation, ...]:
        """Return the installations with the bytecode that the store has, or gets now."""
        if self._custom == "never" or not installations:
            return installations
        stored = self._stored(installations)
        if self._custom == "now" and self._lacking:
            self._compile()
            stored = self._stored(installations)
        links = beside(installations, stored)
        return tuple(
            replace(package, compiled=links[package.name]) if links.get(package.name) else package
            for package in installations
        )

    def follow_up(self) -> None:
        """See to it that what lacked gets compiled some time; called when the box is as it should be."""
        if self._custom != "later" or not self._lacking:
            return
        session, kind = self._session, self._bytecode.kind
        variables = session.surroundings.variables
        wish = Wish(python=self._interpreter.base_executable, variables=needed(variables), archives=self._lacking)
        try:
            Backlog(session.store, kind).add(wish)
        except (DiskError, CacheError) as error:
            session.report(Event(kind="detail", text=f"no bytecode is made for the next box: {error}"))
            return
        python = session.surroundings.interpreter
        work = ("capsa.ops.compile", "work", (session.store.root, kind))
        if not detach(work, python=python, variables=variables):
            session.report(Event(kind="detail", text="no bytecode is made for the next box: nothing can be started"))

    def drop_changed(self, archives: Iterable[str]) -> bool:
        """Throw stored bytecode of these archives away that was changed in the store; tell whether there was any."""
        found = [sha256 for sha256 in archives if self._bytecode.has_any and self._bytecode.drop_changed(sha256)]
        self._refused.update(sha256 for sha256 in found if self._bytecode.stored(sha256) is not None)
        return bool(found)

    def _stored(self, installations: tuple[Installation, ...]) -> dict[str, dict[str, Stored]]:
        """Return the bytecode that there is, by package and module, and keep in mind which archives lack it."""
        hashes = {package.name: package.entry.sha256 for package in installations}
        hashes = {name: sha256 for name, sha256 in hashes.items() if sha256 not in self._refused}
        if not self._bytecode.has_any:
            self._lacking = tuple(hashes.values())
            return {}
        found = {name: self._bytecode.stored(sha256) for name, sha256 in hashes.items()}
        self._lacking = tuple(hashes[name] for name, modules in found.items() if modules is None)
        return {name: modules for name, modules in found.items() if modules}

    def _compile(self) -> None:
        session, kind = self._session, self._bytecode.kind
        compiler = Compiler(self._interpreter.base_executable, *tag_of(kind), session.surroundings.variables)
        try:
            ArchiveCompiler(session.store, self._bytecode, compiler, session.reporter).compile_in_two(self._lacking)
        except (DiskError, CacheError, InterpreterError) as error:
            session.report(Event(kind="warning", text=f"modules stay uncompiled: {error}"))


def custom(setting: str, variables: Mapping[str, str]) -> Custom:
    """Return what is done about bytecode: the setting, as far as the variables of the process let it stand."""
    if setting == "never":
        return "never"
    if setting == "now":
        return "now"
    if variables.get("PYTHONDONTWRITEBYTECODE"):
        return "never"
    return "link" if variables.get("CI") else "later"
