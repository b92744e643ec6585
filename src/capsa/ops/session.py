"""What every verb needs, opened when it is first asked for: settings, store, boxes.

Here and in `supply`, its other half, rooms of the lower floors are handed to each other, and nowhere else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from capsa.cache.store import Store
from capsa.commit.recovery import recover_if_idle
from capsa.disk.link import Linker
from capsa.environment.open import open_environment
from capsa.errors import CacheError, DiskError, EnvironmentDamagedError, EnvironmentMissingError, InterpreterError
from capsa.interpreter.probe import Probe
from capsa.machine.register import note_box
from capsa.model.environment import Environment
from capsa.model.event import Event, Reporter
from capsa.model.outcome import ChangesOutcome, change_rows
from capsa.model.plan import Plan
from capsa.model.surroundings import Surroundings
from capsa.settings.layer import Settings


class Session:
    """One run of one verb.

    ``refresh`` names the projects whose pages are asked anew ("*" for all); ``command`` is the command line as the
    history of a box keeps it, without secrets; ``ask`` puts a question that is answered with yes or no, None where
    nobody can be asked.
    """

    def __init__(
        self,
        *,
        surroundings: Surroundings,
        settings: Settings,
        reporter: Reporter,
        refresh: frozenset[str] = frozenset(),
        command: str = "",
        ask: Callable[[str], bool] | None = None,
    ) -> None:
        self.surroundings = surroundings
        self.settings = settings
        self.reporter = reporter
        self.refresh = refresh
        self.command = command
        self._ask = ask
        self._answers: dict[str, bool] = {}
        self._told: set[Event] = set()
        self._started = time.monotonic()

    def close(self) -> None:
        """Tidy up after a run, also one that was interrupted in the middle of a download."""
        if "store" not in self.__dict__:
            return
        try:
            self.store.sweep()
        except (DiskError, CacheError) as error:
            self.report(Event(kind="detail", text=f"temporary files stay in the store: {error}"))

    def report(self, event: Event) -> None:
        """Tell whoever listens."""
        self.reporter.event(event)

    def report_once(self, event: Event) -> None:
        """Tell what may be met several times in a run, the first time."""
        if event not in self._told:
            self._told.add(event)
            self.report(event)

    @property
    def has_answer(self) -> bool:
        """Whether there is somebody to ask."""
        return self._ask is not None

    def ask(self, question: str) -> bool:
        """Return the user's answer, no where nobody can be asked; the same question is put once in a run."""
        if question not in self._answers:
            self._answers[question] = self._ask is not None and self._ask(question)
        return self._answers[question]

    @cached_property
    def store(self) -> Store:
        """The store."""
        return Store(self.settings.cache_dir)

    @cached_property
    def linker(self) -> Linker:
        """What brings files from the store into boxes, by the mode that the settings ask for."""
        return Linker(self.settings.link_mode)

    @cached_property
    def probe(self) -> Probe:
        """What tells about a Python."""
        return Probe(cache_root=self.store.root, variables=self.surroundings.variables, folder=self.surroundings.folder)

    def now(self) -> str:
        """Return the time in UTC, to the second, as ISO 8601: "2025-03-01T12:00:00Z"."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def is_stored(self, root: str) -> bool:
        """Whether the box at ``root`` is one of the store: such boxes are made and used by capsa itself."""
        return root.startswith(f"{self.store.root}/")

    def note(self, root: str) -> None:
        """Let the register know of the box at ``root``; boxes of the store are the store's own."""
        if not self.is_stored(root):
            note_box(self.settings.data_dir, root)

    def environment(self, root: str, *, is_changed: bool = False) -> Environment:
        """Open the box at an absolute path, after recovering it if a change was cut off.

        Raises EnvironmentMissingError for a box that may not be changed, where ``is_changed`` says that it will be.
        """
        done = recover_if_idle(root, self.reporter)
        if done:
            self.report(Event(kind="note", text=done))
        try:
            interpreter = self.probe.ask(_python_of(root))
        except InterpreterError as error:
            raise EnvironmentDamagedError(
                f"the Python of {root} does not run: {error}",
                hints=(f"renew it and keep the packages: `capsa create --allow-existing {root}`",),
            ) from error
        environment = open_environment(root, interpreter)
        if is_changed and os.path.exists(f"{os.path.dirname(environment.layout.site)}/EXTERNALLY-MANAGED"):
            raise EnvironmentMissingError(
                f"{root} is marked as managed by another program (EXTERNALLY-MANAGED), so capsa leaves it alone",
                hints=("make a box of your own: `capsa create`",),
            )
        return environment

    @contextmanager
    def sharing_store(self) -> Iterator[None]:
        """Keep others from emptying the store while the block runs; a store that can't be written needs no guard."""
        guard = self.store.sharing()
        try:
            self.store.prepare()
            guard.acquire(wait=True)
        except DiskError as error:
            self.report(Event(kind="detail", text=f"the store is not guarded: {error}"))
        try:
            yield
        finally:
            guard.release()

    def changes(self, environment: Environment, plan: Plan, *, is_dry_run: bool = False) -> ChangesOutcome:
        """Return what a plan did to a box, with the time since the session began."""
        return ChangesOutcome(
            environment=environment.root,
            changes=change_rows(plan),
            is_dry_run=is_dry_run,
            kept_count=len(plan.kept),
            seconds=time.monotonic() - self._started,
        )


def _python_of(root: str) -> str:
    windows = os.path.join(root, "Scripts", "python.exe")
    return windows if os.path.exists(windows) else os.path.join(root, "bin", "python")
