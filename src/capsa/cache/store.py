"""The folder that all boxes share, and where everything lies in it. Each bucket has its own version.

    CACHE/CACHEDIR.TAG                        says that it is ours
    CACHE/lock                                shared by those who add, exclusive for who empties it
    CACHE/listing-v1/<index>/<project>        digested pages              CACHE/probe-v1/        interpreter facts
    CACHE/metadata-v1/<key>                   core metadata               CACHE/seed-v1/<minor>  the pip for new boxes
    CACHE/archive-v1/<aa>/<sha256>/tree/ manifest   immutable             CACHE/project-v1/<project>/<sha256>
    CACHE/archive-v1/<aa>/<sha256>/<python>/  its bytecode                CACHE/bytecode-v1/<python>/  what waits for it
    CACHE/source-v1/<sha256>                  archives to be built from   CACHE/git-v1/          what git fetched
    CACHE/built-v1/<key>                      which wheel a build made    CACHE/log-v1/          what failed builds said
    CACHE/environment-v1/<key>/               boxes for builds and runs   CACHE/script-v1/       which box a script has
    CACHE/lock-v1/<key>                       which locks are up to date  CACHE/spare-v1/<sha256>/  linked beforehand
    CACHE/temporary-v1/                       not yet whole

Nothing is cleared without the tag. What is not yet whole is renamed into its place when it is.
"""

from __future__ import annotations

import os

from capsa.disk.atomic import make_folders, remove_tree, rename, touch, write_atomic
from capsa.disk.locking import FileLock
from capsa.errors import CacheError, DiskError

HOT = True  # the fast path: see docs/adr

BUCKETS = (
    *("archive", "built", "bytecode", "environment", "git", "listing", "lock", "log", "metadata", "probe", "project"),
    *("script", "seed", "source", "spare", "temporary"),
)

_TAG, _LOCK, _ASIDE = "CACHEDIR.TAG", "lock", ".capsa-"
_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_OURS = b"# This folder is the store of capsa"
_TAG_TEXT = (
    _SIGNATURE + b"\n" + _OURS + b".\n# It can be made again: leave it out of backups. See bford.info/cachedir\n"
)


class Store:
    """The paths of one store. ``root`` is absolute; making one touches nothing."""

    __slots__ = ("root",)

    def __init__(self, root: str) -> None:
        self.root = root

    def archive(self, sha256: str) -> str:
        """The folder of one unpacked archive: ``tree`` and ``manifest`` are inside."""
        return f"{self.root}/archive-v1/{sha256[:2]}/{sha256}"

    def bytecode(self, key: str) -> str:
        """The folder of what waits to be compiled for one kind of Python; there once anything was (to be) compiled."""
        return f"{self.root}/bytecode-v1/{key}"

    def projects(self, project: str) -> str:
        """The folder whose file names are the hashes of a project's archives."""
        return f"{self.root}/project-v1/{project}"

    def listing(self, index_key: str, project: str) -> str:
        """The digested page of a normalized project on one index."""
        return f"{self.root}/listing-v1/{index_key}/{project}"

    def metadata(self, key: str) -> str:
        """The core metadata of one distribution file, by the key that its reader chose (its sha256 where known)."""
        return f"{self.root}/metadata-v1/{key}"

    def probe(self) -> str:
        """The folder of interpreter facts."""
        return f"{self.root}/probe-v1"

    def seed(self) -> str:
        """The folder that tells which pip goes into a new box."""
        return f"{self.root}/seed-v1"

    def spares(self, sha256: str) -> str:
        """The folder of the trees of one archive that were linked beforehand."""
        return f"{self.root}/spare-v1/{sha256}"

    def source(self, sha256: str) -> str:
        """The file of one source archive."""
        return f"{self.root}/source-v1/{sha256}"

    def environment(self, key: str) -> str:
        """The folder of one box that is made and used by capsa itself."""
        return f"{self.root}/environment-v1/{key}"

    def log(self, name: str) -> str:
        """The file that takes what one build prints."""
        return f"{self.root}/log-v1/{name}.log"

    def temporary(self, suffix: str = "") -> str:
        """Return a fresh path on the disk of the store, inside a folder that this makes when it is missing."""
        folder = f"{self.root}/temporary-v1"
        if not os.path.isdir(folder):
            self.prepare()
            make_folders(folder)
        return f"{folder}/{os.getpid():x}-{os.urandom(8).hex()}{suffix}"

    def sweep(self) -> None:
        """Remove what this process left on its way into the store; what other processes have there is theirs."""
        folder = f"{self.root}/temporary-v1"
        own = f"{os.getpid():x}-"
        for name in names_in(folder):
            if name.startswith(own):
                remove_tree(f"{folder}/{name}")

    def sharing(self) -> FileLock:
        """Return the lock that keeps `clear` away; to be held while something is added, or for a whole verb."""
        return FileLock(f"{self.root}/{_LOCK}", is_shared=True)

    def prepare(self) -> None:
        """Make the root and its tag; refuses (CacheError) a folder that holds other things than a store."""
        if self._is_ours():
            return
        make_folders(self.root)
        strangers = sorted(name for name in names_in(self.root) if not _is_bucket(name) and not _is_passing(name))
        if strangers and not self._is_ours():  # asked again: another process may have made the tag meanwhile
            raise CacheError(
                f"{self.root} is not a store of capsa: it holds {strangers[0]}",
                hints=("name an empty folder: `--cache-dir PATH`, or CAPSA_CACHE_DIR",),
            )
        write_atomic(f"{self.root}/{_TAG}", _TAG_TEXT, is_durable=True)

    def names(self) -> tuple[str, ...]:
        """Return the names of the parts that are there, sorted: "archive-v1"."""
        return tuple(name for name in sorted(names_in(self.root)) if _is_bucket(name))

    def note_use(self, path: str) -> None:
        """Let the time of a file or folder tell that it was used now; a store that can't be written stays as it is."""
        try:
            touch(path)
        except DiskError:
            return

    def seize(self, deed: str) -> FileLock:
        """Take the store for this process alone ("cleared" is a ``deed``); the lock is the caller's to release.

        Refuses (CacheError) a folder without our tag, and while another capsa is adding to the store.
        """
        if not self._is_ours():
            raise CacheError(
                f"{self.root} is not {deed}: it has no {_TAG} of capsa",
                hints=("look at it, and remove it by hand if it is a store",),
            )
        lock = FileLock(f"{self.root}/{_LOCK}")
        if not lock.acquire(wait=False):
            raise CacheError(
                f"{self.root} is not {deed}: another capsa is using it",
                hints=("wait until it has ended, then run the same command again",),
            )
        return lock

    def aside(self) -> str:
        """Return a fresh path for what leaves the store; `empty_aside` removes it, in the next run if need be."""
        return f"{self.root}/{_ASIDE}{os.urandom(8).hex()}"

    def empty_aside(self) -> None:
        """Remove what left the store, also what a process that was killed had put aside."""
        for name in names_in(self.root):
            if name.startswith(_ASIDE):
                remove_tree(f"{self.root}/{name}")

    def clear(self) -> None:
        """Remove every bucket; boxes keep their files. Refuses as `seize` does.

        Buckets are renamed aside first, so that a kill never leaves half a bucket in place.
        """
        if not os.path.isdir(self.root):
            return
        with self.seize("cleared"):
            for name in self.names():
                rename(f"{self.root}/{name}", self.aside())
            self.empty_aside()

    def _is_ours(self) -> bool:
        try:
            with open(f"{self.root}/{_TAG}", "rb") as file:
                content = file.read(len(_TAG_TEXT))
        except OSError:
            return False
        return content.startswith(_SIGNATURE) and _OURS in content


def names_in(folder: str) -> list[str]:
    """Return what is in a folder of the store, nothing where it is missing; raises CacheError when it can't be read."""
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unreadable(folder, error) from error


def unreadable(folder: str, error: OSError) -> CacheError:
    """Return the failure for a folder of the store that can't be read."""
    if isinstance(error, NotADirectoryError):
        text = f"{folder} can't be a part of the store: it is a file, not a folder"
        return CacheError(text, hints=("name a folder: `--cache-dir PATH`, or CAPSA_CACHE_DIR",))
    reason = "permission is denied" if isinstance(error, PermissionError) else error.strerror
    hints = (
        f"look at its permissions: `ls -ld {folder}`",
        "or name another folder: `--cache-dir PATH`, or CAPSA_CACHE_DIR",
    )
    return CacheError(f"the store can't be read at {folder}: {reason}", hints=hints)


def _is_bucket(name: str) -> bool:
    """Whether this is a bucket of ours, of this or any other version: ``archive-v1``."""
    kind, _, version = name.partition("-v")
    return kind in BUCKETS and version.isdecimal()


def _is_passing(name: str) -> bool:
    """Whether this is one of our own files beside the buckets: the lock, or something on its way in or out."""
    return name == _LOCK or name.startswith(_ASIDE)
