"""The sources of packages, brought here: archives fetched and held against their hashes, commits checked out, folders.

    CACHE/source-v1/<sha256>     an archive as it came; stays for a build by another Python
    CACHE/git-v1/                what git has fetched
    CACHE/temporary-v1/          trees, for as long as this run takes

Runs nothing out of a source, and changes nothing in a user's folder.
"""

from __future__ import annotations

import hashlib
import os
from threading import Lock

from capsa.builder.git import Git
from capsa.builder.source import unpack_source
from capsa.disk.atomic import make_folders, remove_file, rename
from capsa.errors import BuildError, IntegrityError
from capsa.model.distribution import Distribution
from capsa.model.source import Source, parse_source
from capsa.ops.obtain import fetch_reported
from capsa.ops.stamp import folder_of
from capsa.ops.supply import Supply
from capsa.transport.port import without_secrets
from capsa.value import replace, value

_COMMIT_LENGTH, _DIGITS = 40, frozenset("0123456789abcdef")
_PATIENCE = 600.0  # seconds that git may take for one step: large histories take minutes


@value
class Fetched:
    """An archive that is here: its absolute ``path``, its hash and its ``size`` in bytes."""

    path: str
    sha256: str
    size: int


def source_of(distribution: Distribution) -> Source:
    """Return what a distribution that is no wheel is made of; an index may offer an sdist under any address."""
    found = parse_source(distribution.url)
    return found if found is not None else Source(kind="archive", url=distribution.url.partition("#")[0])


def title_of(distribution: Distribution) -> str:
    """Return what messages call a source: "lamp 1.0", or its place where its name is not known yet."""
    if distribution.project and distribution.version:
        return f"{distribution.project} {distribution.version}"
    return distribution.project or folder_of(distribution) or without_secrets(distribution.url)


class Sources:
    """The sources of one session, each had once. `fetch` may be called by several threads."""

    def __init__(self, supply: Supply) -> None:
        self._supply = supply
        self._lock = Lock()
        self._fetched: dict[tuple[str, str | None], Fetched] = {}
        self._trees: dict[str, str] = {}

    def fetch(self, distribution: Distribution) -> Fetched:
        """Return the file of an archive, fetched if need be; raises IntegrityError where it is not what was promised.

        One whose hash nobody tells is fetched anew in each session: another file may lie there today.
        """
        key = (distribution.url, distribution.sha256)
        with self._lock:
            known = self._fetched.get(key)
        if known is None:
            known = self._kept(distribution) or self._get(distribution)
            with self._lock:
                self._fetched[key] = known
        return known

    def has_archive(self, distribution: Distribution) -> bool:
        """Whether an archive seems to be here: nothing is read, and `fetch` may find that it is another one."""
        with self._lock:
            is_known = (distribution.url, distribution.sha256) in self._fetched
        sha256 = distribution.sha256
        return is_known or (sha256 is not None and os.path.exists(self._supply.session.store.source(sha256)))

    def tree(self, distribution: Distribution) -> str:
        """Return the absolute folder of a source's project, unpacked or checked out if need be.

        A user's own folder is given as it is.
        """
        folder = folder_of(distribution)
        if folder is not None:
            if not os.path.isdir(folder):
                raise BuildError(f"{title_of(distribution)} can't be built: there is no folder {folder}")
            return folder
        source = source_of(distribution)
        key = f"{distribution.url} {distribution.sha256}"
        if key not in self._trees:
            self._trees[key] = self._bring(distribution, source)
        return _inside(self._trees[key], source.subdirectory, title_of(distribution))

    def commit(self, source: Source) -> str:
        """Return the commit that a revision under version control means now."""
        return source.revision if _is_commit(source.revision) else self._git().resolve(source.url, source.revision)

    def _bring(self, distribution: Distribution, source: Source) -> str:
        place = self._supply.session.store.temporary()
        if source.kind == "git":
            self._git().checkout(source.url, self.commit(source), place)
            return place
        return unpack_source(self.fetch(distribution).path, place, title_of(distribution))

    def _git(self) -> Git:
        session = self._supply.session
        folder = f"{session.store.root}/git-v1"
        session.store.prepare()
        make_folders(folder)
        return Git(session.surroundings.variables, folder, _PATIENCE, is_offline=session.settings.offline)

    def _kept(self, distribution: Distribution) -> Fetched | None:
        if distribution.sha256 is None:
            return None
        path = self._supply.session.store.source(distribution.sha256)
        try:
            with open(path, "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                is_sound = hashlib.file_digest(stream, "sha256").hexdigest() == distribution.sha256
        except OSError:
            return None
        if not is_sound:
            return None
        self._supply.session.store.note_use(path)
        return Fetched(path=path, sha256=distribution.sha256, size=size)

    def _get(self, distribution: Distribution) -> Fetched:
        store = self._supply.session.store
        temporary = store.temporary()
        bare = replace(distribution, url=distribution.url.partition("#")[0])
        try:
            sha256 = fetch_reported(self._supply, bare, temporary)
            size = os.stat(temporary).st_size
            if distribution.size not in {None, size}:
                promised = f"where {distribution.size} were promised"
                raise IntegrityError(f"{distribution.filename} has {size} bytes, {promised}")
            path = store.source(sha256)
            make_folders(os.path.dirname(path))
            rename(temporary, path)
        finally:
            if os.path.lexists(temporary):
                remove_file(temporary)
        return Fetched(path=path, sha256=sha256, size=size)


def _is_commit(revision: str) -> bool:
    """Whether a revision is the full name of a commit, which can mean nothing else tomorrow."""
    return len(revision) == _COMMIT_LENGTH and _DIGITS.issuperset(revision)


def _inside(tree: str, subdirectory: str, title: str) -> str:
    if not subdirectory:
        return tree
    place = os.path.realpath(os.path.join(tree, subdirectory))
    if not place.startswith(os.path.join(os.path.realpath(tree), "")) or not os.path.isdir(place):
        raise BuildError(f"{title} can't be built: it has no folder `{subdirectory}`")
    return place
