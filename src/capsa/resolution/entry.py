"""One package of a solution as an entry of a lock: its files, or the one place it comes from. PURE. Follows PEP 751."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from capsa.errors import LockError, quoted
from capsa.model.address import without_userinfo
from capsa.model.distribution import Distribution
from capsa.model.lock import LockedArchive, LockedCommit, LockedFile, LockedFolder, LockedPackage, canonical_time
from capsa.model.solution import Chosen
from capsa.model.source import Source, parse_source
from capsa.resolution.candidate import Judge

_KNOWN_USER = r"([a-z+]*ssh://)git@"
_UNHELD = r"[\\\ud800-\udfff]"  # a "\", and bytes that are not UTF-8


class Entries:
    """Makes entries for one target: ``folder`` is the absolute one of the lock, ``names`` all that are in it."""

    __slots__ = ("_folder", "_judge", "_names")

    def __init__(self, judge: Judge, folder: str, names: frozenset[str]) -> None:
        self._judge = judge
        self._folder = folder
        self._names = names

    def entry(
        self, chosen: Chosen, files: Iterable[Distribution], *, index: str | None, marker: str | None
    ) -> LockedPackage:
        """Return the entry of a package whose release has these ``files``; raises LockError for one without sha256."""
        direct = self._direct(chosen) if chosen.direct_url is not None else None
        found = () if direct is not None else self._files(chosen.distribution, files)
        sources = [file for file in found if not file.is_wheel]
        return LockedPackage(
            name=chosen.name,
            version=None if isinstance(direct, LockedFolder | LockedCommit) else chosen.version or None,
            marker=marker,
            requires_python=_specifier(chosen.distribution.requires_python),
            dependencies=tuple(sorted(self._names.intersection(chosen.dependencies))),
            index=public(index) if index and direct is None else None,
            direct=direct,
            sdist=self._locked(sources[0]) if sources else None,
            wheels=tuple(self._locked(file) for file in found if file.is_wheel),
        )

    def _direct(self, chosen: Chosen) -> LockedArchive | LockedFolder | LockedCommit:
        distribution = chosen.distribution
        source = parse_source(distribution.url)
        if distribution.is_wheel or source is None:
            source = Source(kind="archive", url=distribution.url)
        url, path = self._place(source.url)
        subdirectory = source.subdirectory or None
        if source.kind == "folder":
            return LockedFolder(path=path or url or "", is_editable=chosen.is_editable, subdirectory=subdirectory)
        if source.kind == "git":
            asked = parse_source(chosen.direct_url or "")
            return LockedCommit(
                kind="git",
                commit_id=source.revision,
                url=url,
                path=path,
                requested_revision=(asked.revision if asked else "") or None,
                subdirectory=subdirectory,
            )
        return LockedArchive(
            url=url,
            path=path,
            size=distribution.size,
            upload_time=canonical_time(distribution.uploaded or ""),
            hashes={"sha256": _sha256(distribution)},
            subdirectory=subdirectory,
        )

    def _files(self, chosen: Distribution, files: Iterable[Distribution]) -> list[Distribution]:
        """Return the chosen file, and what else of its release may serve this target: wheels, one source; by name."""
        kept = {chosen.filename: chosen}
        files = [file for file in files if file.yanked is None or chosen.yanked is not None]
        sources = [file for file in files if not file.is_wheel and self._may_serve(file)] if chosen.is_wheel else []
        if sources:
            best = min(sources, key=lambda file: (not file.filename.endswith(".tar.gz"), file.filename))
            kept[best.filename] = best
        for file in files:
            if file.is_wheel and self._may_serve(file) and self._judge.rank(file.tags or "") is not None:
                kept.setdefault(file.filename, file)
        return [file for _, file in sorted(kept.items())]

    def _may_serve(self, file: Distribution) -> bool:
        return file.sha256 is not None and self._judge.fits_python(file.requires_python)

    def _locked(self, file: Distribution) -> LockedFile:
        url, path = self._place(file.url)
        return LockedFile(
            name=file.filename,
            url=url,
            path=path,
            size=file.size,
            upload_time=canonical_time(file.uploaded or ""),
            hashes={"sha256": _sha256(file)},
        )

    def _place(self, address: str) -> tuple[str | None, str | None]:
        """Return (url, None) of what is fetched, (None, path) of what lies on this machine."""
        bare = address.partition("#")[0]
        parts = urlsplit(bare)
        if parts.scheme != "file":
            return public(bare), None
        path = unquote(parts.path, errors="surrogateescape")
        return None, relative(path[1:] if re.match(r"/[A-Za-z]:", path) else path, self._folder)


def public(url: str) -> str:
    """Return a URL without user name and password, but for the ``git@`` of SSH, without which it leads nowhere."""
    return url if re.match(_KNOWN_USER, url) else without_userinfo(url)


def relative(path: str, folder: str) -> str:
    """Return an absolute path as it is written in a lock in the absolute ``folder``: with "/", relative to it.

    Where the two have nothing but the root or the drive in common the path stays absolute: a lock that is moved leads
    to the same place then.
    """
    place, start = (posixpath.normpath(_slashed(text)) for text in (path, folder))
    if re.search(_UNHELD, place):
        raise LockError(f"the path {quoted(path)} has characters that no lock can hold")
    there, here = ([part for part in text.split("/") if part] for text in (place, start))
    if here and there[:1] != here[:1]:
        return place
    count = len(posixpath.commonprefix([there, here]))
    return "/".join([*[".."] * (len(here) - count), *there[count:]]) or "."


def _slashed(path: str) -> str:
    return path.replace("\\", "/") if path[1:2] == ":" else path


def _specifier(text: str | None) -> str | None:
    """Return a requires-python that other readers can read too, None for one that indexes keep but is none."""
    try:
        SpecifierSet(text or "")
    except InvalidSpecifier:
        return None
    return text or None


def _sha256(file: Distribution) -> str:
    if file.sha256 is None:
        raise LockError(f"{file.filename} has no sha256, and a lock needs one: its index tells none")
    return file.sha256
