"""Notes in the store which lock was found up to date, so that the next `lock` need not read it.

    CACHE/lock-v1/<sha256 of the lock's path>     marshal: [count of packages, words]

The words are those of `settings_word` and `python_word`, then those of `content_word`, which are held against the
files. Never decides whether a lock is up to date. Hot.
"""

from __future__ import annotations

import os

from capsa.cache.page import read_page, write_page
from capsa.environment.open import FOLDER, is_environment
from capsa.environment.request import settings_word
from capsa.environment.seal import is_met_by
from capsa.interpreter.candidate import on_path
from capsa.interpreter.pyenv import find_pin
from capsa.model.digest import digest
from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr


def lock_words(surroundings: Surroundings, root: str) -> list[str]:
    """Return what besides files has a say in whether the lock of the project in ``root`` is up to date.

    Raises OSError for a Python that can't be looked at.
    """
    return [settings_word(surroundings.variables), *_python_words(surroundings, root)]


def find_lock_note(store: str, path: str, words: list[str]) -> int | None:
    """Return how many packages the lock at the absolute ``path`` has, if it is noted to be up to date; else None.

    ``store`` is the absolute root of the store, ``words`` are those of `lock_words`.
    """
    document = read_page(_place(store, path))
    if not isinstance(document, list) or len(document) != 2:  # noqa: PLR2004 - the count and the words
        return None
    count, noted = document
    return count if isinstance(count, int) and isinstance(noted, list) and is_met_by(words, noted) else None


def write_lock_note(store: str, path: str, words: list[str], count: int) -> None:
    """Note that a lock of ``count`` packages is up to date; raises DiskError when the store can't be written."""
    write_page(_place(store, path), [count, words])


def is_from_path(surroundings: Surroundings, executable: str) -> bool:
    """Whether the base Python at ``executable`` is one that PATH names: only then do the words tell of another one."""
    return os.path.realpath(executable) in {os.path.realpath(path) for path in _candidates(surroundings)}


def _python_words(surroundings: Surroundings, root: str) -> list[str]:
    box = f"{root}/{FOLDER}"
    if is_environment(box):
        return ["box", _mark(f"{box}/bin/python"), _mark(f"{box}/pyvenv.cfg")]
    return [f"pin {find_pin(root)}", *(_mark(path) for path in _candidates(surroundings))]


def _candidates(surroundings: Surroundings) -> list[str]:
    return list(on_path(["python3", "python"], surroundings))


def _mark(path: str) -> str:
    facts = os.stat(path)
    return f"{path} {facts.st_size} {facts.st_mtime_ns}"


def _place(store: str, path: str) -> str:
    return f"{store}/lock-v1/{digest(os.fsencode(path))}"
