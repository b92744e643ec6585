"""Where stored bytecode goes in a box: beside the modules that are linked there. PURE.

Follows PEP 3147. Never beside a module that two packages bring: whose it is the last of them decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from capsa.model.installation import Installation, Link

Stored = tuple[str, int, int, int]
"""Bytecode in the store: its absolute path, size in bytes, mtime_ns and mode."""


def beside(
    installations: tuple[Installation, ...], stored: Mapping[str, Mapping[str, Stored]]
) -> dict[str, tuple[Link, ...]]:
    """Return the links of bytecode, by package, as `Installation.compiled` holds them.

    ``stored`` is the bytecode by package and by the module's path in its archive.
    """
    if not stored:
        return {}
    # All members share one time, so that the bytecode of one module would pass for that of another of the same size.
    contested = _contested(installations)
    return {
        package.name: tuple(
            (compiled[0], _place(target, compiled[0]), *compiled[1:])
            for member, target, *_ in package.links
            if (compiled := modules.get(member)) is not None and target not in contested
        )
        for package in installations
        if (modules := stored.get(package.name)) is not None
    }


def _contested(installations: tuple[Installation, ...]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for package in installations:
        paths = set(package.paths)
        twice |= seen & paths
        seen |= paths
    return twice


def _place(module: str, compiled: str) -> str:
    folder, slash, _ = module.rpartition("/")
    return f"{folder}{slash}__pycache__/{compiled.rpartition('/')[2]}"
