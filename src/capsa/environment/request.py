"""What `sync` or `run` asks of the box of a project, as words for the seal: both paths make the same ones, here.

The words hold what the command line and the variables say. Whatever else has a say lies in files, and stands in the
seal by `content_word`. A request that can't be told so has no words: it is neither noted nor looked up. Hot.
"""

from __future__ import annotations

from _collections_abc import Mapping

from capsa.model.digest import digest
from capsa.version import __version__

HOT = True  # the fast path: see docs/adr

_SELECTING = ("all-extras", "all-groups", "extra", "group", "no-dev", "no-group", "no-install-project")
# Options that have no say in what the box should hold; "locked" only asks for a failure where the lock is stale.
_SILENT = frozenset({
    *("active", "command", "compile", "env-file", "exact", "frozen", "inexact", "json", "locked", "module", "no-color"),
    *("no-progress", "no-sync", "offline", "project", "quiet", "script", "verbose", "with", "yes"),
})  # fmt: skip
_PREFIXES = ("CAPSA_", "PIP_")
_EXACT, _INEXACT, _FROZEN, _CURRENT = "exact", "inexact", "frozen", "current"


def sync_words(
    values: Mapping[str, object], *, root: str, variables: Mapping[str, str], is_exact: bool
) -> tuple[str, ...]:
    """Return the words of a request, empty where it should be neither noted nor looked up.

    ``values`` are the options by key, as both parsers give them ({} for a plain ``sync``); ``root`` is the absolute
    folder of the project; ``is_exact`` tells whether what is surplus goes (``sync``, and ``run --exact``).
    """
    if not _SILENT.union(_SELECTING).issuperset(values) or {"frozen", "locked"}.issubset(values):
        return ()
    selection: list[str] = []
    for key in _SELECTING:
        value = values.get(key)
        if isinstance(value, list):
            selection += [f"--{key}={word}" for word in sorted(set(value))]
        elif value is not None:
            selection.append(f"--{key}")
    return (
        _EXACT if is_exact else _INEXACT,
        _FROZEN if "frozen" in values else _CURRENT,
        f"project {root}",
        settings_word(variables),
        *selection,
    )


def settings_word(variables: Mapping[str, str]) -> str:
    """Return the word for this capsa and for the variables that settings come from."""
    told = sorted(f"{name}={value}" for name, value in variables.items() if name.startswith(_PREFIXES))
    return f"capsa {__version__} {digest(chr(0).join(told).encode('utf-8', 'surrogateescape')) if told else 'bare'}"


def satisfying(words: tuple[str, ...]) -> list[list[str]]:
    """Return the requests each of which, when it is met, meets the one of these words too: itself first.

    A box that is exactly right is right enough, and a lock that is up to date may be taken as it is.
    """
    modes = [_EXACT] if words[0] == _EXACT else [_INEXACT, _EXACT]
    ages = [_CURRENT] if words[1] == _CURRENT else [_FROZEN, _CURRENT]
    return [[mode, age, *words[2:]] for mode in modes for age in ages]
