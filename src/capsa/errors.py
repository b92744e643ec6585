"""Every failure that capsa shows, in one tree.

    Failure                        exit 1: the user can cause or cure it
    ├── UsageError                 exit 2: the command line is wrong
    ├── RequirementError           a requirement, marker or requirements file that can't be read
    ├── ResolutionError            demands that can't hold together, projects that don't exist
    ├── FetchError                 the network, an index, a download
    ├── IntegrityError             bytes that are not what was promised
    ├── BuildError                 a wheel that could not be built from source
    ├── LockError                  a lock that can't be read, is out of date, or is not for here
    ├── InterpreterError           no fitting Python, or one that doesn't answer
    ├── EnvironmentMissingError    no box here, or a folder that is not one
    ├── EnvironmentDamagedError    a box that contradicts its own records
    ├── DiskError                  no space, no permission, a read-only place
    └── CacheError                 the store can't be used

A leaf lives in the room that raises it and holds its facts as attributes. ``str()`` is one plain sentence; hints are
data, printed once, after the cause. Hot: this module imports nothing.
"""

HOT = True  # the fast path: see docs/adr


class Failure(Exception):  # noqa: N818 - the root; the leaves end in Error
    """A failure that is not a bug: one sentence, and hints that say what to do next.

    ``kind`` is the stable word of the JSON error shape; ``exit_code`` is the exit status of the process.
    """

    kind = "failure"
    exit_code = 1

    def __init__(self, message: str, *, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hints = hints

    def __str__(self) -> str:
        return self.message


def quoted(text: str | bytes) -> str:
    """Return what came from outside in backticks and on one line: what can't be printed is shown as an escape."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    shown = (sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
    return f"`{''.join(shown)}`"


class UsageError(Failure):
    """The command line asks for something that capsa does not offer."""

    kind = "usage"
    exit_code = 2


class RequirementError(Failure):
    """A requirement, a marker or a requirements file that does not follow PEP 508 or pip's file format."""

    kind = "requirement"


class ResolutionError(Failure):
    """No set of versions satisfies every demand."""

    kind = "resolution"


class FetchError(Failure):
    """A page or a file could not be had from where it should be."""

    kind = "fetch"


class IntegrityError(Failure):
    """Bytes arrived, but they are not the ones that were promised: hash, size, CRC, RECORD, archive structure."""

    kind = "integrity"


class BuildError(Failure):
    """A build backend failed, or what it made is not what it should be.

    ``lines`` are the last ones that the backend printed, as it wrote them; ``log`` is the absolute path of everything
    it printed, "" where nothing was kept.
    """

    kind = "build"

    def __init__(
        self, message: str, *, hints: tuple[str, ...] = (), lines: tuple[str, ...] = (), log: str = ""
    ) -> None:
        super().__init__(message, hints=hints)
        self.lines = lines
        self.log = log


class LockError(Failure):
    """A pylock.toml is not what PEP 751 says, no longer fits its project, or is made for other environments."""

    kind = "lock"


class InterpreterError(Failure):
    """No Python fits the request, or the one that does can't be run."""

    kind = "interpreter"


class EnvironmentMissingError(Failure):
    """There is no environment where one is needed, or the folder is not an environment."""

    kind = "environment-missing"


class EnvironmentDamagedError(Failure):
    """An environment contradicts its own records and can't be changed safely."""

    kind = "environment-damaged"


class DiskError(Failure):
    """The file system refused: no space, no permission, read-only, too long a name."""

    kind = "disk"


class CacheError(Failure):
    """The store is unusable as it stands."""

    kind = "cache"
