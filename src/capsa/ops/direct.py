"""Wheels that are demanded by path or URL: they are in the store, and their metadata known, before resolving begins."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from capsa.disk.refusal import refusing
from capsa.errors import RequirementError
from capsa.model.distribution import Distribution, parse_filename
from capsa.model.metadata import Metadata, parse_metadata
from capsa.model.requirement import Requirement
from capsa.model.target import Target
from capsa.ops.obtain import obtain_archive
from capsa.ops.supply import Supply
from capsa.resolution.request import Pinned


def obtain_direct(supply: Supply, requirements: Iterable[Requirement], target: Target) -> dict[str, Pinned]:
    """Return the file and metadata of every demand that names a URL, by normalized project name.

    Raises RequirementError when a URL is not of a wheel, or of another project than demanded.
    """
    direct: dict[str, Pinned] = {}
    for requirement in requirements:
        if requirement.url is None or not requirement.is_wanted(target.markers):
            continue
        known = direct.get(requirement.name)
        if known is not None and known.url != requirement.url:
            raise RequirementError(f"{requirement.origin}: {requirement.name} is demanded from two different URLs")
        if known is None:
            direct[requirement.name] = _pinned(supply, requirement, requirement.url)
    return direct


def _pinned(supply: Supply, requirement: Requirement, url: str) -> Pinned:
    distribution = _distribution(requirement, url)
    manifest = obtain_archive(supply, distribution)
    metadata = _read_metadata(supply.archives.tree(manifest.sha256), manifest.info)
    return Pinned(
        distribution=replace(distribution, sha256=manifest.sha256, size=manifest.size), metadata=metadata, url=url
    )


def _distribution(requirement: Requirement, url: str) -> Distribution:
    filename = unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])
    told = parse_filename(filename)
    if told is None or told.tags is None:
        raise RequirementError(
            f"{requirement.origin}: {filename or url} is not a wheel, and capsa does not build from source yet",
            hints=("give the URL or path of a file that ends in .whl",),
        )
    if told.project != requirement.name:
        raise RequirementError(f"{requirement.origin}: {filename} is a wheel of {told.project}, not {requirement.name}")
    hashes = [text.removeprefix("sha256:") for text in requirement.hashes if text.startswith("sha256:")]
    return Distribution(
        project=told.project,
        version=told.version,
        filename=filename,
        url=url,
        sha256=hashes[0] if len(hashes) == 1 else None,
        tags=told.tags,
        build=told.build,
    )


def _read_metadata(tree: str, info: str) -> Metadata:
    path = os.path.join(tree, info, "METADATA")
    with refusing("read", path), open(path, "rb") as stream:
        return parse_metadata(stream.read(), path)
