"""One package of a lock: which of its files an environment takes, as the rest of capsa speaks of files. PURE.

Follows PEP 751 (which file), PEP 425 and PEP 427 (which wheel); direct references look as `capsa.model.source` says.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from capsa.errors import LockError
from capsa.model.build import BuildRules
from capsa.model.distribution import Distribution, parse_filename, parse_version
from capsa.model.lock import LockedArchive, LockedCommit, LockedFile, LockedFolder, LockedPackage
from capsa.model.solution import Chosen
from capsa.model.source import parse_source
from capsa.resolution.candidate import Judge
from capsa.value import replace

_SHOWN = 4  # of the tags of many wheels


class Picker:
    """Picks for the target of a judge; ``folder`` is the absolute folder that the paths of the lock start from."""

    __slots__ = ("_builds", "_folder", "_judge", "_title")

    def __init__(self, judge: Judge, builds: BuildRules, folder: str) -> None:
        self._judge = judge
        self._builds = builds
        self._folder = folder
        self._title = judge.target.title

    def pick(self, package: LockedPackage, names: Iterable[str]) -> Chosen:
        """Return what is to be installed for an entry, ``names`` being all that is; a LockError says why nothing is."""
        if not self._judge.fits_python(package.requires_python):
            raise LockError(f"{_called(package)} is for Python {package.requires_python}; this box is {self._title}")
        direct = package.direct
        if direct is None:
            distribution, url = self._from_index(package), None
        elif isinstance(direct, LockedArchive):
            distribution = self._archive(package, direct)
            url = distribution.url
        elif isinstance(direct, LockedFolder):
            url = local_url(self._folder, direct.path) + _fragment(direct.subdirectory)
            distribution = _source(package, url)
        else:
            address, fragment = self._repository(package, direct), _fragment(direct.subdirectory)
            distribution = _source(package, f"{address}@{direct.commit_id}{fragment}")
            revision = direct.requested_revision
            url = f"{address}@{revision}{fragment}" if revision and "#" not in revision else f"{address}{fragment}"
        return Chosen(
            distribution=distribution,
            dependencies=tuple(sorted(set(names) & set(package.dependencies) - {package.name})),
            direct_url=url,
            is_editable=isinstance(direct, LockedFolder) and direct.is_editable,
        )

    def _from_index(self, package: LockedPackage) -> Distribution:
        """Return the best wheel, else the source distribution."""
        wheel = self._best(package.wheels) if self._builds.may_take_wheel(package.name) else None
        if wheel is not None:
            return self._file(package, wheel)
        if package.sdist is not None and self._builds.may_build(package.name):
            return self._file(package, package.sdist)
        raise LockError(self._lack(package))

    def _best(self, wheels: tuple[LockedFile, ...]) -> LockedFile | None:
        ranked = [(rank, wheel) for wheel in wheels if (rank := self._judge.rank(_tags(wheel.name))) is not None]
        if not ranked:
            return None
        first = min(rank for rank, _ in ranked)
        return max((wheel for rank, wheel in ranked if rank == first), key=_build)

    def _lack(self, package: LockedPackage) -> str:
        """Why neither a wheel nor the source distribution can be taken."""
        called, sdist = _called(package), package.sdist
        if package.wheels and not self._builds.may_take_wheel(package.name):
            return f"{called} has no source distribution in the lock, and its wheels may not be taken"
        if not package.wheels:
            return f"{called} is only there as a source distribution, and may not be built"
        tags = [*dict.fromkeys(_tags(wheel.name) for wheel in package.wheels)]
        rest = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
        fallback = "has no source distribution" if sdist is None else "may not be built from source"
        return f"{called} has wheels for {', '.join(tags[:_SHOWN])}{rest}, none for {self._title}, and {fallback}"

    def _file(self, package: LockedPackage, file: LockedFile) -> Distribution:
        distribution = Distribution(
            project=package.name,
            version=_normal(package.version),
            filename=file.name,
            url=self._url(file),
            sha256=_sha256(file.name, file.hashes),
            size=file.size,
            requires_python=package.requires_python,
            uploaded=file.upload_time,
        )
        told = parse_filename(file.name)
        if told is not None:
            return replace(distribution, version=told.version, tags=told.tags, build=told.build)
        if file.name.endswith(".whl") or not distribution.version:
            raise LockError(f"`{file.name}` of {package.name} names no version that can be read")
        return distribution

    def _archive(self, package: LockedPackage, archive: LockedArchive) -> Distribution:
        url = self._url(archive)
        filename = unquote(posixpath.basename(urlsplit(url).path))
        distribution = Distribution(
            project=package.name,
            version=_normal(package.version),
            filename=filename,
            url=url + _fragment(archive.subdirectory),
            sha256=_sha256(filename, archive.hashes),
            size=archive.size,
            requires_python=package.requires_python,
            uploaded=archive.upload_time,
        )
        if filename.endswith(".whl"):
            return self._wheel(distribution)
        source = parse_source(distribution.url)
        if source is None or source.kind != "archive":
            raise LockError(f"the archive `{filename}` of {package.name} is neither a wheel nor a .tar.gz or .zip")
        told = parse_filename(filename)
        is_told = told is not None and told.project == package.name and not distribution.version
        return replace(distribution, version=told.version) if told is not None and is_told else distribution

    def _wheel(self, distribution: Distribution) -> Distribution:
        """Return a direct wheel with what its name tells."""
        told = parse_filename(distribution.filename)
        if told is None or told.tags is None or told.project != distribution.project:
            raise LockError(f"`{distribution.filename}` is not the name of a wheel of {distribution.project}")
        if self._judge.rank(told.tags) is None:
            raise LockError(f"`{distribution.filename}` is for {told.tags}; this box is {self._title}")
        return replace(distribution, version=told.version, tags=told.tags, build=told.build)

    def _repository(self, package: LockedPackage, commit: LockedCommit) -> str:
        """Return the address of a repository as a direct reference begins with it: `git+https://host/x.git`."""
        if commit.kind != "git":
            raise LockError(f"{package.name} is kept in {commit.kind}, and capsa takes sources out of git alone")
        address = self._url(commit).partition("#")[0].removeprefix("git+")
        head, sign, rest = address.partition("://")
        host, slash, path = rest.partition("/")
        return f"git+{head}{sign}{host}{slash}{path.replace('@', '%40')}"  # an "@" would begin a revision

    def _url(self, place: LockedFile | LockedArchive | LockedCommit) -> str:
        """Return the address of a file or repository; a path is taken before a URL, as PEP 751 wants it."""
        if place.path is not None:
            return local_url(self._folder, place.path)
        return (place.url or "").partition("#")[0]


def local_url(folder: str, path: str) -> str:
    """Return the ``file:`` URL of a path with "/" that starts from an absolute folder."""
    start = folder.replace("\\", "/") if folder[1:2] == ":" else folder
    place = posixpath.normpath(path if path[1:3] == ":/" else posixpath.join(start, path))
    is_drive = place[1:2] == ":"
    text = quote(place.encode("utf-8", "surrogateescape"), safe="/:" if is_drive else "/")
    return f"file:///{text}" if is_drive else f"file://{text}"


def _source(package: LockedPackage, url: str) -> Distribution:
    """Return the source at a folder or commit; its version is what it says when it is built."""
    source = parse_source(url)
    return Distribution(
        project=package.name,
        version=_normal(package.version),
        filename=(source.filename if source else "") or package.name,
        url=url,
        requires_python=package.requires_python,
    )


def _called(package: LockedPackage) -> str:
    return f"{package.name} {package.version}" if package.version else package.name


def _normal(version: str | None) -> str:
    parsed = parse_version(version or "")
    return str(parsed) if parsed is not None else ""


def _tags(filename: str) -> str:
    return "-".join(filename.removesuffix(".whl").split("-")[-3:])


def _build(wheel: LockedFile) -> tuple[int, str]:
    told = parse_filename(wheel.name)
    return told.build if told is not None else (0, "")


def _fragment(subdirectory: str | None) -> str:
    return f"#subdirectory={quote(subdirectory)}" if subdirectory else ""


def _sha256(filename: str, hashes: Mapping[str, str]) -> str:
    found = hashes.get("sha256")
    if found is None:
        has = ", ".join(sorted(hashes)) or "no hash"
        raise LockError(f"`{filename}` has {has} in the lock, and capsa checks sha256 alone")
    return found
