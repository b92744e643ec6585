"""What is installed in a box, read from its site-packages, and which files leave with a package.

Follows PEP 376, PEP 610 and PEP 627, and knows the older forms: egg-info folders and files, and ``.egg-link``. Only
reads. Everything an editable install puts into site-packages is an ordinary file of its RECORD.
"""

from __future__ import annotations

import json
import os
import posixpath
from urllib.parse import quote

from capsa.environment.open import is_environment
from capsa.errors import EnvironmentDamagedError, Failure, IntegrityError
from capsa.model.environment import Environment
from capsa.model.installation import Departure
from capsa.model.installed import Installed
from capsa.model.layout import CAPSA, CONFIG
from capsa.model.metadata import Metadata, parse_metadata
from capsa.model.record import parse_record
from capsa.value import value

_LOOKS = 8  # at a box that changes while it is read
_CHUNK = 16_384  # bytes: the headers of nearly every METADATA file; the description after them may have 100 KB


@value
class Site:
    """The distributions of a box, by name; ``damaged`` are names in site-packages that can't be read as one.

    A distribution whose direct_url.json alone is unreadable stands in both. pip's leftovers (``~ip``) are damaged.
    """

    installed: tuple[Installed, ...]
    damaged: tuple[str, ...] = ()


def scan(environment: Environment) -> Site:
    """Read what is installed in a box: nothing in one that is not there and would only be made.

    May be called while another capsa changes the box: what leaves between the look and the reading is looked for again,
    as another version of it may have come. Raises EnvironmentDamagedError when there is no site-packages to read.
    """
    folder = environment.layout.site
    for _ in range(_LOOKS):
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if _is_telling(entry.name))
        except OSError as error:
            if not is_environment(environment.root):
                return Site(installed=())
            raise EnvironmentDamagedError(
                f"the box {environment.root} has no readable {environment.layout.purelib}: {error.strerror}",
                hints=(f"make it again: `capsa create --clear {environment.root}`",),
            ) from error
        site = _read_all(environment, folder, names)
        if all(os.path.lexists(f"{folder}/{name}") for name in site.damaged):
            break
    return site


def _read_all(environment: Environment, folder: str, names: list[str]) -> Site:
    installed, damaged = [], []
    for name in names:
        try:
            distribution, is_whole = _read(environment, folder, name)
        except (OSError, IntegrityError):
            damaged.append(name)
            continue
        installed.append(distribution)
        if not is_whole:
            damaged.append(name)
    return Site(
        installed=tuple(sorted(installed, key=lambda distribution: (distribution.name, distribution.info))),
        damaged=tuple(damaged),
    )


def departure(environment: Environment, installed: Installed) -> Departure:
    """Return the files that leave with a distribution: those its RECORD names, and all of its own info folder.

    Raises EnvironmentDamagedError that names the package when the list is missing, unreadable, or names a path
    outside the box or a part of the box itself.
    """
    if installed.info.endswith(".dist-info"):
        names, folder = _recorded(environment, installed), posixpath.dirname(installed.info)
    else:
        names, folder = _recorded_by_egg(environment, installed), installed.info
    guard = _Guard(environment, installed, folder)
    paths = dict.fromkeys(guard.path(name) for name in names)
    paths.update(dict.fromkeys(_files_below(environment, installed.info)))
    return Departure(name=installed.name, paths=tuple(paths))


def remains(environment: Environment, installed: Installed) -> Departure:
    """Return only what surely belongs to a distribution without a readable RECORD: its info folder.

    For putting it in anew: the rest is then replaced file by file.
    """
    return Departure(name=installed.name, paths=tuple(_files_below(environment, installed.info)))


_ENDINGS = (".dist-info", ".egg-info", ".egg-link")


def _is_telling(name: str) -> bool:
    return name.endswith(_ENDINGS) or name.startswith("~")


def _read(environment: Environment, folder: str, name: str) -> tuple[Installed, bool]:
    """Return a distribution and whether all of it could be read; OSError or IntegrityError where it is none."""
    path = f"{folder}/{name}"
    info = f"{environment.layout.purelib}/{name}"
    if name.startswith("~"):
        raise IntegrityError(f"{path} is what pip left of a package that it was taking out")
    if name.endswith(".egg-link"):
        return _read_link(path, info), True
    if name.endswith(".egg-info"):
        is_folder = os.path.isdir(path)
        return Installed(metadata=_read_metadata(f"{path}/PKG-INFO" if is_folder else path), info=info), True
    metadata = _read_metadata(f"{path}/METADATA")
    inside = set(os.listdir(path))
    has_url = "direct_url.json" in inside
    direct_url = _read_direct_url(path) if has_url else None
    installer = _read_installer(path) if "INSTALLER" in inside else ""
    distribution = Installed(
        metadata=metadata,
        info=info,
        installer=installer,
        direct_url=direct_url,
        is_requested="REQUESTED" in inside,
    )
    return distribution, not has_url or direct_url is not None


def _read_metadata(path: str) -> Metadata:
    with open(path, "rb", buffering=0) as stream:
        content = stream.read(_CHUNK)
        while b"\n\n" not in content and b"\r\n\r\n" not in content and (more := stream.read(_CHUNK)):
            content += more
    return parse_metadata(content, path)


def _read_installer(path: str) -> str:
    with open(f"{path}/INSTALLER", "rb", buffering=0) as stream:
        return stream.read().decode("utf-8", "replace").strip()


def _read_direct_url(path: str) -> dict[str, object] | None:
    with open(f"{path}/direct_url.json", "rb", buffering=0) as stream:
        content = stream.read()
    try:
        document = json.loads(content)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _read_link(path: str, info: str) -> Installed:
    """Read what ``setup.py develop`` left: a file whose first line is the folder that holds the egg-info."""
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        source = stream.readline().strip()
    with os.scandir(source) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(".egg-info"))
    if not names:
        raise IntegrityError(f"{path} names {source}, where no egg-info lies")
    address = f"file://{quote(os.fsencode(source))}"
    return Installed(
        metadata=_read_metadata(f"{source}/{names[0]}/PKG-INFO"),
        info=info,
        direct_url={"url": address, "dir_info": {"editable": True}},
    )


def _recorded(environment: Environment, installed: Installed) -> list[str]:
    path = environment.layout.path(f"{installed.info}/RECORD")
    text = _read_list(installed, path, "RECORD")
    try:
        rows = parse_record(text, path)
    except IntegrityError as error:
        raise EnvironmentDamagedError(error.message, hints=_reinstall(installed)) from error
    return [row.path for row in rows if row.path and not row.path.endswith("/")]


def _recorded_by_egg(environment: Environment, installed: Installed) -> list[str]:
    path = environment.layout.path(installed.info)
    if installed.info.endswith(".egg-link"):
        raise EnvironmentDamagedError(
            f"{installed.name} is a link to its source, made by `setup.py develop`, which kept no list of its files",
            hints=(f"inside the box: `pip uninstall {installed.name}`",),
        )
    if not os.path.isdir(path):
        raise EnvironmentDamagedError(
            f"{installed.name} was put in by distutils, which kept no list of its files, so it can't be taken out",
            hints=(
                f"make the box anew: `capsa create --clear {environment.root}`",
                f"or delete its files by hand, and {path}",
            ),
        )
    text = _read_list(installed, f"{path}/installed-files.txt", "installed-files.txt")
    lines = [line.strip() for line in text.splitlines()]
    return [line.replace("\\", "/") for line in lines if line and line != "."]


def _read_list(installed: Installed, path: str, name: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except FileNotFoundError as error:
        raise EnvironmentDamagedError(
            f"{installed.name} has no {name}, so what belongs to it is not known: {path} is missing",
            hints=_reinstall(installed),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentDamagedError(
            f"the list of {installed.name}'s files, {path}, can't be read: {error}", hints=_reinstall(installed)
        ) from error


def _reinstall(installed: Installed) -> tuple[str, ...]:
    return (f"put it in anew: `capsa install --reinstall {installed.name}`",)


def _files_below(environment: Environment, info: str) -> list[str]:
    """Return all files of an info folder, or the one file that it is, relative to the box's root."""
    top = environment.layout.path(info)
    if not os.path.isdir(top) or os.path.islink(top):
        return [info]
    found = []
    for folder, folders, files in os.walk(top):
        links = [name for name in folders if os.path.islink(f"{folder}/{name}")]
        inside = info + folder[len(top) :].replace(os.sep, "/")
        found += [f"{inside}/{name}" for name in sorted([*files, *links])]
    return found


class _Guard:
    """Holds the paths of one package's list against the box: nothing outside, nothing that is the box itself."""

    def __init__(self, environment: Environment, installed: Installed, folder: str) -> None:
        """Take the ``folder``, relative to the root, that the names in the list are relative to."""
        self._installed = installed
        self._folder = folder
        self._root = environment.root
        self._real_root = os.path.realpath(environment.root)
        self._roots = {f"{root.replace(os.sep, '/')}/" for root in (environment.root, self._real_root)}
        self._scripts = environment.layout.scripts
        self._is_windows = environment.layout.is_windows
        self._folders: set[str] = {""}

    def path(self, name: str) -> str:
        """Return a listed path relative to the root, without dots."""
        path = self._inside(name)
        self._check_folder(posixpath.dirname(path), name)
        top, _, below = path.partition("/")
        if top == "lib64" and os.path.islink(f"{self._root}/lib64"):
            return f"lib/{below}"  # CPython's own link to lib
        if path == "." or top in {CAPSA, CONFIG} or (top == self._scripts and _is_python(below)):
            raise self._failure(name, "which is a part of the box itself")
        return path

    def _inside(self, name: str) -> str:
        if not name.startswith("/") and not (self._is_windows and name[1:2] == ":"):
            path = posixpath.normpath(f"{self._folder}/{name}")
            if path.startswith("../") or path == "..":
                raise self._failure(name, "which is outside the box")
            return path
        for root in self._roots:
            if name.startswith(root) and "/../" not in f"{name}/":
                return posixpath.normpath(name[len(root) :])
        raise self._failure(name, "which is outside the box")

    def _check_folder(self, folder: str, name: str) -> None:
        """See to it that no link on the way leads out of the box; each folder is looked at once."""
        if folder in self._folders:
            return
        self._check_folder(posixpath.dirname(folder), name)
        self._folders.add(folder)
        place = f"{self._root}/{folder}"
        if os.path.islink(place):
            real = os.path.realpath(place)
            if real != self._real_root and not real.startswith(self._real_root + os.sep):
                raise self._failure(name, f"and {folder} is a link to {real}, outside the box")

    def _failure(self, name: str, what: str) -> Failure:
        return EnvironmentDamagedError(
            f"the list of {self._installed.name}'s files names {name}, {what}",
            hints=(
                f"look at {self._root}/{self._installed.info}",
                f"then make the box anew: `capsa create --clear {self._root}`",
            ),
        )


def _is_python(name: str) -> bool:
    """Whether a file in the scripts folder is the interpreter: python, python3, python3.12, pythonw.exe, pypy3."""
    return name.removesuffix(".exe").rstrip("0123456789.") in {"python", "pythonw", "pypy"}
