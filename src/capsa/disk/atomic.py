"""Files and folders that are there whole or not at all: made, renamed and removed.

Never follows a symbolic link when it removes or replaces, never writes into a file that others may read. Refusals are
`RefusedError`s. Text paths, bytes as content; permission bits follow the umask unless `set_mode` is used.
"""

from __future__ import annotations

import errno
import os
import sys

from capsa.disk.refusal import refusal, refusing

HOT = True  # the fast path: see docs/adr

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_ROUNDS = 8  # how often a folder is emptied again while others still put things into it
_OWNER = 0o700
_TEMPORARY, _RANDOM, _HEX = ".capsa-", 16, frozenset("0123456789abcdef")
_KIND, _IS_FOLDER = 0o170000, 0o040000  # S_IFMT and S_IFDIR


def make_folder(path: str) -> None:
    """Make one folder whose parent is there; refuses (EEXIST) when anything is in its place."""
    with refusing("make the folder", path):
        os.mkdir(path)


def make_folders(path: str) -> None:
    """Make a folder and those above it that are missing; a folder that is there already is fine."""
    with refusing("make the folder", path):
        os.makedirs(path, exist_ok=True)


def temporary_sibling(path: str) -> str:
    """Return a fresh, hidden, unguessable name in the folder of ``path``: no two processes or threads get the same."""
    return os.path.join(os.path.dirname(path), f"{_TEMPORARY}{os.getpid():x}-{os.urandom(8).hex()}")


def maker_of(name: str) -> int | None:
    """Return the number of the process that made a temporary sibling of this name; None for any other name."""
    number, dash, rest = name.removeprefix(_TEMPORARY).partition("-")
    if not name.startswith(_TEMPORARY) or not dash or len(rest) != _RANDOM or not _HEX.issuperset(number + rest):
        return None
    return int(number, 16) if number else None


def write_new(path: str, content: bytes, mode: int = 0o644, *, is_durable: bool = False) -> None:
    """Write a file that must not be there yet; what was written is removed again when writing fails.

    With ``is_durable`` its content is flushed to the disk; its name is its folder's business (`sync_folder`).
    """
    with refusing("write", path):
        _write(path, content, mode, is_durable=is_durable)


def write_atomic(path: str, content: bytes, *, mode: int = 0o644, is_durable: bool = False) -> None:
    """Put ``content`` at ``path`` in one step: a reader finds the old file or the new one, whole.

    A symbolic link at ``path`` is replaced, not followed. With ``is_durable`` the file and its folder are flushed to
    the disk before this returns.
    """
    temporary = temporary_sibling(path)
    with refusing("write", path):
        _write(temporary, content, mode, is_durable=is_durable)
        try:
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    if is_durable:
        sync_folder(os.path.dirname(path))


def append(path: str, content: bytes, *, is_durable: bool = False, may_make: bool = True) -> None:
    """Add ``content`` at the end of a file; flushed when ``is_durable``. One that is missing is made, if it may be."""
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if may_make:
        flags |= os.O_CREAT
    with refusing("write", path):
        descriptor = os.open(path, flags, 0o644)
        try:
            _write_all(descriptor, content)
            if is_durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def rename(source: str, target: str) -> None:
    """Rename a file or folder on one disk; a file or an empty folder at ``target`` is replaced."""
    with refusing("rename to", target):
        os.replace(source, target)


def remove_file(path: str) -> None:
    """Remove a file or a symbolic link; one that is missing is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise refusal(error, "remove", path) from error


def remove_empty_folder(path: str) -> bool:
    """Remove a folder if it is empty, and tell whether it is gone; a missing one is gone."""
    try:
        os.rmdir(path)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            return False
        raise refusal(error, "remove the folder", path) from error
    return True


def remove_tree(path: str) -> None:
    """Remove a file, a link, or a folder with everything in it; missing is fine, also in the middle.

    Symbolic links are removed, never followed, not even one that is put in a folder's place meanwhile. Folders inside
    that may not be written get the permission first; the folder that holds ``path`` is never changed.
    """
    with refusing("remove", path):
        try:
            if not _is_folder(path):
                _unlink(path)
            elif os.scandir in os.supports_fd:
                _remove_folder(path, None)
            else:
                _remove_by_path(path)
        except FileNotFoundError:
            return


def sync_folder(path: str) -> None:
    """Flush a folder's entries to the disk, so that names made in it survive a power cut; nothing on Windows."""
    if sys.platform == "win32":
        return
    with refusing("flush", path):
        descriptor = os.open(path or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def set_mode(path: str, mode: int) -> None:
    """Set exactly these permission bits, whatever the umask."""
    with refusing("set the permission of", path):
        os.chmod(path, mode)


def set_time(path: str, mtime_ns: int) -> None:
    """Set the time of the last change (and of the last access) in nanoseconds since the epoch."""
    with refusing("set the time of", path):
        os.utime(path, ns=(mtime_ns, mtime_ns))


def touch(path: str) -> None:
    """Set the time of the last change of a file or folder to now."""
    with refusing("set the time of", path):
        os.utime(path)


def _write(path: str, content: bytes, mode: int, *, is_durable: bool) -> None:
    descriptor = os.open(path, _NEW, mode)
    try:
        try:
            _write_all(descriptor, content)
            if is_durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        os.unlink(path)
        raise


def _write_all(descriptor: int, content: bytes) -> None:
    written = os.write(descriptor, content)
    if written < len(content):
        # A single write stops at 2 GiB, and short of it when a disk fills up: the next one tells.
        rest = memoryview(content)[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _is_folder(path: str) -> bool:
    # On Windows a junction counts as a link: it is taken away, not entered.
    status = os.lstat(path)
    return status.st_mode & _KIND == _IS_FOLDER and not getattr(status, "st_reparse_tag", 0)


def _unlink(path: str) -> None:
    if sys.platform == "win32":
        os.chmod(path, 0o600)  # a read-only file blocks its own removal there
    os.unlink(path)


def _remove_folder(name: str, parent: int | None) -> None:
    # By descriptors: whatever is renamed or linked meanwhile, nothing outside the opened folder is touched.
    for _ in range(_ROUNDS):
        descriptor = _open_folder(name, parent)
        try:
            _empty(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.rmdir(name, dir_fd=parent)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        else:
            return
    raise OSError(errno.EBUSY, "other programs keep putting files into it", name)


def _open_folder(name: str, parent: int | None) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except PermissionError:
        os.chmod(name, _OWNER, dir_fd=parent)
        return os.open(name, _FOLDER, dir_fd=parent)


def _empty(descriptor: int) -> None:
    if os.fstat(descriptor).st_mode & _OWNER != _OWNER:
        os.fchmod(descriptor, _OWNER)
    with os.scandir(descriptor) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        try:
            if is_folder:
                _remove_folder(name, descriptor)
            else:
                os.unlink(name, dir_fd=descriptor)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue  # it went, or turned into something else: the next round sees


def _remove_by_path(path: str) -> None:
    # Windows has no descriptors of folders; there only the user and administrators write below the user's folders.
    for name in os.listdir(path):
        entry = os.path.join(path, name)
        try:
            if _is_folder(entry):
                _remove_by_path(entry)
            else:
                _unlink(entry)
        except FileNotFoundError:
            continue
    os.rmdir(path)
