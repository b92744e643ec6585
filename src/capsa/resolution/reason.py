"""Why a version can't be used here, as values: each knows the facts that its sentence will need. PURE."""

from __future__ import annotations

from capsa.value import value


@value
class NoWheel:
    """The release has wheels, none for this environment; ``tags`` are those there are, ``title`` is the environment.

    ``rule`` is the option that forbids building its source distribution, "" where it has none.
    """

    title: str
    tags: tuple[str, ...]
    rule: str = ""


@value
class SourceOnly:
    """The release is only there as a source distribution, and the option ``rule`` forbids building it."""

    rule: str


@value
class WheelOnly:
    """The release has a wheel that fits and no source distribution, and the option ``rule`` asks for a build."""

    rule: str


@value
class NoFile:
    """The release has no file that is a wheel or a source distribution."""


@value
class WrongPython:
    """The release is for another Python: ``wanted`` is its requires-python, ``python`` the version at hand."""

    wanted: str
    python: str


@value
class Yanked:
    """The release was withdrawn, for ``reason`` (possibly empty), and no demand pins exactly it (PEP 592)."""

    reason: str


@value
class PreRelease:
    """The release is a pre-release, and nothing admits it."""


@value
class WrongHash:
    """No file of the release has one of the hashes that the demand at ``origin`` names."""

    origin: str


@value
class UrlDemand:
    """The release demands ``text``, a direct URL, which only the user may do."""

    text: str


@value
class Unreadable:
    """The metadata of the release does not follow the specifications; ``problem`` says where."""

    problem: str


Reason = (
    NoWheel | SourceOnly | WheelOnly | NoFile | WrongPython | Yanked | PreRelease | WrongHash | UrlDemand | Unreadable
)
