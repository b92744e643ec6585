"""The nouns of `dev.py bench`: a scene that tools play, the steps of each, what proves a run, what was measured.

Words of a step hold places to be filled in: ``{python}``, ``{here}`` (the folder of this run), ``{box}``, the programs
of the tools by name; the word ``{requirements}`` becomes all of them. A step is run without a shell.
"""

from __future__ import annotations

from dataclasses import dataclass

BOX = ".venv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command. A ``part`` that has a name is also reported apart from the whole."""

    words: tuple[str, ...]
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What must be so after a run, or its figure counts for nothing.

    ``has_pip`` is None where it does not matter; ``lock`` is the name of a lock file that names every package.
    """

    has_box: bool = False
    has_pip: bool | None = None
    has_packages: bool = False
    lock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """How one tool plays a scene: what is done ``once``, ``before`` each run, and what is ``timed``.

    ``files`` are (name, text) pairs that each new folder begins with. Contenders of one ``tool`` share a cache, unless
    ``cache`` names another.
    """

    name: str
    tool: str
    timed: tuple[Step, ...]
    proof: Proof
    once: tuple[Step, ...] = ()
    before: tuple[Step, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    cache: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One line of the table. ``rounds`` is for sets of (few, many) packages; ``apart`` names parts with own lines.

    ``is_cold``: what is timed begins with an empty cache, so there is no round before those that count.
    ``is_kept``: all runs of a contender share one folder, as an answer of "nothing to do" needs one.
    """

    name: str
    title: str
    contenders: tuple[Contender, ...]
    rounds: tuple[int, int]
    apart: tuple[str, ...] = ()
    has_set: bool = True
    is_cold: bool = False
    is_kept: bool = False
    is_heavy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A set of packages: what is asked for, what it comes to as {project: version}, and what to import."""

    name: str
    requirements: tuple[str, ...]
    packages: dict[str, str]
    imports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where scenes are played: the folder of all runs, {place: path}, the variables of every child."""

    root: str
    places: dict[str, str]
    variables: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run, in seconds: from start to end, of CPU (user and system), and the wall time of each named part."""

    wall: float
    cpu: float
    parts: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All runs of one contender in one scene, or why they ended: a ``failure`` means that no figure is shown."""

    scene: str
    title: str
    parcel: str
    contender: str
    walls: tuple[float, ...]
    cpus: tuple[float, ...]
    failure: str = ""
