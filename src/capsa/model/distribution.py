"""A file that an index or a folder offers, and all the files of one project.

The words are those of the simple repository API (PEPs 503, 592, 658, 691, 700, 714) and of the wheel file name
convention (PEP 427, PEP 491). PURE.
"""

from __future__ import annotations

from collections.abc import Callable

from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from capsa.value import value


@value
class Distribution:
    """One distribution: a wheel, or a source that a wheel can be built from (see `capsa.model.source`).

    ``project`` is normalized; ``version`` is the text of a valid PEP 440 version, normalized; ``sha256`` is lower-case
    hex or None where the index gives none; ``size`` is in bytes; ``yanked`` is None for a file that is not yanked,
    else the reason, possibly empty (PEP 592); ``metadata_sha256`` is None where there is no PEP 658 file, "" where
    there is one without a hash; ``uploaded`` is the RFC 3339 upload time or None; ``tags`` is the compressed tag set of
    a wheel ("py2.py3-none-any"), None for a source; ``build`` is a wheel's build tag (0, "") if it has none.
    """

    project: str
    version: str
    filename: str
    url: str
    sha256: str | None = None
    size: int | None = None
    requires_python: str | None = None
    yanked: str | None = None
    metadata_sha256: str | None = None
    uploaded: str | None = None
    tags: str | None = None
    build: tuple[int, str] = (0, "")

    @property
    def is_wheel(self) -> bool:
        """Whether the file is a wheel; otherwise it is a source: an sdist, a folder, a commit."""
        return self.tags is not None


@value
class FileName:
    """What the name of a distribution file tells: see `Distribution` for the fields."""

    project: str
    version: str
    tags: str | None
    build: tuple[int, str]


def parse_filename(filename: str) -> FileName | None:
    """Return what a wheel's or sdist's file name tells, or None for any other name (egg, exe, rpm, invalid version)."""
    try:
        if filename.endswith(".whl"):
            project, version, build, _ = parse_wheel_filename(filename)
            tags = "-".join(filename[: -len(".whl")].split("-")[-3:])
            return FileName(project=project, version=str(version), tags=tags, build=build or (0, ""))
        if filename.endswith((".tar.gz", ".zip")):
            project, version = parse_sdist_filename(filename)
            return FileName(project=project, version=str(version), tags=None, build=(0, ""))
    except ValueError:  # also a number of more digits than Python reads
        return None
    return None


class Releases:
    """All files of one project that its index offers, made lazily: a page may list 10,000 files of which 3 are read.

    ``versions`` are the normalized PEP 440 texts, oldest first, each once; ``index`` is the address (without secrets)
    of the index that answered, for messages.
    """

    __slots__ = ("_files", "index", "project", "versions")

    def __init__(
        self,
        project: str,
        *,
        versions: tuple[str, ...],
        files: Callable[[str], tuple[Distribution, ...]],
        index: str = "",
    ) -> None:
        self.project = project
        self.versions = versions
        self.index = index
        self._files = files

    def files(self, version: str) -> tuple[Distribution, ...]:
        """Return the files of one of ``versions``, in the order of the page."""
        return self._files(version)


def parse_version(text: str) -> Version | None:
    """Return the version (PEP 440) that a text states, to be compared with others, or None where it is none."""
    try:
        return Version(text)
    except ValueError:  # also a number of more digits than Python reads
        return None
