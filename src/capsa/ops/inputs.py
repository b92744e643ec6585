"""What a lock is made from: the demands of a project, a script or requirements files, and a digest of all that counts.

The digest leaves out what differs from one machine or command line to the next without changing what is wanted: the
address of an index, a flag. It is kept in the lock, so that "is it up to date" needs no solving (CONTRACT, ``lock``).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable

from capsa.model.lock import FILE
from capsa.model.requirement import Requirement
from capsa.model.source import parse_source
from capsa.ops.demands import Demands
from capsa.ops.stamp import TELLING
from capsa.project.declared import Declared
from capsa.project.reference import file_path
from capsa.project.script import Script
from capsa.resolution.reach import Roots
from capsa.value import value


@value
class Inputs:
    """``path`` is the absolute path of the lock; ``place`` what messages call the origin ("pyproject.toml").

    ``digest`` is hex. The rest are the demands: ``requires_python`` is a specifier text or None.
    """

    path: str
    place: str
    roots: Roots
    digest: str
    constraints: tuple[Requirement, ...] = ()
    requires_python: str | None = None
    default_groups: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The absolute folder of the lock: its relative paths start there."""
        return os.path.dirname(self.path)

    @property
    def name(self) -> str:
        """The file name of the lock."""
        return os.path.basename(self.path)

    @property
    def demands(self) -> tuple[Requirement, ...]:
        """Every demand, in a fixed order: the base, the extras, the groups."""
        groups = (*self.roots.extras.values(), *self.roots.groups.values())
        return (*self.roots.requirements, *(demand for group in groups for demand in group))


def project_inputs(declared: Declared, told: tuple[str, ...] = ()) -> Inputs:
    """Return what the lock of a project is made from; ``told`` are the demands that its build backend told."""
    lists = (declared.requirements, *declared.extras.values(), *declared.groups.values())
    demands = [demand for listed in lists for demand in listed]
    return Inputs(
        path=os.path.join(declared.root, FILE),
        place=os.path.basename(declared.path),
        roots=Roots(requirements=declared.requirements, extras=declared.extras, groups=declared.groups),
        digest=_digest([declared.inputs, *told, *_folder_words(demands)]),
        requires_python=declared.requires_python,
        default_groups=declared.default_groups,
    )


def script_inputs(script: Script) -> Inputs:
    """Return what the lock of a script is made from: ``tool.py`` has its lock in ``pylock.tool.toml`` beside it."""
    folder, name = os.path.split(script.path)
    texts = sorted(demand.text for demand in script.requirements)
    return Inputs(
        path=os.path.join(folder, script_lock_name(name)),
        place=name,
        roots=Roots(requirements=script.requirements, extras={}, groups={}),
        digest=_digest([*texts, script.requires_python or "", *_folder_words(script.requirements)]),
        requires_python=script.requires_python,
    )


def script_lock_name(name: str) -> str:
    """Return the file name of the lock of a script: PEP 751 wants ``pylock.NAME.toml``, NAME without dots."""
    return f"pylock.{name.removesuffix('.py').replace('.', '-')}.toml"


def demand_inputs(demands: Demands, path: str, place: str) -> Inputs:
    """Return what a lock without a project is made from; ``path`` is absolute, ``place`` names the files."""
    texts = sorted(demand.text for demand in demands.requirements)
    constraints = sorted(demand.text for demand in demands.constraints)
    return Inputs(
        path=path,
        place=place,
        roots=Roots(requirements=demands.requirements, extras={}, groups={}),
        digest=_digest([*texts, "", *constraints, *_folder_words(demands.requirements)]),
        constraints=demands.constraints,
    )


def _folder_words(demands: Iterable[Requirement]) -> list[str]:
    """Return a word for each folder that is demanded: what its own demands are made from is part of ours."""
    found = []
    for demand in demands:
        source = parse_source(demand.url) if demand.url else None
        folder = file_path(source.url) if source is not None and source.kind == "folder" else None
        if source is None or folder is None:
            continue
        for name in TELLING:
            path = os.path.join(folder, *source.subdirectory.split("/"), name)
            found.append(f"{source.url} {name} {_hash(path)}")
    return sorted(set(found))


def _hash(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "absent"


def _digest(words: list[str]) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()
