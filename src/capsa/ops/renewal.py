"""An archive had anew by what the receipt of a box says of it: for files of the store that were changed or are gone.

From the wheel that a Python brings along, from where it once came, or from an index: by its hash, so never another one.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from capsa.cache.archive import Archives, Row
from capsa.disk.atomic import remove_file, rename, set_mode, set_time, temporary_sibling, write_new
from capsa.disk.facts import facts_of
from capsa.disk.refusal import refusing
from capsa.environment.look import has_digest
from capsa.errors import DiskError, FetchError, IntegrityError
from capsa.model.distribution import Distribution, parse_filename
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.manifest import Manifest
from capsa.model.receipt import ReceiptEntry
from capsa.model.solution import Chosen
from capsa.ops.obtain import obtain_archive
from capsa.ops.session import Session
from capsa.ops.supply import Supply


class NotToBeHadError(FetchError):
    """A wheel that the store lacks, or has no longer as it was, and that nobody offers: it was built here, say."""

    def __init__(self, entry: ReceiptEntry) -> None:
        super().__init__(
            f"{entry.filename} is nowhere to be had as it was",
            hints=(f"put it in anew: `{reinstalling(entry.name, entry.direct_url)}`",),
        )


def renew_archive(supply: Supply, interpreter: Interpreter, entry: ReceiptEntry) -> Manifest:
    """Get the archive of an entry into the store, or back what of it was changed there; return its manifest.

    Raises FetchError where it can't be had, IntegrityError where something else came.
    """
    manifest = supply.archives.manifest(entry.sha256)
    if manifest is not None and not restored(supply.session, manifest):
        return manifest
    wheel = interpreter.ensurepip_wheel
    if wheel and has_digest(wheel, entry.sha256):
        return supply.archives.add(wheel, filename=entry.filename, sha256=entry.sha256, size=None, origin=wheel)
    distribution = distribution_of(entry)
    if is_wheel_at(entry):
        try:
            return obtain_archive(supply, distribution)
        except (FetchError, IntegrityError):
            offered = _offered(supply, entry)
            if offered is None:
                raise
            return obtain_archive(supply, offered)
    offered = _offered(supply, entry)
    if offered is None:
        raise NotToBeHadError(entry)
    return obtain_archive(supply, offered)


def reinstalling(name: str, direct_url: Mapping[str, Any] | None) -> str:
    """Return the command that puts a package in anew, from where its direct_url.json (PEP 610) says that it came."""
    if direct_url is None:
        return f"capsa install --reinstall {name}"
    url, version_control = str(direct_url.get("url", "")), direct_url.get("vcs_info")
    if isinstance(version_control, dict):
        url = f"{version_control.get('vcs', 'git')}+{url}@{version_control.get('commit_id', '')}"
    information = direct_url.get("dir_info")
    is_editable = isinstance(information, dict) and bool(information.get("editable"))
    place = unquote(url.removeprefix("file://")) if url.startswith("file://") else url
    return f"capsa install --reinstall {'-e ' if is_editable else ''}{shlex.quote(place)}"


def is_good(path: str, row: Row) -> bool:
    """Whether a file of the store has the facts of its row in the manifest, and its content."""
    return facts_of(path) == row[1:4] and has_digest(path, row[4])


def take_out_spoiled(session: Session, path: str, row: Row) -> bool:
    """Take a file out of the store that has the facts of its row and another content; tell whether it was one.

    Every other change is seen when the file is linked. Whoever needs the file next has it anew.
    """
    if facts_of(path) != row[1:4] or has_digest(path, row[4]):
        return False
    try:
        remove_file(path)
    except DiskError as error:
        session.report(Event(kind="warning", text=f"{path} in the store is damaged and stays there: {error}"))
        return False
    return True


def distribution_of(entry: ReceiptEntry) -> Distribution:
    """Return the wheel of an entry as an index would offer it."""
    name = parse_filename(entry.filename)
    return Distribution(
        project=entry.name,
        version=entry.version,
        filename=entry.filename,
        url=entry.url,
        sha256=entry.sha256,
        tags=name.tags if name is not None else "py3-none-any",
    )


def chosen_of(entry: ReceiptEntry) -> Chosen:
    """Return an entry as what was chosen, to be put in once more."""
    return Chosen(distribution=distribution_of(entry), is_direct=entry.is_requested)


def restored(session: Session, manifest: Manifest) -> tuple[str, ...]:
    """Put files of an archive right whose content is as it was (`chmod -R`, `touch`); return those that stay changed.

    Each by a file of its own, as boxes may hold the old one. A note says so where nothing stays changed.
    """
    archives = Archives(session.store, session.reporter)
    tree = archives.tree(manifest.sha256)
    rows = {row[0]: row for row in (*manifest.files, manifest.record)}
    left = []
    changed = archives.changed(manifest)
    for path in changed:
        place, row = f"{tree}/{path}", rows[path]
        if not has_digest(place, row[4]) or not _copy_anew(place, row):
            left.append(path)
    if changed and not left:
        text = f"{manifest.filename} in the store was changed ({changed[0]}), so it is had anew"
        session.report(Event(kind="note", text=text))
    return tuple(left)


def _copy_anew(place: str, row: Row) -> bool:
    aside = temporary_sibling(place)
    try:
        with refusing("read", place), open(place, "rb") as stream:
            write_new(aside, stream.read())
        set_mode(aside, row[3])
        set_time(aside, row[2])
        rename(aside, place)
    except DiskError:
        remove_file(aside)
        return False
    return True


def is_wheel_at(entry: ReceiptEntry) -> bool:
    """Whether the address of an entry is that of its wheel, and not of the source from which it was built."""
    try:
        path = urlsplit(entry.url).path
    except ValueError:
        return False
    return unquote(posixpath.basename(path)) == entry.filename


def _offered(supply: Supply, entry: ReceiptEntry) -> Distribution | None:
    """Return the very same file where an index has it; an index that can't be asked has nothing."""
    try:
        releases = supply.index.releases(entry.name)
    except FetchError:
        return None
    if releases is None or entry.version not in releases.versions:
        return None
    files = (file for file in releases.files(entry.version) if file.sha256 == entry.sha256 and file.is_wheel)
    return next(files, None)
