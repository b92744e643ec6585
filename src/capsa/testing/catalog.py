"""An in-memory catalog: a world of projects, versions and demands, written as a small dictionary or TOML table.

Public, for the tests of whoever resolves. Never reads a disk or a network; counts what it was asked for.

    world = World({"app": {"1.0": ["lib>=2"]}, "lib": {"2.0": {"requires-python": ">=3.9"}}})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from capsa.model.distribution import Distribution, Releases, parse_filename
from capsa.model.interpreter import Interpreter
from capsa.model.metadata import Metadata
from capsa.model.name import normalize
from capsa.model.target import Target, target_of
from capsa.resolution.order import sort_key

Release = list[str] | dict[str, Any]


def make_target(python: str = "3.11.7", platform: str = "linux") -> Target:
    """Return a CPython of some version as a target: on ``platform`` "linux" (glibc 2.28), "darwin" or "win32"."""
    minor = python.rpartition(".")[0]
    short = f"cpython-{minor.replace('.', '')}"
    systems = {
        "linux": ("Linux", "linux-x86_64"),
        "darwin": ("Darwin", "macosx-13.0-arm64"),
        "win32": ("Windows", "win-amd64"),
    }
    system, tag = systems[platform]
    facts: dict[str, object] = dict.fromkeys(Interpreter.__slots__, "")
    facts |= {
        "version": python,
        "version_info": [int(part) for part in python.split(".")],
        "implementation": "cpython",
        "implementation_version": python,
        "cache_tag": short,
        "is_debug": False,
        "is_free_threaded": False,
        "bits": 64,
        "platform": platform,
        "platform_tag": tag,
        "libc": ["glibc", 2, 28] if platform == "linux" else [],
        "markers": {
            "implementation_name": "cpython",
            "implementation_version": python,
            "os_name": "nt" if platform == "win32" else "posix",
            "platform_machine": "arm64" if platform == "darwin" else "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "22.1.0",
            "platform_system": system,
            "platform_version": "1",
            "python_full_version": python,
            "python_version": minor,
            "sys_platform": platform,
        },
    }
    return target_of(Interpreter(facts))


class World:
    """A `Catalog` out of a table: project name -> version -> release.

    A release is the list of its demands, or a table with any of ``requires`` (list), ``requires-python`` (text, told by
    the index and the metadata), ``metadata-python`` (told by the metadata alone), ``extras`` (extra -> list of
    demands), ``yanked`` (true or the reason), ``files`` (list of file names or of tag texts such as "py3-none-any";
    "sdist" stands for one) and ``sha256`` (file name -> hash). ``asked`` counts the projects and files asked for.
    """

    def __init__(self, projects: Mapping[str, Mapping[str, Release]], *, index: str = "index.example") -> None:
        self._index = index
        self._projects = {
            normalize(name): {v: _table(r) for v, r in releases.items()} for name, releases in projects.items()
        }
        self._texts = {
            name: {_normal(name, text): text for text in releases} for name, releases in self._projects.items()
        }
        self.expected: list[str] = []
        self.asked: list[str] = []

    def releases(self, name: str) -> Releases | None:
        """Return the project's releases, or None where the world has no such project."""
        self.asked.append(name)
        project = self._projects.get(name)
        if project is None:
            return None
        written = self._texts[name]
        return Releases(
            name,
            versions=tuple(sorted(written, key=sort_key)),
            files=lambda version: self.files(name, written[version]),
            index=self._index,
        )

    def files(self, name: str, version: str) -> tuple[Distribution, ...]:
        """Return the files of one release, whose version is as the table has it."""
        release = self._projects[name][version]
        yanked = release.get("yanked", False)
        files = []
        for text in release.get("files", ["py3-none-any"]):
            filename = _filename(name, version, text)
            parsed = parse_filename(filename)
            if parsed is None:
                raise ValueError(f"{filename} is not the name of a distribution file")
            files.append(
                Distribution(
                    project=name,
                    version=parsed.version,
                    filename=filename,
                    url=f"https://{self._index}/{filename}",
                    sha256=release.get("sha256", {}).get(filename),
                    requires_python=release.get("requires-python"),
                    yanked=("" if yanked is True else yanked) if yanked is not False else None,
                    tags=parsed.tags,
                    build=parsed.build,
                )
            )
        return tuple(files)

    def metadata(self, distribution: Distribution) -> Metadata:
        """Return the metadata of one file."""
        self.asked.append(distribution.filename)
        text = self._texts[distribution.project][distribution.version]
        release = self._projects[distribution.project][text]
        extras = release.get("extras", {})
        return Metadata(
            name=distribution.project,
            version=distribution.version,
            requires=(
                *release.get("requires", ()),
                *(_under(extra, text) for extra, texts in extras.items() for text in texts),
            ),
            requires_python=release.get("metadata-python", release.get("requires-python")),
            extras=tuple(normalize(extra) for extra in extras),
        )

    def expect(self, names: Iterable[str]) -> None:
        """Take note of the hint."""
        self.expected.extend(names)


def _table(release: Release) -> dict[str, Any]:
    return {"requires": release} if isinstance(release, list) else release


def _normal(name: str, version: str) -> str:
    parsed = parse_filename(_filename(name, version, "py3-none-any"))
    if parsed is None:
        raise ValueError(f"{version} is not a version")
    return parsed.version


def _filename(name: str, version: str, text: str) -> str:
    stem = f"{name.replace('-', '_')}-{version}"
    if text == "sdist":
        return f"{stem}.tar.gz"
    return text if text.endswith((".whl", ".tar.gz", ".zip")) else f"{stem}-{text}.whl"


def _under(extra: str, text: str) -> str:
    demand, _, marker = text.partition(";")
    return f"{demand} ; ({marker}) and extra == '{extra}'" if marker else f"{demand} ; extra == '{extra}'"
