"""The pip that a new box gets: the newest in the store, else the one that its Python brings along, else the index's.

Its ``requires-python`` must admit the box's Python. Without any of them the box is made without pip, and that is said.
"""

from __future__ import annotations

import os

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from capsa.cache.seed import write_seed
from capsa.errors import CacheError, DiskError, FetchError, ResolutionError
from capsa.model.build import ALL, BuildRules
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.manifest import Manifest
from capsa.model.requirement import parse_requirement
from capsa.model.target import target_of
from capsa.ops.obtain import obtain_archive
from capsa.ops.solve import solve
from capsa.ops.supply import Supply
from capsa.resolution.request import ResolutionRequest

PIP = "pip"


def find_seed(supply: Supply, interpreter: Interpreter) -> Manifest | None:
    """Return the pip for boxes of this Python, put into the store if need be, or None when none can be had.

    The choice is noted in the store, so that the next box of the same Python finds it without looking.
    """
    manifest = _newest_in_store(supply, interpreter)
    if manifest is None and interpreter.ensurepip_wheel:
        manifest = _bundled(supply, interpreter.ensurepip_wheel)
    if manifest is None:
        manifest = _from_index(supply, interpreter)
    if manifest is not None:
        _note(supply, interpreter, manifest)
    return manifest


def _note(supply: Supply, interpreter: Interpreter, manifest: Manifest) -> None:
    try:
        write_seed(supply.session.store.root, interpreter.minor, manifest.sha256)
    except (DiskError, CacheError) as error:
        # A store that can't be written: the next box is made by looking again, which costs time and nothing else.
        supply.session.report(Event(kind="detail", text=f"the choice of pip was not noted: {error}"))


def _newest_in_store(supply: Supply, interpreter: Interpreter) -> Manifest | None:
    # A pre-release may be here because somebody built it: that is no reason to put it into every new box.
    fitting = [
        manifest
        for manifest in supply.archives.lookup(PIP)
        if SpecifierSet(manifest.requires_python).contains(interpreter.version, prereleases=True)
        and not Version(manifest.release).is_prerelease
    ]
    fitting.sort(key=lambda manifest: Version(manifest.release), reverse=True)
    return next((manifest for manifest in fitting if not supply.archives.changed(manifest)), None)


def _bundled(supply: Supply, path: str) -> Manifest | None:
    if not os.path.isfile(path):
        return None
    return supply.archives.add(path, filename=os.path.basename(path), sha256=None, size=None, origin=path)


def _from_index(supply: Supply, interpreter: Interpreter) -> Manifest | None:
    supply.session.report(Event(kind="resolve", text="fetching pip from the index"))
    request = ResolutionRequest(
        requirements=(parse_requirement(PIP),),
        target=target_of(interpreter),
        builds=BuildRules(no_build=frozenset({ALL})),
        is_shallow=True,
    )
    try:
        solution = solve(supply, request)
        return obtain_archive(supply, solution.packages[0].distribution)
    except (FetchError, ResolutionError) as error:
        supply.session.report(Event(kind="detail", text=f"no pip from the index: {error}"))
        return None
