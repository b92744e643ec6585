"""What is said, asked or refused before a box is changed: see `capsa.model.caution` and `capsa.model.startup`.

Looks at the few files that matter: those in whose place something lies already, and those that Python reads when it
starts. Lists of what is installed are read only where a file in the box is in the way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from capsa.commit.moves import check_destinations
from capsa.environment.neighbour import listed_by
from capsa.environment.site import scan
from capsa.environment.standard import standard_modules
from capsa.errors import IntegrityError
from capsa.model.caution import (
    Caution,
    Load,
    grouped,
    ignored,
    meeting,
    meeting_programs,
    modules,
    program,
    shared,
    taking,
    taking_programs,
)
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.installation import Departure, Installation
from capsa.model.startup import is_replaced, is_startup, news, startup_lines, startup_sentence
from capsa.ops.session import Session

_LOUD = ("collision", "script")  # a file is lost: said also with --quiet


class StartupCodeError(IntegrityError):
    """Code would run each time Python starts, and the setting or the user is against it; ``cautions`` tell which."""

    def __init__(self, cautions: tuple[Caution, ...], reason: str, hints: tuple[str, ...]) -> None:
        sentences = "; ".join(caution.text for caution in cautions)
        super().__init__(f"{sentences}; {reason}; the box is as it was", hints=hints)
        self.cautions = cautions


def cautions(
    environment: Environment, installations: tuple[Installation, ...], departures: tuple[Departure, ...]
) -> tuple[Caution, ...]:
    """Return what is worth a word about a change that was worked out and is not yet made; says nothing itself.

    Raises IntegrityError for a file that no package may bring.
    """
    found = _Look(environment, installations, departures).found() if installations else ()
    if found:  # what is refused in any case need not be talked about
        _check({package.name: package.paths for package in installations})
    return found


def _check(incoming: dict[str, tuple[str, ...]]) -> None:
    try:
        check_destinations(incoming)
    except IntegrityError as error:
        error.message = f"{error.message}; the box is as it was"
        raise


def heed(session: Session, found: tuple[Caution, ...]) -> None:
    """Say what was found, and ask about startup code where the setting ``startup-code`` wants that.

    Raises StartupCodeError where it is refused.
    """
    startup = tuple(caution for caution in found if caution.kind == "startup")
    setting = session.settings.startup_code
    tell(session, (caution for caution in found if caution.kind != "startup" or setting == "note"))
    if startup and setting == "deny":
        origin = session.settings.origin("startup-code")
        hints = ("allow it this time: `CAPSA_STARTUP_CODE=note`",)
        raise StartupCodeError(startup, f"`startup-code` is `deny` ({origin})", hints)
    if startup and setting == "ask":
        _ask(session, startup)


def tell(session: Session, found: Iterable[Caution]) -> None:
    """Say what was found, each sentence once in a run."""
    for caution in found:
        session.report_once(Event(kind="warning" if caution.kind in _LOUD else "note", text=caution.text))


def _ask(session: Session, startup: tuple[Caution, ...]) -> None:
    sentences = "\n".join(caution.text for caution in startup)
    if session.ask(f"{sentences}\nput {'it' if len(startup) == 1 else 'them'} in all the same?"):
        return
    if session.has_answer:
        raise StartupCodeError(startup, "the answer was no", ())
    reason = "`startup-code` is `ask`, and there is no terminal to ask on"
    raise StartupCodeError(startup, reason, ("allow it: `-y`", "or allow it always: `CAPSA_STARTUP_CODE=note`"))


class _Look:
    """One look at a change: what comes, what lies in the box, and what of that leaves."""

    def __init__(
        self, environment: Environment, installations: tuple[Installation, ...], departures: tuple[Departure, ...]
    ) -> None:
        self._environment = environment
        self._site = environment.layout.purelib
        self._version = environment.interpreter.version_info
        self._installations = {package.name: package for package in installations}
        self._loads = [_load(package, self._site) for package in sorted(installations, key=lambda one: one.name)]
        self._departures = {leaving.name: leaving for leaving in departures}
        self._leaving = {path for leaving in departures for path in leaving.paths}
        self._listed: dict[str, frozenset[str]] = {}

    def found(self) -> tuple[Caution, ...]:
        """Everything, by kind."""
        return (*self._meetings(), *self._takings(), *self._startup(), *self._ignored())

    def _meetings(self) -> Iterator[Caution]:
        for (earlier, later), paths in sorted(shared(self._loads).items()):
            files, programs = self._parted(paths)
            if files:
                yield Caution(kind="collision", package=later, paths=files, text=meeting(earlier, later, files))
            if programs:
                text = meeting_programs(earlier, later, self._names(programs))
                yield Caution(kind="script", package=later, paths=programs, text=text)

    def _takings(self) -> Iterator[Caution]:
        taken = {path: load.name for load in self._loads for path in self._in_the_way(load)}
        if not taken:
            return
        owners = self._owners(taken)
        for package, paths in grouped(taken).items():
            by_owner = grouped({path: owners.get(path, "") for path in paths})
            for owner, owned in by_owner.items():
                yield from self._taking(owner, package, owned)

    def _taking(self, owner: str, package: str, paths: list[str]) -> Iterator[Caution]:
        files, programs = self._parted(paths)
        if files and owner:  # what nobody owns is told by the commit
            yield Caution(kind="collision", package=package, paths=files, text=taking(owner, package, files))
        if programs and (owner or package not in self._departures):
            text = taking_programs(owner, package, self._names(programs))
            yield Caution(kind="script", package=package, paths=programs, text=text)

    def _startup(self) -> Iterator[Caution]:
        brought = {top for load in self._loads for top in load.spans}
        stays = {top for top in self._names_in(self._site) if f"{self._site}/{top}" not in self._leaving}
        for load in self._loads:
            package = self._installations[load.name]
            tops = [top for top in load.spans if is_startup(top, self._version)]
            if not tops or _is_editable(package):
                continue
            before = self._startup_before(load.name)
            for top in tops:
                if not is_replaced(top, brought | stays, self._version):
                    yield from self._startup_of(load, top, before)

    def _startup_of(self, load: Load, top: str, before: set[str]) -> Iterator[Caution]:
        path = load.below(top)[0]
        lines = news(load.name, startup_lines(top, _content(self._installations[load.name], path)), before)
        if lines:
            text = startup_sentence(load.name, path.removeprefix(f"{self._site}/"), lines, self._version)
            yield Caution(kind="startup", package=load.name, paths=(path,), text=text)

    def _startup_before(self, name: str) -> set[str]:
        """The lines that an older version of the package has in the box."""
        leaving = self._departures.get(name)
        inside = f"{self._site}/"
        lines: set[str] = set()
        for path in leaving.paths if leaving else ():
            top = path.removeprefix(inside).partition("/")[0]
            if path.startswith(inside) and is_startup(top, self._version):
                lines.update(line.text for line in startup_lines(top, _read(self._environment.layout.path(path))))
        return lines

    def _ignored(self) -> Iterator[Caution]:
        standard = standard_modules(self._environment.interpreter)
        for load in self._loads:
            names = sorted(standard.intersection(modules(load, self._site)))
            if names and load.name in self._departures:
                old = Load(load.name, self._departures[load.name].paths, self._site)
                names = [name for name in names if name not in modules(old, self._site)]
            if names:
                paths = tuple(load.below(top)[0] for top in load.spans if top.partition(".")[0] in names)
                yield Caution(kind="standard-library", package=load.name, paths=paths, text=ignored(load.name, names))

    def _in_the_way(self, load: Load) -> Iterator[str]:
        """The paths of a package where a file lies that doesn't leave."""
        there = self._names_in(self._site)
        candidates = [path for top in load.spans if top in there for path in load.below(top)]
        for path in (*candidates, *load.others):
            if path not in self._leaving:
                folder, _, name = path.rpartition("/")
                if name in self._names_in(folder):
                    yield path

    def _names_in(self, folder: str) -> frozenset[str]:
        """The names in a folder of the box; of none that is not there, and none is asked for twice."""
        known = self._listed.get(folder)
        if known is None:
            above, _, name = folder.rpartition("/")
            is_there = not folder or name in self._names_in(above)
            known = _names(self._environment.layout.path(folder)) if is_there else frozenset()
            self._listed[folder] = known
        return known

    def _owners(self, paths: Iterable[str]) -> dict[str, str]:
        """The packages that are in the box, don't leave, and have one of the files, by path."""
        staying = (
            installed for installed in scan(self._environment).installed if installed.name not in self._departures
        )
        return listed_by(self._environment, staying, paths)

    def _parted(self, paths: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths that are no programs, and those that are."""
        scripts = f"{self._environment.layout.scripts}/"
        is_program = {path: path.startswith(scripts) and path.count("/") == 1 for path in paths}
        return (
            tuple(path for path in paths if not is_program[path]),
            tuple(path for path in paths if is_program[path]),
        )

    def _names(self, programs: tuple[str, ...]) -> list[str]:
        is_windows = self._environment.layout.is_windows
        return sorted({program(path.rpartition("/")[2], is_windows=is_windows) for path in programs})


def _load(package: Installation, site: str) -> Load:
    linked = [link[1] for link in package.links]
    return Load(package.name, [*linked, *(file.path for file in package.written)], site)


def _is_editable(package: Installation) -> bool:
    """Whether the user asked for this very folder to be linked: then its own .pth file is no news."""
    information = (package.entry.direct_url or {}).get("dir_info")
    return isinstance(information, dict) and bool(information.get("editable"))


def _content(package: Installation, path: str) -> bytes:
    for source, target, *_ in package.links:
        if target == path:
            return _read(f"{package.source}/{source}")
    return next((file.content for file in package.written if file.path == path), b"")


def _read(path: str) -> bytes:
    """Return the bytes of a file, none where it can't be read: the commit, which reads it too, says so."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def _names(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()
