"""Carry out a plan: archives into the store, files worked out, one commit. The only way a box changes its packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from capsa.cache.archive import Archives
from capsa.commit.transaction import Committed, commit, hold_turn
from capsa.disk.atomic import remove_file
from capsa.disk.link import SourceChangedError
from capsa.environment.mark import papers_after
from capsa.environment.neighbour import listed_by
from capsa.environment.receipt import receipt_of
from capsa.environment.site import departure, remains, scan
from capsa.environment.wheel import installation
from capsa.errors import DiskError, EnvironmentDamagedError
from capsa.model.caution import untold
from capsa.model.direct_url import direct_url_document
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.history import FileChange, History, State
from capsa.model.installation import Delivery, Departure, Installation
from capsa.model.installed import Installed
from capsa.model.layout import RECEIPT, SEAL
from capsa.model.manifest import Manifest
from capsa.model.plan import Change, Plan
from capsa.model.receipt import Receipt, ReceiptEntry, format_receipt
from capsa.model.solution import Chosen
from capsa.ops.breakage import tell_broken
from capsa.ops.bytecode import BoxBytecode
from capsa.ops.caution import cautions, heed
from capsa.ops.chronicle import Chronicle
from capsa.ops.edited import tell_patches
from capsa.ops.intent import PENDING, with_announced
from capsa.ops.renewal import restored
from capsa.ops.session import Session
from capsa.ops.stamp import folder_of, stamp_of
from capsa.transport.port import without_secrets
from capsa.value import field, replace, value


@value
class Stock:
    """What comes, by normalized name, and what goes with it.

    ``manifests`` are of archives, and ``renew`` gets one anew whose files in the store were changed (FetchError or
    BuildError where it can't). ``ready`` are installations that are worked out already, because they come from
    elsewhere, or with another entry than an archive gets when it is put in. ``state`` is the state of the history that
    the box goes to, instead of a new one; ``papers`` are more of capsa's own files, as in `Delivery`.
    """

    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    renew: Callable[[Chosen], Manifest] | None = None
    ready: Mapping[str, Installation] = field(default_factory=dict)
    state: State | None = None
    papers: Mapping[str, bytes | None] = field(default_factory=dict)


NOTHING = Stock()


@contextmanager
def turn(session: Session, environment: Environment) -> Iterator[None]:
    """Be the only one who changes the box while the block runs; what it holds is looked at inside."""
    with hold_turn(environment.root, session.reporter):
        yield


def apply_plan(
    session: Session,
    environment: Environment,
    plan: Plan,
    stock: Stock = NOTHING,
    files: tuple[FileChange, ...] = (),
) -> Committed:
    """Make the box what the plan says, or leave it as it was and raise. The caller holds the box's turn.

    The history gets a new state, which remembers what the same verb did to a project's ``files``; boxes of the store
    have none. Everything that can fail for reasons outside the box (network, archives) happens before it is touched.
    """
    work = _Work(session, environment, plan, files)
    try:
        committed = work.carry_out(stock)
    except SourceChangedError as error:
        committed = work.carry_out(_renewed(session, plan, stock, work.bytecode, error))
    _forget_seal(session, environment)
    session.note(environment.root)
    work.tidy()
    _report_surprises(session, environment, committed)
    patched = [name for name, ready in stock.ready.items() if ready.entry.is_edited]
    is_back = stock.state is not None and stock.state.number < work.receipt.state
    tell_patches(session, work.receipt, plan, patched, way="redo" if is_back else "undo")
    tell_broken(session, environment, plan, work.installed)
    return committed


def deliver(session: Session, environment: Environment, delivery: Delivery) -> None:
    """Commit what was worked out file by file, as `repair` does: no package comes or goes. The caller has the turn."""
    commit(environment.root, delivery, linker=session.linker, reporter=session.reporter)
    _forget_seal(session, environment)


def _forget_seal(session: Session, environment: Environment) -> None:
    """Remove a seal that another capsa wrote while the commit was under way; the commit is done, come what may."""
    try:
        remove_file(environment.layout.path(SEAL))
    except DiskError as error:
        session.report(Event(kind="warning", text=f"the next command may take the box for what it was: {error}"))


class _Work:
    """One change of a box: what is found out once, and carried out a second time where the store was changed."""

    def __init__(self, session: Session, environment: Environment, plan: Plan, files: tuple[FileChange, ...]) -> None:
        has_history = not session.is_stored(environment.root)
        self.installed = scan(environment).installed if has_history or plan.leaving else ()
        self.bytecode = BoxBytecode(session, environment.interpreter)
        self._session = session
        self._environment = environment
        self._plan = plan
        self._files = with_announced(session, environment.root, files) if has_history else ()
        self._departures, self._shared = departures_of(environment, plan, self.installed)
        self.receipt = read_receipt(environment)
        self._after = History()
        self._chronicle: Chronicle | None = None
        if has_history:
            self._chronicle = Chronicle(session, environment, self.receipt, self.installed)
            self._chronicle.keep_all(plan)

    def carry_out(self, stock: Stock) -> Committed:
        """Work out every file, and commit."""
        installations = self._installations(stock)
        found = cautions(self._environment, installations, self._departures)
        heed(self._session, found)
        papers = self._papers(stock, installations)
        delivery = Delivery(installations=installations, departures=self._departures, papers=papers)
        session = self._session
        committed = commit(self._environment.root, delivery, linker=session.linker, reporter=session.reporter)
        self._tell_shared(installations)
        return replace(committed, overwritten=untold(committed.overwritten, found))

    def _tell_shared(self, installations: tuple[Installation, ...]) -> None:
        """Say which files stay although their package leaves, because another one has them too."""
        if not self._shared:
            return
        replaced = {path for package in installations for path in package.paths}
        for name in sorted(set(self._shared.values())):
            left = tuple(sorted(path for path, owner in self._shared.items() if owner == name and path not in replaced))
            if left:
                self._session.report_once(Event(kind="note", text=_listed(f"left files that {name} lists too", left)))

    def tidy(self) -> None:
        """Do what can wait until the box is as it should be."""
        self.bytecode.follow_up()
        if self._chronicle is not None:
            self._chronicle.tidy(self._after)

    def _installations(self, stock: Stock) -> tuple[Installation, ...]:
        from_archives: list[Installation] = []
        own: list[Installation] = []
        for package in self._plan.incoming:
            ready = stock.ready.get(package.name)
            if ready is None:
                ready = installation_of(self._session, self._environment, package, stock.manifests[package.name])
            is_own = not ready.entry.sha256 or ready.entry.is_edited or package.name not in stock.manifests
            (own if is_own else from_archives).append(ready)
        return (*self.bytecode.added(tuple(from_archives)), *own)

    def _papers(self, stock: Stock, installations: tuple[Installation, ...]) -> dict[str, bytes | None]:
        """Return the receipt, the history, and what the caller gives; what comes without an archive is not ours."""
        incoming = tuple(package.entry for package in installations if package.entry.sha256)
        leaving = frozenset(departing.name for departing in self._departures)
        receipt = self.receipt.changed(incoming=incoming, leaving=leaving)
        papers: dict[str, bytes | None] = {}
        if self._chronicle is not None:
            if stock.state is not None:
                self._after = replace(self._chronicle.history, current=stock.state.number)
            else:
                self._after = self._chronicle.recorded(self._plan, incoming, self._files)
            receipt = replace(receipt, state=self._after.current)
            papers = {**self._chronicle.papers(self._after), PENDING: None}
        papers |= papers_after(self._environment.root, {*(package.name for package in installations), *leaving})
        return {RECEIPT: format_receipt(receipt).encode(), **papers, **stock.papers}


def _renewed(session: Session, plan: Plan, stock: Stock, bytecode: BoxBytecode, error: SourceChangedError) -> Stock:
    """Return the stock with every archive whose files in the store were changed had anew; else raise the error."""
    archives = Archives(session.store, session.reporter)
    manifests = dict(stock.manifests)
    stored = [package for package in plan.incoming if package.name in manifests]
    changed = {package: paths for package in stored if (paths := archives.changed(manifests[package.name]))}
    if not bytecode.drop_changed(manifests[package.name].sha256 for package in stored) and not changed:
        raise error
    for package, paths in changed.items():
        if not restored(session, manifests[package.name]):
            continue  # only times and modes were others
        if stock.renew is None:
            raise error
        old = manifests[package.name]
        manifests[package.name] = stock.renew(package)
        if manifests[package.name].sha256 != old.sha256:  # else the store was mended, and said so
            note = f"{old.filename} in the store was changed ({paths[0]}), so another one takes its place in the box"
            session.report(Event(kind="note", text=note))
    return replace(stock, manifests=manifests)


def departures_of(
    environment: Environment, plan: Plan, installed: tuple[Installed, ...]
) -> tuple[tuple[Departure, ...], dict[str, str]]:
    """Return what leaves a box by a plan, and what is left out of that: files that a package lists which stays.

    One departure a name: two versions of one project may leave together. The files are relative to the box's root, each
    with the name of who has it too. Raises EnvironmentDamagedError where it is not known which files leave.
    """
    paths: dict[str, dict[str, None]] = {}
    for change in plan.changes:
        if change.leaving is not None:
            leaving = _departure(environment, change, change.leaving)
            paths.setdefault(leaving.name, {}).update(dict.fromkeys(leaving.paths))
    staying = (one for one in installed if one.name not in paths)
    shared = listed_by(environment, staying, (path for found in paths.values() for path in found)) if paths else {}
    departures = tuple(
        Departure(name=name, paths=tuple(path for path in found if path not in shared)) for name, found in paths.items()
    )
    return departures, shared


def _departure(environment: Environment, change: Change, leaving: Installed) -> Departure:
    """Return what leaves; a damaged package that is put in anew may leave without its list of files."""
    try:
        return departure(environment, leaving)
    except EnvironmentDamagedError:
        if change.incoming is None:
            raise
        return remains(environment, leaving)


def read_receipt(environment: Environment) -> Receipt:
    """Return the receipt of a box; an empty one when capsa has put nothing in."""
    return receipt_of(environment.root)


def installation_of(session: Session, environment: Environment, package: Chosen, manifest: Manifest) -> Installation:
    """Return how a package of a plan lands in a box, from its archive in the store."""
    folder = folder_of(package.distribution)
    entry = ReceiptEntry(
        name=package.name,
        version=manifest.release,
        filename=manifest.filename,
        sha256=manifest.sha256,
        url=without_secrets(package.direct_url or package.distribution.url),
        info=f"{environment.layout.scheme(manifest.root, package.name)}/{manifest.info}",
        stamp=stamp_of(folder) if folder else "",
        is_requested=package.is_direct,
        direct_url=direct_url_document(package, manifest),
    )
    return installation(
        environment,
        manifest,
        f"{session.store.archive(manifest.sha256)}/tree",
        entry=entry,
    )


def _report_surprises(session: Session, environment: Environment, committed: Committed) -> None:
    if committed.overwritten:
        session.report(Event(kind="warning", text=_listed("replaced files that were there", committed.overwritten)))
    foreign = _unowned(environment, committed.foreign) if committed.foreign else ()
    if foreign:
        session.report(Event(kind="note", text=_listed("left files that no package owns", foreign)))


def _unowned(environment: Environment, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the paths that no installed package lists: the commit knows only the packages that it moves."""
    owned: set[str] = set()
    for distribution in scan(environment).installed:
        try:
            owned.update(departure(environment, distribution).paths)
        except EnvironmentDamagedError:
            owned.update(remains(environment, distribution).paths)
    return tuple(path for path in paths if path not in owned)


def _listed(what: str, paths: tuple[str, ...], shown: int = 5) -> str:
    rest = f" and {len(paths) - shown} more" if len(paths) > shown else ""
    return f"{what}: {', '.join(paths[:shown])}{rest}"
