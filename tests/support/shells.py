"""Real shells for the tests: on PATH, or below .dev/shells, where `dev.py test` puts those that it can get."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

_PLACE = Path(__file__).parents[2] / ".dev" / "shells"
# What npm calls `nu` starts Node, which starts nu; the program itself lies deeper.
_FOLDERS = (_PLACE / "bin", *_PLACE.glob("node_modules/@nushell/*/bin"))

# Names that no shell may act on, whatever it does with them: of projects, of boxes, of prompts.
HOSTILE = [
    "it's",
    'quo"te',
    "$(touch hit)",
    "`touch hit`",
    "${HOME+x}",
    "a; touch hit; b",
    "a & touch hit",
    "!! !$ !touch",
    "%n%m%(?.a.b)%F{red}%s",
    "%PATH% %~dp0 %1",
    "back\\slash\\",
    "\\$(touch hit)",
    "%$(touch hit)",
    "-n",
    "*?[a]",
    "~root",
    "#comment",
    "ünï 漢字",
    "a|b<c>d",
    "{touch,hit} (touch hit)",
    "'\"'$(touch hit)'\"'",
]


def program_of(shell: str) -> str:
    """Return the program of a shell, or skip the test by its name."""
    for folder in _FOLDERS:
        if (folder / shell).exists():
            return str(folder / shell)
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not here")
    return found
