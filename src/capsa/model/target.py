"""The environment that is resolved for: a point of marker space and the wheel tags it accepts, best first.

Follows PEP 508 (markers), PEP 425 (tags), PEP 600 and PEP 656 (manylinux, musllinux). PURE: worked out of the facts of
an interpreter, never by asking the running one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms

from capsa.model.interpreter import Interpreter
from capsa.value import value


@value
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
    nodot = f"{python[0]}{python[1]}"
    pure: str | None
    if interpreter.implementation == "cpython":
        pure = f"cp{nodot}"
        tags = [*cpython_tags(python, abis=_cpython_abis(interpreter, pure), platforms=platforms)]
    else:
        is_pypy = interpreter.implementation == "pypy"
        pure = "pp3" if is_pypy else None
        name = "pp" if is_pypy else interpreter.implementation
        tags = [*generic_tags(f"{name}{nodot}", abis=_generic_abis(interpreter), platforms=platforms)]
    tags += compatible_tags(python, pure, platforms)
    return Target(
        title=f"{interpreter.title} on {interpreter.platform_tag}",
        python=interpreter.markers["python_full_version"],
        markers=dict(interpreter.markers),
        tags=tuple(dict.fromkeys(tags)),
    )


def _cpython_abis(interpreter: Interpreter, short: str) -> list[str]:
    abi = f"{short}{'t' if interpreter.is_free_threaded else ''}"
    # A debug build loads the extension modules of ordinary builds as well.
    return [f"{abi}d", abi] if interpreter.is_debug else [abi]


def _generic_abis(interpreter: Interpreter) -> list[str]:
    # The ABI without the platform: "pypy39-pp73[-x86_64-linux-gnu]", "graalpy-38-native[-x86_64-darwin]".
    parts = interpreter.soabi.replace(".", "_").split("-")
    length = 3 if parts[0].startswith("graalpy") else 2
    return ["_".join(parts[:length])] if parts[0] else []


def _platforms(interpreter: Interpreter) -> Iterator[str]:
    own = interpreter.platform_tag.replace("-", "_").replace(".", "_").replace(" ", "_")
    if interpreter.platform == "darwin":
        yield from mac_platforms(_mac_release(interpreter), interpreter.markers["platform_machine"])
    elif own.startswith("linux_"):
        yield from _linux_platforms(interpreter, own.removeprefix("linux_"))
    else:
        yield own


def _mac_release(interpreter: Interpreter) -> tuple[int, int]:
    """Return the release of macOS by that of its kernel: a build's own platform tag names the oldest it runs on."""
    kernel = interpreter.markers["platform_release"].partition(".")[0]
    major = int(kernel) if kernel.isdecimal() else 0
    if major >= 25:  # noqa: PLR2004 - macOS 26 and later: the kernel of the year before
        return major + 1, 0
    if major >= 20:  # noqa: PLR2004 - macOS 11 to 15
        return major - 9, 0
    return 10, max(major - 4, 0)


_OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def _linux_platforms(interpreter: Interpreter, machine: str) -> Iterator[str]:
    if interpreter.bits == 32:  # noqa: PLR2004 - a 32-bit Python on a 64-bit kernel
        machine = {"x86_64": "i686", "aarch64": "armv8l"}.get(machine, machine)
    machines = ("armv8l", "armv7l") if machine == "armv8l" else (machine,)
    yield from (f"linux_{machine}" for machine in machines)
    if not interpreter.libc:
        return
    name, major, minor = str(interpreter.libc[0]), int(interpreter.libc[1]), int(interpreter.libc[2])
    for machine in machines:
        if name == "musl":
            yield from (f"musllinux_{major}_{step}_{machine}" for step in range(minor, -1, -1))
        else:
            yield from _glibc_platforms(major, minor, machine)


def _glibc_platforms(major: int, minor: int, machine: str) -> Iterator[str]:
    # PEP 600: glibc 2.5 is the floor on x86, 2.17 elsewhere.
    floor = 5 if machine in {"x86_64", "i686"} else 17
    for step in range(minor, floor - 1, -1):
        yield f"manylinux_{major}_{step}_{machine}"
        if step in _OLD_NAMES:
            yield f"{_OLD_NAMES[step]}_{machine}"
