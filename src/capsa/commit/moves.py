"""Which folders and files must move so that packages leave and come, worked out from lists of paths.

PURE: what lies on disk is asked through a function. The rule (docs/adr/0004): move at the shallowest path that one
package alone owns and that holds nothing foreign; a folder goes whole only if every file in it, as found on disk,
leaves or is the bytecode of a module that leaves or is replaced; otherwise one level deeper. Links are never followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from capsa.commit.skeleton import escaping, is_skeleton, of_pip, reserved
from capsa.commit.tree import Tree, join
from capsa.errors import IntegrityError, quoted
from capsa.model.layout import NEW, OLD
from capsa.value import value

Kind = Literal["folder", "place", "exchange", "remove"]
Entries = Callable[[str], Mapping[str, bool] | None]
BYTECODE = "__pycache__"


@value
class Move:
    """One step of a swap. Both paths are relative to the box's root.

    "folder": a shared folder is made at ``path``; "place": ``staged`` goes to ``path``, where nothing is; "exchange":
    the two change places; "remove": ``path`` goes to ``staged``. ``identity`` is the inode of what moves (of ``staged``
    before a place or an exchange, of ``path`` before a remove), 0 until it is known.
    """

    kind: Kind
    path: str
    staged: str = ""
    identity: int = 0


@value
class Moves:
    """The moves in their order, and the paths that are worth a word, sorted.

    ``foreign`` lie in a package's own folders, belong to none that comes or leaves, and stay. ``overwritten`` are files
    of which an incoming package takes the place although no leaving one owns them, or that two incoming ones bring.
    """

    moves: tuple[Move, ...]
    foreign: tuple[str, ...]
    overwritten: tuple[str, ...]


def staging_places(names: Iterable[str]) -> dict[str, str]:
    """Return, for each package, the folder that stands for the box's root while it is linked aside."""
    return {name: f"{NEW}/{number}" for number, name in enumerate(sorted(names))}


def check_destinations(incoming: Mapping[str, tuple[str, ...]]) -> None:
    """Raise IntegrityError that names package and path of every destination that no package may have."""
    wrong: list[str] = []
    for name in sorted(incoming):
        paths = incoming[name]
        wrong.extend(f"{name} brings {quoted(path)}, which does not stay inside the box" for path in escaping(paths))
        wrong.extend(f"{name} brings {path}, which is a file of the box itself" for path in reserved(paths))
        of_others = of_pip(paths) if name != "pip" else ()
        wrong.extend(f"{name} brings {path}, which only pip may bring" for path in of_others)
    _refuse(wrong)


def choose_moves(
    incoming: Mapping[str, tuple[str, ...]], departures: Mapping[str, tuple[str, ...]], entries: Entries
) -> Moves:
    """Return the moves that take the files of ``departures`` out and bring those of ``incoming`` in.

    Both map normalized names to paths relative to the box's root; a name in both is replaced. ``entries`` tells what
    lies in a folder: name -> whether it is a folder (a link is not), or None where there is no folder. Raises
    IntegrityError, all reasons in one, when a destination is taken by something that doesn't leave.
    """
    walk = _Walk(incoming, departures, entries)
    walk.check_incoming()
    walk.descend("", is_own=False)
    _refuse(walk.wrong)
    return Moves(
        moves=tuple(sorted(walk.moves, key=walk.phase)),
        foreign=tuple(sorted(walk.foreign)),
        overwritten=tuple(sorted({*walk.overwritten, *walk.incoming.collisions})),
    )


def is_bytecode_of(name: str, modules: Mapping[str, object]) -> bool:
    """Whether a file in ``__pycache__`` was compiled from one of ``modules``, the file names of the folder above."""
    stem = name.removesuffix(".pyc")
    if stem == name:
        return False
    module, _, tag = stem.rpartition(".")
    if tag.startswith("opt-"):
        module = module.rpartition(".")[0]
    return f"{module}.py" in modules


class _Walk:
    """One walk down the folders that are concerned, collecting moves."""

    def __init__(
        self, incoming: Mapping[str, tuple[str, ...]], departures: Mapping[str, tuple[str, ...]], entries: Entries
    ) -> None:
        self.incoming = Tree(incoming)
        self.leaving = Tree({name: _own_paths(paths) for name, paths in departures.items()})
        self.moves: list[Move] = []
        self.foreign: list[str] = []
        self.overwritten: list[str] = []
        self.wrong: list[str] = []
        self._places = staging_places(incoming)
        self._entries = entries
        self._listed: dict[str, Mapping[str, bool]] = {}
        self._whole: dict[str, bool] = {}

    def check_incoming(self) -> None:
        """Note what comes as a file and as a folder at once."""
        for path, owners in self.incoming.owners.items():
            owner = self.incoming.owner(path)
            if owner is not None:
                self.wrong.append(f"{owner} brings {path} as a file, {', '.join(sorted(owners))} as a folder")

    def descend(self, folder: str, *, is_own: bool) -> None:
        """Visit what is concerned in a folder; ``is_own``: a package's own, where anything else is worth a word."""
        on_disk = self._list(folder)
        is_own = is_own or self._is_package(folder)
        names = self._concerned(folder, on_disk)
        # Bytecode first: members of archives share one mtime, so that an old .pyc may seem to fit a new module.
        for name in sorted(names, key=lambda name: (name != BYTECODE, name)):
            self._visit(folder, name, on_disk.get(name), is_own=is_own)
        if is_own:
            self.foreign.extend(join(folder, name) for name in on_disk if name not in names)

    def phase(self, move: Move) -> int:
        """When a move takes place: what only leaves stops counting as installed first, what comes counts last.

        Of a package that is replaced the old version counts until the new one does: no reader finds none.
        """
        if ".dist-info/" in f"{move.path}/" or ".egg-info/" in f"{move.path}/":
            if move.kind != "remove":
                return 3
            return 0 if self._is_uninstalled(move.path) else 4
        is_launcher = move.path.startswith(("bin/", "Scripts/")) and move.kind != "folder"
        return 2 if is_launcher else 1

    def _visit(self, folder: str, name: str, is_folder: bool | None, *, is_own: bool) -> None:  # noqa: FBT001 - three-valued: None is "nothing there"
        path = join(folder, name)
        owner = self.incoming.files.get(folder, {}).get(name)
        owners = self.incoming.owners.get(path)
        if owner is not None:
            self._bring_file(path, owner, is_folder)
        elif owners:
            self._bring_folder(path, owners, is_folder, is_own=is_own)
        elif is_folder:
            self._take_folder(path, is_own=is_own)
        else:
            self._take(path)

    def _bring_file(self, path: str, owner: str, is_folder: bool | None) -> None:  # noqa: FBT001 - as above
        if is_folder is None:
            self._bring("place", path, owner)
        elif is_folder and not self._is_whole(path):
            self.wrong.append(f"{owner} brings the file {path}, but there is a folder that holds other files")
        else:
            if not is_folder and not self._is_leaving(path):
                self.overwritten.append(path)
            self._bring("exchange", path, owner)

    def _bring_folder(self, path: str, owners: set[str], is_folder: bool | None, *, is_own: bool) -> None:  # noqa: FBT001 - as above
        is_movable = len(owners) == 1 and not is_skeleton(path)
        if is_folder is False and not self._is_leaving(path):
            names = ", ".join(sorted(owners))
            self.wrong.append(f"{names} brings files below {path}, but there is a file or a link of somebody else's")
        elif is_folder is None and is_movable:
            self._bring("place", path, *owners)
        elif is_movable and (is_folder is False or self._is_whole(path)):
            self._bring("exchange", path, *owners)
        else:
            if is_folder is False:
                self._take(path)
            if not is_folder:
                self._listed[path] = {}
                self.moves.append(Move(kind="folder", path=path))
            self.descend(path, is_own=is_own)

    def _take_folder(self, path: str, *, is_own: bool) -> None:
        if not is_skeleton(path) and self._is_whole(path):
            self._take(path)
        else:
            self.descend(path, is_own=is_own)

    def _bring(self, kind: Literal["place", "exchange"], path: str, owner: str) -> None:
        self.moves.append(Move(kind=kind, path=path, staged=f"{self._places[owner]}/{path}"))

    def _take(self, path: str) -> None:
        self.moves.append(Move(kind="remove", path=path, staged=f"{OLD}/{path}"))

    def _concerned(self, folder: str, on_disk: Mapping[str, bool]) -> set[str]:
        """The names in a folder that come or go; a leaving file that is a folder on disk is not the package's."""
        names = self.incoming.names(folder)
        names.update(name for name in self.leaving.files.get(folder, ()) if on_disk.get(name) is False)
        names.update(name for name in self.leaving.folders.get(folder, ()) if on_disk.get(name))
        if folder.endswith(BYTECODE):
            names.update(name for name in on_disk if self._is_stale(folder, name))
        elif on_disk.get(BYTECODE):
            names.add(BYTECODE)
        return names

    def _is_whole(self, folder: str) -> bool:
        """Whether everything in a folder, as found on disk, leaves, so that the folder can go as it is."""
        known = self._whole.get(folder)
        if known is None:
            known = self._whole[folder] = self._is_known(folder) and all(
                self._is_whole(join(folder, name)) if is_folder else self._leaves(folder, name)
                for name, is_folder in self._list(folder).items()
            )
        return known

    def _is_known(self, folder: str) -> bool:
        """Whether a folder is one that a package has files in, so that it may go although it is empty."""
        return folder in self.leaving.owners or folder in self.incoming.owners or folder.endswith(f"/{BYTECODE}")

    def _is_leaving(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return self._leaves(folder, name)

    def _leaves(self, folder: str, name: str) -> bool:
        return name in self.leaving.files.get(folder, ()) or self._is_stale(folder, name)

    def _is_stale(self, folder: str, name: str) -> bool:
        """Whether a file is the bytecode of a module that leaves or is replaced."""
        above, _, last = folder.rpartition("/")
        if last != BYTECODE:
            return False
        return is_bytecode_of(name, self.leaving.files.get(above, {})) or is_bytecode_of(
            name, self.incoming.files.get(above, {})
        )

    def _is_package(self, folder: str) -> bool:
        """Whether a folder is one package's own by convention: a regular package, or its metadata."""
        if folder.endswith((".dist-info", ".egg-info")):
            return True
        return any("__init__.py" in tree.files.get(folder, ()) for tree in (self.incoming, self.leaving))

    def _is_uninstalled(self, path: str) -> bool:
        """Whether what leaves at a path belongs to packages of which no other version comes."""
        owner = self.leaving.owner(path)
        owners = {owner} if owner else self.leaving.owners.get(path, set())
        return owners.isdisjoint(self._places)

    def _list(self, folder: str) -> Mapping[str, bool]:
        known = self._listed.get(folder)
        if known is None:
            known = self._listed[folder] = self._entries(folder) or {}
        return known


def _own_paths(paths: tuple[str, ...]) -> tuple[str, ...] | list[str]:
    """What of a RECORD may be taken away: never a file of the box itself, never anything outside of it."""
    others = {*escaping(paths), *reserved(paths)}
    return [path for path in paths if path not in others] if others else paths


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise IntegrityError("; ".join(wrong))
