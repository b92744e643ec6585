"""What every verb needs, opened when it is first asked for: settings, store, boxes.

Here and in `supply`, its other half, rooms of the lower floors are handed to each other, and nowhere else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from capsa.cache.store import Store
from capsa.commit.recovery import recover_if_idle
from capsa.disk.link import Linker
from capsa.environment.open import open_environment
from capsa.errors import CacheError, DiskError, EnvironmentDamagedError, EnvironmentMissingError, InterpreterError
from capsa.interpreter.probe import Probe
from capsa.model.environment import Environment
from capsa.model.event import Event, Reporter
from capsa.model.outcome import ChangesOutcome, change_rows
from capsa.model.plan import Plan
from capsa.model.surroundings import Surroundings
from capsa.settings.layer import Settings


class Session:
    """One run of one verb. ``refresh`` names the projects whose pages are asked anew ("*" for all)."""

    def __init__(
        self,
        *,
        surroundings: Surroundings,
        settings: Settings,
        reporter: Reporter,
        refresh: frozenset[str] = frozenset(),
    ) -> None:
        self.surroundings = surroundings
        self.settings = settings
        self.reporter = reporter
        self.refresh = refresh
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
