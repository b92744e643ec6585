"""What is worth a word before packages come into a box: files that two of them bring, startup code and the like. PURE.

The rules on lists of paths, and the sentences. Paths are relative to the box's root, with "/".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from capsa.errors import quoted
from capsa.value import value

Kind = Literal["collision", "script", "startup", "standard-library"]

_SHOWN = 3
_EXTENSIONS = (".so", ".pyd")
# What one command may be called on Windows.
_PROGRAM_ENDINGS = ("-script.py", "-script.pyw", ".exe", ".cmd", ".bat", ".com", ".ps1")


@value
class Caution:
    """One sentence about what ``package``, by its normalized name, does with some ``paths``."""

    kind: Kind
    package: str
    paths: tuple[str, ...]
    text: str

    @property
    def path(self) -> str:
        """The first of the paths."""
        return self.paths[0]


class Load:
    """The files that one package brings, sorted, and where in them each top-level name of site-packages stands."""

    __slots__ = ("name", "others", "paths", "spans")

    def __init__(self, name: str, paths: Iterable[str], site: str) -> None:
        """Take the destinations of a package, and the folder of site-packages."""
        self.name = name
        self.paths = sorted(paths)
        self.spans: dict[str, tuple[int, int]] = {}
        # Tens of thousands of paths: from one top-level name to the next in a few steps, and the rest one by one.
        start, end = _span(self.paths, site, 0, len(self.paths))
        place = start
        while place < end:
            top = self.paths[place][len(site) + 1 :].partition("/")[0]
            is_file = self.paths[place] == f"{site}/{top}"
            after = place + 1 if is_file else _span(self.paths, f"{site}/{top}", place, end)[1]
            self.spans[top] = (place, after)
            place = after
        self.others = [*self.paths[:start], *self.paths[end:]]

    def below(self, top: str) -> list[str]:
        """The paths of a top-level name: a module, or all that is in a package."""
        start, end = self.spans.get(top, (0, 0))
        return self.paths[start:end]

    def brings(self, path: str) -> bool:
        """Whether the package brings this very file."""
        place = bisect_left(self.paths, path)
        return place < len(self.paths) and self.paths[place] == path


def shared(loads: Sequence[Load]) -> dict[tuple[str, str], list[str]]:
    """Return the files that two packages bring, by (the one that gives way, the one whose file the box gets).

    The later name wins, as `capsa.commit.tree` has it; ``loads`` are sorted by name.
    """
    owners: dict[str, list[Load]] = {}
    for load in loads:
        for top in load.spans:
            owners.setdefault(top, []).append(load)
    found: dict[tuple[str, str], list[str]] = {}
    first: dict[str, str] = {}
    for load in loads:
        tops = (top for top in load.spans if len(owners[top]) > 1)
        for path in (*(path for top in tops for path in load.below(top)), *load.others):
            earlier = first.get(path)
            if earlier is not None:
                found.setdefault((earlier, load.name), []).append(path)
            first[path] = load.name
    return found


def modules(load: Load, site: str) -> tuple[str, ...]:
    """Return the names by which what a package brings is imported, the top-level ones."""
    return tuple(name for top in load.spans if (name := _module(load, site, top)))


def program(name: str, *, is_windows: bool) -> str:
    """Return the name by which a file in the scripts folder is started."""
    if not is_windows:
        return name
    name = name.casefold()
    ending = next((ending for ending in _PROGRAM_ENDINGS if name.endswith(ending)), "")
    return name.removesuffix(ending)


def meeting(earlier: str, later: str, paths: Sequence[str]) -> str:
    """Return the sentence about files that two packages bring that come together."""
    what, own = _counted(paths, "file"), "that" if len(paths) == 1 else "those"
    return f"{earlier} and {later} both bring {what}; the box gets {own} of {later}"


def taking(owner: str, package: str, paths: Sequence[str]) -> str:
    """Return the sentence about files of ``owner``, which stays in the box, that give way to those of ``package``."""
    return f"{package} takes the place of {_counted(paths, 'file')} of {owner}, which stays in the box"


def meeting_programs(earlier: str, later: str, names: Sequence[str]) -> str:
    """Return the sentence about commands that two packages bring that come together."""
    what, own = _commands(names), "that" if len(names) == 1 else "those"
    return f"{earlier} and {later} both bring the {what}; the box gets {own} of {later}"


def taking_programs(owner: str, package: str, names: Sequence[str]) -> str:
    """Return the sentence about commands in the box that give way; ``owner`` is "" where no package owns them."""
    whose = f"of {owner}, which stays in the box" if owner else "in the box that no package owns"
    return f"{package} takes the place of the {_commands(names)} {whose}"


def ignored(package: str, names: Sequence[str]) -> str:
    """Return the sentence about modules of which the standard library has others by the same name."""
    what = "module" if len(names) == 1 else "modules"
    shown, verb = _listed([quoted(name) for name in names]), "is" if len(names) == 1 else "are"
    return f"{package} brings the {what} {shown}, which {verb} passed over: Python looks in the standard library first"


def untold(paths: Iterable[str], told: Iterable[Caution]) -> tuple[str, ...]:
    """Return those of the paths that no caution was about, neither about a module of which they are the bytecode."""
    known = {path for caution in told for path in caution.paths}
    return tuple(path for path in paths if path not in known and _source(path) not in known)


def grouped(paths: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the keys of a mapping by their values, both sorted."""
    found: dict[str, list[str]] = {}
    for path, name in sorted(paths.items(), key=lambda row: (row[1], row[0])):
        found.setdefault(name, []).append(path)
    return found


def _span(paths: Sequence[str], folder: str, start: int, end: int) -> tuple[int, int]:
    """Return from where to where the paths below a folder stand."""
    # "0" is the character that follows "/".
    first = bisect_left(paths, f"{folder}/", start, end)
    return first, bisect_left(paths, f"{folder}0", first, end)


def _module(load: Load, site: str, top: str) -> str:
    stem, _, ending = top.partition(".")
    if not stem.isidentifier():
        return ""
    if not ending:
        return stem if load.brings(f"{site}/{top}/__init__.py") else ""
    return stem if ending == "py" or top.endswith(_EXTENSIONS) else ""


def _source(path: str) -> str:
    """Return the module that a file of bytecode was compiled from, "" for any other file."""
    folder, mark, name = path.rpartition("/__pycache__/")
    return f"{folder}/{name.partition('.')[0]}.py" if mark and name.endswith(".pyc") else ""


def _counted(paths: Sequence[str], noun: str) -> str:
    shown = _listed([quoted(path)[1:-1] for path in paths])
    return shown if len(paths) == 1 else f"{len(paths)} {noun}s ({shown})"


def _commands(names: Sequence[str]) -> str:
    return f"command{'s' if len(names) > 1 else ''} {_listed([quoted(name) for name in names])}"


def _listed(words: Sequence[str]) -> str:
    if len(words) > _SHOWN:
        return f"{', '.join(words[:_SHOWN])} and {len(words) - _SHOWN} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
