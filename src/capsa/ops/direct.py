"""What is demanded by path or URL: wheels, archives, folders and commits are here, and known, before resolving begins.

A demand without a name gets the one that its source says; a commit is pinned to its full name. PEP 440, PEP 508.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from functools import partial
from urllib.parse import unquote

from packaging.specifiers import SpecifierSet

from capsa.disk.refusal import refusing
from capsa.errors import BuildError, IntegrityError, RequirementError
from capsa.model.distribution import Distribution, parse_filename, parse_version
from capsa.model.metadata import Metadata, parse_metadata
from capsa.model.name import normalize
from capsa.model.requirement import Requirement
from capsa.model.source import Source, parse_source
from capsa.model.target import Target
from capsa.ops.obtain import obtain_archive
from capsa.ops.source import Sources
from capsa.ops.supply import SourceBuilds, Supply
from capsa.resolution.request import Pinned
from capsa.transport.port import without_secrets
from capsa.value import replace, value

_NAME_END = r"[\[@\s]"


@value
class Direct:
    """``requirements`` are those that were given, in their order, with names; ``pinned`` the files of those by URL.

    A demand whose marker does not hold is as it was, and may still be without a name: nothing looks at it again.
    """

    requirements: tuple[Requirement, ...]
    pinned: dict[str, Pinned]


def obtain_direct(supply: Supply, builds: SourceBuilds, requirements: Iterable[Requirement], target: Target) -> Direct:
    """Find out what every demand with a URL is; ``builds`` tells the metadata of sources.

    Raises RequirementError when a URL is of another project than demanded or a project has two, and what fetching and
    building raise.
    """
    sources = Sources(supply)
    pinned: dict[str, Pinned] = {}
    named = []
    for requirement in requirements:
        if requirement.url is None or not requirement.is_wanted(target.markers):
            named.append(requirement)
            continue
        known = pinned.get(requirement.name)
        if known is None or known.url != requirement.url:
            known = _pinned(supply, sources, builds, requirement, requirement.url)
        demand = _named(requirement, known)
        pinned[demand.name] = _only(known, pinned.get(demand.name), requirement)
        named.append(demand)
    return Direct(requirements=tuple(named), pinned=pinned)


def _only(found: Pinned, known: Pinned | None, requirement: Requirement) -> Pinned:
    """Return the one file of a project that is demanded twice."""
    if known is None:
        return replace(found, is_editable=requirement.is_editable)
    if known.url != found.url:
        raise RequirementError(
            f"{requirement.origin}: {found.distribution.project} is demanded from two different URLs"
        )
    return replace(known, is_editable=known.is_editable or requirement.is_editable)


def _named(requirement: Requirement, pinned: Pinned) -> Requirement:
    project, version = pinned.distribution.project, pinned.distribution.version
    if not requirement.name or _is_guessed(requirement):
        return replace(requirement, name=project, specifier=SpecifierSet(f"=={version}"))
    if requirement.name != project:
        raise RequirementError(
            f"{requirement.origin}: `{requirement.text}` asks for {requirement.name}, but what lies there is {project}"
        )
    return requirement


def _is_guessed(requirement: Requirement) -> bool:
    """Whether nobody wrote the name: it is that of an archive's file, which may be called in any way."""
    written = normalize(re.split(_NAME_END, requirement.text, maxsplit=1)[0])
    return written != requirement.name and "egg=" not in requirement.text


def _pinned(supply: Supply, sources: Sources, builds: SourceBuilds, requirement: Requirement, url: str) -> Pinned:
    source = parse_source(url)
    if source is None:
        return _pinned_wheel(supply, requirement, url)
    distribution = _located(sources, requirement, source, url)
    metadata = builds.metadata(distribution)
    version = parse_version(metadata.version)
    if version is None:
        shown = without_secrets(url)
        raise BuildError(f"{shown} says that its version is `{metadata.version}`, which is none (PEP 440)")
    return Pinned(
        distribution=replace(distribution, project=metadata.project, version=str(version)),
        metadata=metadata,
        url=url,
    )


def _located(sources: Sources, requirement: Requirement, source: Source, url: str) -> Distribution:
    """Return a source as a distribution whose URL means exactly it; project and version are not known yet."""
    bare = Distribution(project=requirement.name, version="", filename=source.filename or url, url=url)
    if source.kind == "git":
        return replace(bare, url=_pinned_url(source, sources.commit(source)))
    if source.kind == "archive":
        promised = _sha256s(requirement)
        fetched = sources.fetch(replace(bare, sha256=promised[0] if len(promised) == 1 else None))
        _check_hashes(requirement, source.filename, fetched.path)
        return replace(bare, sha256=fetched.sha256, size=fetched.size)
    return bare


def _pinned_url(source: Source, commit: str) -> str:
    place = f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
    return f"git+{source.url}@{commit}{place}"


def _sha256s(requirement: Requirement) -> list[str]:
    return [text.removeprefix("sha256:") for text in requirement.hashes if text.startswith("sha256:")]


def _check_hashes(requirement: Requirement, filename: str, path: str) -> None:
    """Hold a file against the hashes of a demand, of which one must be its own; they may be of several kinds."""
    kinds = {text.partition(":")[0] for text in requirement.hashes}
    if not kinds:
        return
    actual = set()
    for kind in kinds:
        with refusing("read", path), open(path, "rb") as stream:
            actual.add(f"{kind}:{hashlib.file_digest(stream, kind).hexdigest()}")
    if not actual & set(requirement.hashes):
        raise IntegrityError(f"{filename} has none of the hashes that {requirement.origin} demands")


def _pinned_wheel(supply: Supply, requirement: Requirement, url: str) -> Pinned:
    distribution = _wheel(requirement, url)
    check = partial(_check_hashes, requirement, distribution.filename)
    manifest = obtain_archive(supply, distribution, check)
    metadata = _read_metadata(supply.archives.tree(manifest.sha256), manifest.info)
    return Pinned(
        distribution=replace(distribution, sha256=manifest.sha256, size=manifest.size), metadata=metadata, url=url
    )


def _wheel(requirement: Requirement, url: str) -> Distribution:
    filename = unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])
    told = parse_filename(filename)
    if told is None or told.tags is None:
        raise RequirementError(
            f"{requirement.origin}: {filename or without_secrets(url)} is neither a wheel nor a source to build from",
            hints=("give the URL or path of a wheel, an sdist, a folder, or a git repository (git+https://...)",),
        )
    if requirement.name and told.project != requirement.name:
        raise RequirementError(f"{requirement.origin}: {filename} is a wheel of {told.project}, not {requirement.name}")
    promised = _sha256s(requirement)
    return Distribution(
        project=told.project,
        version=told.version,
        filename=filename,
        url=url,
        sha256=promised[0] if len(promised) == 1 else None,
        tags=told.tags,
        build=told.build,
    )


def _read_metadata(tree: str, info: str) -> Metadata:
    path = os.path.join(tree, info, "METADATA")
    with refusing("read", path), open(path, "rb") as stream:
        return parse_metadata(stream.read(), path)
