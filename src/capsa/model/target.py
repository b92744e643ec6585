"""The environment that is resolved for: a point of marker space and the wheel tags it accepts, best first.

Follows PEP 508 (markers), PEP 425 (tags), PEP 600 and PEP 656 (manylinux, musllinux). PURE: worked out of the facts of
an interpreter, never by asking the running one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms

from capsa.model.interpreter import Interpreter


@dataclass(frozen=True, kw_only=True)
class Target:
    """One environment: ``markers`` is the PEP 508 environment; ``tags`` are accepted wheel tags, most wanted first.

    ``title`` names it in messages ("CPython 3.11.7 on linux-x86_64").
    """

    title: str
    python: str
    markers: dict[str, str]
    tags: tuple[Tag, ...]

    @cached_property
    def ranks(self) -> dict[Tag, int]:
        """Each accepted tag with its place in ``tags``: a smaller number is the better wheel."""
        return {tag: rank for rank, tag in reversed(list(enumerate(self.tags)))}


def target_of(interpreter: Interpreter) -> Target:
    """Return the environment that an interpreter makes."""
    platforms = tuple(_platforms(interpreter))
    python = tuple(interpreter.version_info[:2])
    if interpreter.implementation == "cpython":
        short = f"cp{python[0]}{python[1]}"
        tags = [*cpython_tags(python, abis=[_cpython_abi(interpreter, short)], platforms=platforms)]
    else:
        short = f"{interpreter.implementation[:2]}{python[0]}{python[1]}"
        tags = [*generic_tags(short, abis=[_generic_abi(interpreter)], platforms=platforms)]
    tags += compatible_tags(python, short, platforms)
    return Target(
        title=f"{interpreter.title} on {interpreter.platform_tag}",
        python=interpreter.markers["python_full_version"],
        markers=dict(interpreter.markers),
        tags=tuple(dict.fromkeys(tags)),
    )


def _cpython_abi(interpreter: Interpreter, short: str) -> str:
    return f"{short}{'t' if interpreter.is_free_threaded else ''}{'d' if interpreter.is_debug else ''}"


def _generic_abi(interpreter: Interpreter) -> str:
    # PyPy's SOABI is "pypy39-pp73" or, with the platform, "pypy39-pp73-x86_64-linux-gnu".
    parts = interpreter.soabi.replace(".", "_").split("-")
    return "_".join(parts[:2]) if len(parts) > 1 else "none"


def _platforms(interpreter: Interpreter) -> Iterator[str]:
    own = interpreter.platform_tag.replace("-", "_").replace(".", "_")
    if interpreter.platform == "darwin":
        # sysconfig.get_platform() of a macOS build: "macosx-11.0-arm64"
        _, release, machine = interpreter.platform_tag.split("-", 2)
        major, _, minor = release.partition(".")
        yield from mac_platforms((int(major), int(minor or 0)), machine)
    elif interpreter.platform == "linux" and interpreter.libc:
        yield from _linux_platforms(interpreter, own.removeprefix("linux_"))
        yield own
    else:
        yield own


_OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def _linux_platforms(interpreter: Interpreter, machine: str) -> Iterator[str]:
    name, major, minor = str(interpreter.libc[0]), int(interpreter.libc[1]), int(interpreter.libc[2])
    if interpreter.bits == 32:  # noqa: PLR2004 - a 32-bit Python on a 64-bit kernel
        machine = {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine)
    if name == "musl":
        yield from (f"musllinux_{major}_{step}_{machine}" for step in range(minor, -1, -1))
        return
    # PEP 600: glibc 2.5 is the floor on x86, 2.17 elsewhere.
    floor = 5 if machine in {"x86_64", "i686"} else 17
    for step in range(minor, floor - 1, -1):
        yield f"manylinux_{major}_{step}_{machine}"
        if step in _OLD_NAMES:
            yield f"{_OLD_NAMES[step]}_{machine}"
