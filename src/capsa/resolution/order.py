"""The order of versions and the intervals of it that specifiers stand for. PURE. Follows PEP 440.

Every operator but ``===`` is one half-open interval of a sort key, or the complement of one.
"""

from __future__ import annotations

from packaging.version import Version

_INF = float("inf")
_FINAL: tuple[float, int] = (3, 0)
_DEV_ONLY: tuple[float, int] = (-1, 0)
_PRE = {"a": 0, "b": 1, "rc": 2}

# (epoch, release without trailing zeros, (stage, number), post or -1, dev or infinity, local)
Key = tuple[int, tuple[int, ...], tuple[float, int], float, float, tuple[tuple[int, int, str], ...]]
# One clause of a specifier: (operator, version text), as in (">=", "1.0") or ("==", "1.*")
Clause = tuple[str, str]

_AFTER_LOCALS = ((2, 0, ""),)  # above every local version
_NEXT_LOCAL = (-1, 0, "")  # appended: above this local version, below each that continues it


def sort_key(text: str) -> Key:
    """Return the key by which PEP 440 orders a version; raises InvalidVersion, as packaging does."""
    if text.replace(".", "").isdigit() and text.isascii() and "" not in (parts := text.split(".")):
        return (0, _trimmed(tuple(map(int, parts))), _FINAL, -1, _INF, ())
    return _key_of(Version(text))


def is_prerelease(text: str) -> bool:
    """Whether a normalized version is a pre-release: alpha, beta, candidate or development release."""
    public = text.partition("+")[0]
    return not {"a", "b", "c", "d"}.isdisjoint(public)


def _key_of(version: Version) -> Key:
    pre, post, dev = version.pre, version.post, version.dev
    if pre is not None:
        stage: tuple[float, int] = (_PRE[pre[0]], pre[1])
    else:
        stage = _DEV_ONLY if dev is not None and post is None else _FINAL
    local = tuple(
        (1, int(part), "") if part.isdigit() else (0, 0, part) for part in (version.local or "").split(".") if part
    )
    return (
        version.epoch,
        _trimmed(version.release),
        stage,
        -1 if post is None else post,
        _INF if dev is None else dev,
        local,
    )


def _trimmed(release: tuple[int, ...]) -> tuple[int, ...]:
    end = len(release)
    while end and not release[end - 1]:
        end -= 1
    return release[:end]


def _first_of(version: Version, release: tuple[int, ...]) -> Key:
    """The key of the very first version, the .dev0, of a release."""
    return (version.epoch, _trimmed(release), _DEV_ONLY, -1, 0, ())


def _next(release: tuple[int, ...]) -> tuple[int, ...]:
    return (*release[:-1], release[-1] + 1)


def _after(version: Version) -> Key:
    """Where ``>version`` begins: after its local versions and, unless it is one itself, its post-releases."""
    epoch, release, stage, post, dev, _ = _key_of(version)
    if version.dev is not None:
        return (epoch, release, stage, post, dev + 1, ())
    if version.post is not None:
        return (epoch, release, stage, post + 1, 0, ())
    return (epoch, release, stage, _INF, 0, ())


def _below(version: Version) -> Key:
    """Where ``<version`` ends: at its first pre-release, unless it is one itself."""
    key = _key_of(version)
    if version.is_prerelease:
        return key
    return _first_of(version, version.release) if version.post is None else (*key[:4], 0, ())


def _equal(version: Version) -> tuple[Key, Key]:
    """The interval of ``==version``, which holds its local versions unless it names one."""
    key = _key_of(version)
    if version.local is None:
        return key, (*key[:5], _AFTER_LOCALS)
    return key, (*key[:5], (*key[5], _NEXT_LOCAL))


def interval(operator: str, text: str) -> tuple[Key | None, Key | None]:
    """Return the half-open interval (from, to) of a clause; None is unbounded.

    For ``!=`` it is the interval of the complement. ``===`` has none. Raises InvalidVersion, as packaging does.
    """
    version = Version(text.removesuffix(".*"))
    if text.endswith(".*"):
        return _first_of(version, version.release), _first_of(version, _next(version.release))
    return _bounds(operator, version)


def _bounds(operator: str, version: Version) -> tuple[Key | None, Key | None]:
    match operator:
        case "<":
            return None, _below(version)
        case "<=":
            return None, (*_key_of(version)[:5], _AFTER_LOCALS)
        case ">":
            return _after(version), None
        case ">=":
            return _key_of(version), None
        case "~=":
            return _key_of(version), _first_of(version, _next(version.release[:-1]))
    return _equal(version)
