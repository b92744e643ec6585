"""Makes a box: everything that Python's own venv writes (PEP 405), and capsa's own files.

    BOX/pyvenv.cfg  .gitignore  CACHEDIR.TAG  .capsa/id  include/  lib/pythonX.Y/site-packages/  lib64 -> lib
    BOX/bin/  python -> the base Python   python3 -> python   python3.X -> python   activate   activate.fish

A new box is made in a hidden folder beside its place and renamed into it, so a failure leaves nothing behind. Never
writes into a folder that is not a box. Hot.
"""

from __future__ import annotations

import errno
import os
from _collections_abc import Callable

from capsa.disk.atomic import (
    make_folder,
    make_folders,
    remove_empty_folder,
    remove_file,
    remove_tree,
    rename,
    temporary_sibling,
    write_atomic,
    write_new,
)
from capsa.disk.link import Linker, symlink
from capsa.disk.locking import FileLock
from capsa.disk.refusal import RefusedError, refusing
from capsa.environment.open import is_environment, read_config
from capsa.environment.wish import Wish, check_wish, config_text, program_names
from capsa.errors import DiskError, InterpreterError
from capsa.model.interpreter import Interpreter
from capsa.model.layout import CAPSA, CONFIG, ID, LOCK, Layout

__all__ = ["OccupiedError", "Wish", "check_place", "create"]

HOT = True  # the fast path: see docs/adr

Put = Callable[[str, Wish, Linker], None]
"""Puts pip into the box that lies at a path for now: `capsa.environment.pip.Seed.put`; a bare box never loads it."""

_IGNORE = ".gitignore"
_TAG_NAME = "CACHEDIR.TAG"
_KEPT = frozenset({_IGNORE, _TAG_NAME})  # somebody's own may lie there before the box does, and stays
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})  # FAT, some network disks
_TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# This folder is a virtual environment made by capsa: it can be made again, so backups may leave it out.\n"
)


class OccupiedError(DiskError):
    """Something is in the place ``root`` of the box that was to be made."""

    def __init__(self, message: str, *, root: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.root = root


def create(wish: Wish, linker: Linker, put: Put | None = None) -> None:
    """Make the box that is wished for, with the pip that ``put`` puts in, or without.

    Raises UsageError for an impossible path, OccupiedError when something is in its place, SeedDamagedError when the
    store's pip is not what it was, DiskError when the disk refuses; then nothing has changed.
    """
    check_wish(wish)
    state = _state(wish.root, may_be_box=wish.is_cleared or wish.is_allowed_existing or wish.is_upgraded)
    if state == "absent":
        _make_aside(wish, linker, put)
    elif state == "empty":
        _fill(wish, linker, put)
    elif wish.is_cleared:
        _replace(wish, linker, put)
    else:
        _renew(wish, linker, put)


def check_place(root: str) -> None:
    """Raise OccupiedError where no new box could be made at the absolute path ``root``."""
    _state(root, may_be_box=False)


def _state(root: str, *, may_be_box: bool) -> str:
    if not os.path.lexists(root):
        return "absent"
    if not os.path.isdir(root):
        what = "a link that leads nowhere" if os.path.islink(root) else "a file"
        raise OccupiedError(f"{root} is {what}", root=root, hints=("choose another path, or remove it",))
    if is_environment(root):
        if not may_be_box:
            raise OccupiedError(
                f"{root} is a box already",
                root=root,
                hints=("make it anew: `--clear`", "or keep what is in it: `--allow-existing`"),
            )
        return "environment"
    with refusing("read", root):
        names = os.listdir(root)
    if not _KEPT.issuperset(names):
        raise OccupiedError(
            f"{root} is not a box, and not empty",
            root=root,
            hints=(f"make one inside it: `capsa create {os.path.join(root, '.venv')}`", "or choose another path"),
        )
    return "empty"


def _make_aside(wish: Wish, linker: Linker, put: Put | None) -> None:
    made = _missing_folders(os.path.dirname(wish.root))
    place = temporary_sibling(wish.root)
    try:
        if made:
            make_folders(made[-1])
        _build(place, wish, linker, put)
        rename(place, wish.root)
    except BaseException:
        remove_tree(place)
        for folder in reversed(made):
            remove_empty_folder(folder)
        raise


def _missing_folders(folder: str) -> list[str]:
    missing: list[str] = []
    while not os.path.lexists(folder):
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        raise OccupiedError(f"{folder} is not a folder, so nothing can be made in it", root=folder)
    return missing


def _fill(wish: Wish, linker: Linker, put: Put | None) -> None:
    # In place: the folder may be a mount point, or somebody's current folder.
    before = set(os.listdir(wish.root))
    try:
        _build(wish.root, wish, linker, put)
    except BaseException:
        for name in os.listdir(wish.root):
            if name not in before:
                remove_tree(f"{wish.root}/{name}")
        raise


def _replace(wish: Wish, linker: Linker, put: Put | None) -> None:
    """Make the new box whole before the old one goes; on a mount point, which can't be renamed, empty and fill it."""
    root = os.path.realpath(wish.root)
    with _lock(root):
        if os.path.ismount(root):
            for name in os.listdir(root):
                remove_tree(f"{root}/{name}")
            _fill(wish, linker, put)
            return
        place, old = temporary_sibling(root), temporary_sibling(root)
        try:
            _build(place, wish, linker, put)
            rename(root, old)
            try:
                rename(place, root)
            except BaseException:
                rename(old, root)
                raise
        except BaseException:
            remove_tree(place)
            raise
        remove_tree(old)


def _renew(wish: Wish, linker: Linker, put: Put | None) -> None:
    """Complete a box that is there; each file is replaced in one step, and pyvenv.cfg last."""
    root, layout, interpreter = wish.root, wish.layout, wish.interpreter
    old = ".".join(_old_version(root).split(".")[:2])
    if wish.is_upgraded:
        _check_kind(root, old, interpreter)
    make_folders(f"{root}/{CAPSA}")
    with _lock(root):
        for folder in (layout.scripts, layout.purelib, "Include" if layout.is_windows else "include"):
            make_folders(f"{root}/{folder}")
        if old != interpreter.minor:
            remove_file(f"{root}/{layout.scripts}/python{old}")
        _renew_programs(root, wish, layout)
        if wish.has_lib64 and not os.path.lexists(f"{root}/lib64"):
            _has_linked("lib", f"{root}/lib64")
        for name, content in wish.scripts.items():
            write_atomic(f"{root}/{layout.scripts}/{name}", content)
        for name, content in _own_files():
            if not os.path.lexists(f"{root}/{name}"):
                write_new(f"{root}/{name}", content)
        if put is not None and not _has_pip(layout.site):
            put(root, wish, linker)
        write_atomic(f"{root}/{CONFIG}", _config_bytes(wish, has_pip=put is not None or _has_pip(layout.site)))


def _check_kind(root: str, old: str, interpreter: Interpreter) -> None:
    """Raise InterpreterError where the packages of a box, of the minor version ``old``, are not for this Python.

    Another build (free-threaded, debug) or implementation of the same version has an ABI or a folder of its own. Boxes
    of other tools tell of neither, and so does a damaged one: then its folders do.
    """
    build = read_config(root).get("soabi", "")
    if old == interpreter.minor and (build == interpreter.soabi or not build or not interpreter.soabi):
        found = _lib_names(f"{root}/lib")
        if not found or interpreter.lib_name in found or interpreter.platform == "win32":
            return
        build = found[0]
    name = f"Python {old}" if old != interpreter.minor or not build else f"Python {old} ({build})"
    raise InterpreterError(
        f"{root} is for {name}, and its packages can't be used by {interpreter.title}",
        hints=(f"make it anew: `capsa create --clear -p {interpreter.base_executable} {root}`",),
    )


def _lib_names(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []  # gone: the box is made whole
    return sorted(name for name in names if os.path.isdir(f"{folder}/{name}/site-packages"))


def _renew_programs(root: str, wish: Wish, layout: Layout) -> None:
    place = temporary_sibling(f"{root}/{layout.scripts}")
    make_folder(place)
    try:
        make_folder(f"{place}/{layout.scripts}")
        _put_programs(place, wish, layout)
        for name in os.listdir(f"{place}/{layout.scripts}"):
            rename(f"{place}/{layout.scripts}/{name}", f"{root}/{layout.scripts}/{name}")
    finally:
        remove_tree(place)


def _build(place: str, wish: Wish, linker: Linker, put: Put | None) -> None:
    """Write the whole box into ``place``, which is not there yet or empty; its texts speak of ``wish.root``."""
    layout = wish.layout
    if place != wish.root:
        make_folder(place)
    for folder in _folders(layout):
        make_folder(f"{place}/{folder}")
    if wish.has_lib64:
        _has_linked("lib", f"{place}/lib64")
    _put_programs(place, wish, layout)
    for name, content in wish.scripts.items():
        write_new(f"{place}/{layout.scripts}/{name}", content)
    for name, content in _own_files():
        if name not in _KEPT or place != wish.root or not os.path.lexists(f"{place}/{name}"):
            write_new(f"{place}/{name}", content)
    if put is not None:
        put(place, wish, linker)
    # Last: until pyvenv.cfg is there, nobody takes the folder for a box.
    write_new(f"{place}/{CONFIG}", _config_bytes(wish, has_pip=put is not None))


def _folders(layout: Layout) -> list[str]:
    folders = [CAPSA, layout.scripts, "Include" if layout.is_windows else "include"]
    above = ""
    for part in layout.purelib.split("/"):
        above = f"{above}/{part}" if above else part
        folders.append(above)
    return folders


def _own_files() -> tuple[tuple[str, bytes], ...]:
    return (ID, os.urandom(16).hex().encode("ascii") + b"\n"), (_IGNORE, b"*\n"), (_TAG_NAME, _TAG)


def _config_bytes(wish: Wish, *, has_pip: bool) -> bytes:
    # Python reads it as UTF-8, in every locale, and does not start when it is not.
    return config_text(wish, has_pip=has_pip).encode("utf-8")


def _put_programs(place: str, wish: Wish, layout: Layout) -> None:
    folder = f"{place}/{layout.scripts}"
    if layout.is_windows:
        _copy_windows_programs(wish.interpreter, folder)
        return
    base = wish.interpreter.base_executable
    if not wish.is_copy and _has_linked(base, f"{folder}/python"):
        for name in program_names(wish.interpreter):
            symlink("python", f"{folder}/{name}")
        return
    _copy(base, f"{folder}/python")
    for name in _libraries_beside(base):
        _copy(f"{os.path.dirname(base)}/{name}", f"{folder}/{name}")
    own = Linker("hardlink")
    for name in program_names(wish.interpreter):
        # Further names of the copy share its space.
        own.link(f"{folder}/python", f"{folder}/{name}", _facts(os.stat(f"{folder}/python")))


def _has_linked(text: str, path: str) -> bool:
    """Make a symbolic link, unless the disk knows none: then the Python is copied, as Python's own venv does."""
    try:
        symlink(text, path)
    except RefusedError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True


def _copy(source: str, target: str) -> None:
    source = os.path.realpath(source)  # it is often a link, and links are copied by nobody
    try:
        status = os.stat(source)
    except OSError as error:
        raise InterpreterError(f"can't copy the Python at {source}: {error.strerror}") from error
    Linker("copy").link(source, target, _facts(status))


def _facts(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_mode & 0o7777


def _libraries_beside(base: str) -> list[str]:
    # PyPy looks for its library beside itself. CPython's libpython is found by its absolute run path, or not at all.
    return sorted(name for name in os.listdir(os.path.dirname(base)) if name.startswith("libpypy"))


def _copy_windows_programs(interpreter: Interpreter, folder: str) -> None:
    # The launchers that Python's own venv copies; they read pyvenv.cfg and start the base Python. Untested there.
    source = f"{interpreter.stdlib}/venv/scripts/nt"
    for name, launcher in (("python.exe", "venvlauncher.exe"), ("pythonw.exe", "venvwlauncher.exe")):
        found = [choice for choice in (launcher, name) if os.path.isfile(f"{source}/{choice}")]
        if not found:
            raise InterpreterError(f"{interpreter.title} lacks the launcher {name} in {source}")
        _copy(f"{source}/{found[0]}", f"{folder}/{name}")


def _lock(root: str) -> FileLock:
    make_folders(f"{root}/{CAPSA}")
    return FileLock(f"{root}/{LOCK}")


def _old_version(root: str) -> str:
    config = read_config(root)
    return config.get("version") or config.get("version_info", "")


def _has_pip(site: str) -> bool:
    return os.path.isdir(f"{site}/pip")
