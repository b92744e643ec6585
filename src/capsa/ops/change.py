"""Carry out a plan: archives into the store, files worked out, one commit. The only way a box changes its packages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from capsa.commit.transaction import Committed, commit, hold_turn
from capsa.disk.atomic import remove_file
from capsa.environment.site import departure, remains, scan
from capsa.environment.wheel import installation
from capsa.errors import EnvironmentDamagedError
from capsa.model.direct_url import direct_url_document
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.installation import Departure, Installation
from capsa.model.installed import Installed
from capsa.model.layout import RECEIPT, SEAL
from capsa.model.manifest import Manifest
from capsa.model.plan import Change, Plan
from capsa.model.receipt import Receipt, ReceiptEntry, format_receipt, parse_receipt
from capsa.model.solution import Chosen
from capsa.ops.breakage import tell_broken
from capsa.ops.bytecode import BoxBytecode
from capsa.ops.session import Session
from capsa.ops.stamp import folder_of, stamp_of
from capsa.transport.port import without_secrets


@contextmanager
def turn(session: Session, environment: Environment) -> Iterator[None]:
    """Be the only one who changes the box while the block runs; what it holds is looked at inside."""
    with hold_turn(environment.root, session.reporter):
        yield


def apply_plan(session: Session, environment: Environment, plan: Plan, manifests: Mapping[str, Manifest]) -> Committed:
    """Make the box what the plan says, or leave it as it was and raise. The caller holds the box's turn.

    Everything that can fail for reasons outside the box (network, archives) happens before the box is touched.
    """
    before = scan(environment).installed if plan.leaving else ()
    departures = _joined(_departure(environment, change, change.leaving) for change in plan.changes if change.leaving)
    installations = tuple(
        _installation(session, environment, package, manifests[package.name]) for package in plan.incoming
    )
    bytecode = BoxBytecode(session, environment.interpreter)
    installations = bytecode.added(installations)
    receipt = read_receipt(environment).changed(
        incoming=tuple(package.entry for package in installations),
        leaving=frozenset(departing.name for departing in departures),
    )
    committed = commit(
        environment.root,
        installations,
        departures,
        format_receipt(receipt),
        linker=session.linker,
        reporter=session.reporter,
    )
    remove_file(environment.layout.path(SEAL))
    bytecode.follow_up()
    _report_surprises(session, environment, committed)
    tell_broken(session, environment, plan, before)
    return committed


def _departure(environment: Environment, change: Change, leaving: Installed) -> Departure:
    """Return what leaves; a damaged package that is put in anew may leave without its list of files."""
    try:
        return departure(environment, leaving)
    except EnvironmentDamagedError:
        if change.incoming is None:
            raise
        return remains(environment, leaving)


def _joined(departures: Iterable[Departure]) -> tuple[Departure, ...]:
    """Return one departure a name: two versions of one project may have to leave together."""
    paths: dict[str, dict[str, None]] = {}
    for leaving in departures:
        paths.setdefault(leaving.name, {}).update(dict.fromkeys(leaving.paths))
    return tuple(Departure(name=name, paths=tuple(found)) for name, found in paths.items())


def read_receipt(environment: Environment) -> Receipt:
    """Return the receipt of a box; an empty one when capsa has put nothing in."""
    path = environment.layout.path(RECEIPT)
    if not os.path.exists(path):
        return Receipt()
    try:
        with open(path, encoding="utf-8") as stream:
            return parse_receipt(stream.read(), path)
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentDamagedError(
            f"the receipt {path} can't be read", hints=("make the box anew: `capsa create --clear PATH`",)
        ) from error


def _installation(session: Session, environment: Environment, package: Chosen, manifest: Manifest) -> Installation:
    folder = folder_of(package.distribution)
    entry = ReceiptEntry(
        name=package.name,
        version=manifest.release,
        filename=manifest.filename,
        sha256=manifest.sha256,
        url=without_secrets(package.direct_url or package.distribution.url),
        info=f"{environment.layout.scheme(manifest.root, package.name)}/{manifest.info}",
        stamp=stamp_of(folder) if folder else "",
    )
    return installation(
        environment,
        manifest,
        f"{session.store.archive(manifest.sha256)}/tree",
        entry=entry,
        requested=package.is_direct,
        direct_url=direct_url_document(package, manifest),
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
