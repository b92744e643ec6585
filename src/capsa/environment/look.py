"""Looks at every file of one installed distribution: is it what was put in? One `lstat` a file.

By the manifest of its archive where capsa put it in (size, time, mode; an equal inode excuses nothing), else by its
RECORD (presence and size; PEP 376). What was made for this box alone (launchers, RECORD) is read, and hashes are where
`claims` is asked. What was compiled (``__pycache__``) counts for nothing. Changes nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import posixpath
from collections.abc import Iterator, Mapping

from capsa.disk.facts import facts_in
from capsa.environment.site import departure
from capsa.errors import EnvironmentDamagedError, IntegrityError
from capsa.model.environment import Environment
from capsa.model.finding import Finding, Kind
from capsa.model.installation import Installation, WrittenFile
from capsa.model.installed import Installed
from capsa.model.manifest import Manifest
from capsa.model.receipt import ReceiptEntry
from capsa.model.record import RecordRow, encode_digest, parse_record
from capsa.value import value

OTHER_CONTENT = "was changed: its content is another, though size and time are as they were"

_REGULAR, _KIND = 0o100000, 0o170000  # S_IFREG, S_IFMT
_RUNS = 0o100
_LARGE = 1 << 20  # bytes: what is smaller is read in one go
_PLACE = "/RECORD"

Rows = Mapping[str, RecordRow]


@value
class Subject:
    """One package of a box, and what it is held against.

    ``installed`` is its distribution, None where its dist-info folder is gone. ``entry`` is its line in the receipt,
    None where another tool put it in. ``expected`` is what putting it in would do today and ``manifest`` that of its
    archive; both are None where nothing but RECORD tells.
    """

    name: str
    installed: Installed | None = None
    entry: ReceiptEntry | None = None
    expected: Installation | None = None
    manifest: Manifest | None = None

    @property
    def is_edited(self) -> bool:
        """Whether the box has its own copy of the files, to be patched."""
        return self.entry is not None and self.entry.is_edited


@value
class Claim:
    """What the content of a file should be: ``path`` relative to the box's root, ``digest`` in hex."""

    path: str
    algorithm: str
    digest: str


def differences(environment: Environment, subject: Subject) -> Iterator[Finding]:
    """Yield what is not as it was put in, file by file, as it is found."""
    if subject.expected is not None:
        yield from _linked(environment, subject, subject.expected)
        yield from _written(environment, subject, subject.expected)
    elif subject.installed is not None:
        yield from _recorded(environment, subject, subject.installed)


def claims(environment: Environment, subject: Subject) -> tuple[Claim, ...]:
    """Return what the content of each file should be, as far as anybody says: `differences` reads the rest."""
    if subject.expected is not None and subject.manifest is not None:
        facts = _digests(subject)
        return tuple(Claim(path=link[1], algorithm="sha256", digest=facts[link[0]]) for link in subject.expected.links)
    if subject.installed is None:
        return ()
    try:
        rows = _rows(environment, subject.installed)
    except EnvironmentDamagedError:
        return ()  # `differences` tells
    return tuple(claim for path, row in rows.items() if (claim := _claim(path, row)) is not None)


def holds(environment: Environment, claim: Claim) -> bool:
    """Whether a file has the content that it should have; a file that can't be read has not."""
    try:
        return _digest(environment.layout.path(claim.path), claim.algorithm) == claim.digest
    except OSError:
        return False


def has_digest(path: str, sha256: str) -> bool:
    """Whether the file at an absolute path is there and has this hash."""
    try:
        return _digest(path, "sha256") == sha256
    except OSError:
        return False


def by_hash(subject: Subject, path: str) -> Finding:
    """Return the finding of a file whose content alone is another."""
    return _finding(subject, path, "altered", OTHER_CONTENT)


def listed(environment: Environment, subject: Subject) -> tuple[str, ...]:
    """Return every path that a package says is its own, relative to the box's root; none where its list is broken."""
    if subject.expected is not None:
        return subject.expected.paths
    try:
        return departure(environment, subject.installed).paths if subject.installed is not None else ()
    except EnvironmentDamagedError:
        return ()


def _digests(subject: Subject) -> dict[str, str]:
    """Return the hash of each member of the archive, by its path there."""
    manifest = subject.manifest
    return {row[0]: row[4] for row in (*manifest.files, manifest.record)} if manifest is not None else {}


def _linked(environment: Environment, subject: Subject, expected: Installation) -> Iterator[Finding]:
    root = environment.root
    # The modes of Windows tell nothing, and those of a package that is there to be edited are its editor's.
    has_modes = not environment.layout.is_windows and not subject.is_edited
    for source, target, size, mtime_ns, mode in expected.links:
        try:
            found = os.lstat(f"{root}/{target}")
        except OSError:
            yield _finding(subject, target, "missing", "is missing")
            continue
        if facts_in(found) == (size, mtime_ns, mode):
            continue
        what = _difference(found, (size, mtime_ns, mode if has_modes else None))
        # A patched file that was put back says what it said, and only its time tells that it was away.
        if what and not (subject.is_edited and has_digest(f"{root}/{target}", _digests(subject)[source])):
            yield _finding(subject, target, "altered", what)


def _written(environment: Environment, subject: Subject, expected: Installation) -> Iterator[Finding]:
    rows: Rows | None = None
    for file in expected.written:
        place = environment.layout.path(file.path)
        try:
            with open(place, "rb", buffering=0) as stream:
                content = stream.read()
                mode = os.fstat(stream.fileno()).st_mode
        except OSError as error:
            is_there = os.path.lexists(place)
            what = f"can't be read: {error.strerror}" if is_there else "is missing"
            yield _finding(subject, file.path, "altered" if is_there else "missing", what)
            continue
        if content != file.content:
            rows = _rows_on_disk(environment, subject) if rows is None else rows
            if not _is_accepted(expected, file, content, rows):
                yield _finding(subject, file.path, "altered", "was changed: its content is another")
        elif file.mode & _RUNS and not mode & _RUNS and not environment.layout.is_windows:
            yield _finding(subject, file.path, "altered", "was changed: it can't be run any more")


def _is_accepted(expected: Installation, file: WrittenFile, content: bytes, rows: Rows) -> bool:
    """Whether a written file that reads otherwise today was written so then, by another capsa or by `create`.

    A launcher is, if the list in the box has its hash. The list is, if it says of all others what it should.
    """
    if not file.path.endswith(_PLACE):
        row = rows.get(file.path)
        digest = encode_digest(hashlib.sha256(content).hexdigest())
        return bool(file.mode & _RUNS) and row is not None and row.digest == digest
    launchers = {other.path for other in expected.written if other.mode & _RUNS}
    wanted = _parsed(file.content, posixpath.dirname(posixpath.dirname(file.path)), file.path)
    if wanted.keys() != rows.keys():
        return False
    return all(path in launchers or _says_the_same(rows[path], row) for path, row in wanted.items())


def _says_the_same(found: RecordRow, wanted: RecordRow) -> bool:
    if found == wanted:
        return True
    return not found.digest and found.size in {None, wanted.size}


def _rows_on_disk(environment: Environment, subject: Subject) -> Rows:
    if subject.entry is None:
        return {}
    try:
        with open(environment.layout.path(f"{subject.entry.info}/RECORD"), "rb") as stream:
            content = stream.read()
        return _parsed(content, posixpath.dirname(subject.entry.info), "RECORD")
    except (OSError, UnicodeDecodeError, IntegrityError):
        return {}


def _parsed(content: bytes, folder: str, place: str) -> Rows:
    return {
        posixpath.normpath(posixpath.join(folder, row.path)): row
        for row in parse_record(content.decode("utf-8"), place)
    }


def _recorded(environment: Environment, subject: Subject, installed: Installed) -> Iterator[Finding]:
    if not installed.info.endswith(".dist-info") and not _has_list(environment, installed):
        return  # `setup.py develop` and distutils kept no list: there is nothing to hold it against
    try:
        paths = departure(environment, installed).paths
        rows = _rows(environment, installed)
    except EnvironmentDamagedError as error:
        yield _finding(subject, installed.info, "record", f"is not whole: {error}")
        return
    for path in paths:
        if path.endswith(".pyc"):
            continue
        row = rows.get(path)
        try:
            found = os.lstat(environment.layout.path(path))
        except OSError:
            yield _finding(subject, path, "missing", "is missing")
            continue
        # A link of somebody else's is as long as its text: what RECORD tells is of what it leads to.
        if row is not None and row.size is not None and found.st_mode & _KIND == _REGULAR and found.st_size != row.size:
            yield _finding(subject, path, "altered", _sizes(found.st_size, row.size))


def _has_list(environment: Environment, installed: Installed) -> bool:
    return os.path.isfile(environment.layout.path(f"{installed.info}/installed-files.txt"))


def _rows(environment: Environment, installed: Installed) -> Rows:
    """Return the rows of RECORD by path relative to the box's root; none for the older forms."""
    place = environment.layout.path(f"{installed.info}/RECORD")
    if not os.path.isfile(place):
        return {}
    try:
        with open(place, "rb") as stream:
            return _parsed(stream.read(), posixpath.dirname(installed.info), place)
    except (OSError, UnicodeDecodeError, IntegrityError) as error:
        raise EnvironmentDamagedError(f"the list of {installed.name}'s files can't be read: {error}") from error


def _claim(path: str, row: RecordRow) -> Claim | None:
    if not row.digest or row.algorithm not in {"sha256", "sha384", "sha512"} or path.endswith(".pyc"):
        return None
    try:
        digest = base64.urlsafe_b64decode(row.digest + "=" * (-len(row.digest) % 4)).hex()
    except (binascii.Error, ValueError):
        return None
    return Claim(path=path, algorithm=row.algorithm, digest=digest)


def _digest(path: str, algorithm: str) -> str:
    with open(path, "rb", buffering=0) as stream:
        if os.fstat(stream.fileno()).st_size < _LARGE:
            return hashlib.new(algorithm, stream.readall(), usedforsecurity=False).hexdigest()
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _difference(found: os.stat_result, facts: tuple[int, int, int | None]) -> str:
    size, mtime_ns, mode = facts
    if found.st_mode & _KIND != _REGULAR:
        return "was changed: it is no file any more"
    if found.st_size != size:
        return _sizes(found.st_size, size)
    if found.st_mtime_ns != mtime_ns:
        return "was changed: its time is not the one that it was given"
    if mode is not None and found.st_mode & 0o7777 != mode:
        return f"was changed: its mode is {found.st_mode & 0o7777:04o}, and {mode:04o} was given to it"
    return ""


def _sizes(found: int, wanted: int) -> str:
    return f"was changed: it has {found} bytes, and {wanted} were put in"


def _finding(subject: Subject, path: str, kind: Kind, text: str) -> Finding:
    if subject.is_edited:
        told = "was edited in this box" if kind == "altered" else text
        return Finding(package=subject.name, path=path, kind="edited", text=told)
    if kind == "altered" and path.endswith(_PLACE) and ".dist-info/" in path:
        kind = "record"
    return Finding(package=subject.name, path=path, kind=kind, text=text)
