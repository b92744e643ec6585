"""``trust`` and ``untrust``: which projects' boxes a shell may step into on `cd`, and a list of them."""

from __future__ import annotations

import os

from capsa.disk.atomic import make_folder, write_new
from capsa.environment.open import FOLDER, find_environment, is_environment, read_config
from capsa.environment.prompt import shown_prompt, written_prompt
from capsa.errors import EnvironmentMissingError, Failure, quoted
from capsa.machine.trust import Trusted, box_id, change, read_trusted
from capsa.model.layout import CAPSA, ID
from capsa.model.plain import is_plain
from capsa.model.stepping import TrustListOutcome, TrustOutcome, TrustRow
from capsa.ops.exposure import User, look_at, refuse_exposed, steps_to
from capsa.ops.session import Session
from capsa.shell.csh import csh_list
from capsa.shell.quote import quote_sh
from capsa.shell.scripts import scripts_folder


class UntrustableError(Failure):
    """A project that can't stand in the trust list."""

    kind = "trust"


def trust(session: Session, named: str | None, folder: str) -> TrustOutcome:
    """Trust the box of the project at the absolute path ``named``, else of the nearest one from ``folder`` up.

    A box that has no id, as another tool made it, gets one. Raises EnvironmentMissingError where there is no box,
    ExposedError where others could change it, UntrustableError for a path that no list can hold.
    """
    project = os.path.realpath(_project(named, folder))
    box = f"{project}/{FOLDER}"
    if not is_environment(box):
        raise EnvironmentMissingError(
            f"there is no box at {box}, so there is nothing to trust",
            hints=(f"make it first: `capsa create {quote_sh(box)}`",),
        )
    scripts = f"{box}/{scripts_folder(session.surroundings.platform)}"
    if not session.surroundings.is_windows:
        refuse_exposed(look_at(project, box, scripts), User(number=os.geteuid(), group=os.getegid()))
    if not is_plain(project):
        raise UntrustableError(f"{quoted(project)} can't be trusted: no list of lines can hold such a path")
    entry = Trusted(id=_id_of(box), folder=project, prompt=shown_prompt(box, written_prompt(read_config(box))))
    data_dir = session.settings.data_dir
    before = {known.folder: known for known in read_trusted(data_dir)}.get(project)
    is_changed = change(data_dir, csh=csh_list, add=entry)
    if not is_changed:
        return TrustOutcome(folder=project, action="none", is_trusted=True)
    return TrustOutcome(folder=project, action="renew" if before else "trust", is_trusted=True)


def untrust(session: Session, named: str | None, folder: str) -> TrustOutcome:
    """Trust the project at the absolute path ``named`` no more, else the nearest trusted one from ``folder`` up.

    The folder may be gone.
    """
    data_dir = session.settings.data_dir
    project = os.path.realpath(named or folder)
    if os.path.basename(project) == FOLDER:
        project = os.path.dirname(project)
    if named is None:
        known = {entry.folder for entry in read_trusted(data_dir)}
        project = next((step for step in steps_to(project)[::-1] if step in known), project)
    is_changed = change(data_dir, csh=csh_list, drop=project)
    return TrustOutcome(folder=project, action="untrust" if is_changed else "none", is_trusted=False)


def trusted(session: Session) -> TrustListOutcome:
    """Return the trusted projects, each with what became of its box."""
    return TrustListOutcome(projects=tuple(_row(entry) for entry in read_trusted(session.settings.data_dir)))


def _project(named: str | None, folder: str) -> str:
    """Return the folder of the project that is meant: the one that is named, or whose box is."""
    if named is None:
        box = find_environment(folder)
        if box is None:
            raise EnvironmentMissingError(
                f"there is no box in {folder} or above it, so there is nothing to trust",
                hints=("make it first: `capsa create`",),
            )
        return os.path.dirname(box)
    if not is_environment(named):
        return named
    if os.path.basename(named) != FOLDER:
        raise UntrustableError(
            f"{named} is not the `{FOLDER}` of a project: that is the box into which a shell steps by itself",
            hints=(f"step into it by hand: `capsa activate {quote_sh(named)}`",),
        )
    return os.path.dirname(named)


def _id_of(box: str) -> str:
    if not box_id(box):
        if not os.path.isdir(f"{box}/{CAPSA}"):
            make_folder(f"{box}/{CAPSA}")
        write_new(f"{box}/{ID}", os.urandom(16).hex().encode("ascii") + b"\n")
    return box_id(box)


def _row(entry: Trusted) -> TrustRow:
    found = box_id(f"{entry.folder}/{FOLDER}")
    return TrustRow(
        folder=entry.folder,
        prompt=entry.prompt,
        id=entry.id,
        state="trusted" if found == entry.id else "other" if found else "gone",
    )
