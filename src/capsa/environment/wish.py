"""What box somebody wants, as values, and the texts that follow from it. Never touches a disk. Hot. Follows PEP 405."""

from __future__ import annotations

import os

from capsa.errors import UsageError, quoted
from capsa.model.interpreter import Interpreter
from capsa.model.layout import Layout
from capsa.version import __version__

HOT = True  # the fast path: see docs/adr

_TITLES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}
_LEVELS = (("rc", "candidate"), ("a", "alpha"), ("b", "beta"))


class Wish:
    """One box to be made.

    ``root`` is its absolute path; ``interpreter`` the base Python; ``scripts`` the activation scripts by file name;
    ``prompt`` the text asked for with ``--prompt``, "" for none; ``command`` what was typed, for pyvenv.cfg.
    ``is_copy``: the Python is copied, not linked; ``has_system_site``: the base's packages are seen; ``is_cleared``:
    an environment at ``root`` is replaced; ``is_allowed_existing``: it is kept and completed; ``is_upgraded``: its
    links and pyvenv.cfg are made to mean ``interpreter``, which must be of the same minor version.
    """

    __slots__ = (
        "command",
        "has_system_site",
        "interpreter",
        "is_allowed_existing",
        "is_cleared",
        "is_copy",
        "is_upgraded",
        "prompt",
        "root",
        "scripts",
    )

    def __init__(  # noqa: PLR0913 - one argument an option of the verb, all by name
        self,
        *,
        root: str,
        interpreter: Interpreter,
        scripts: dict[str, bytes] | None = None,
        prompt: str = "",
        command: str = "",
        is_copy: bool = False,
        has_system_site: bool = False,
        is_cleared: bool = False,
        is_allowed_existing: bool = False,
        is_upgraded: bool = False,
    ) -> None:
        self.root = root
        self.interpreter = interpreter
        self.scripts = scripts or {}
        self.prompt = prompt
        self.command = command
        self.is_copy = is_copy
        self.has_system_site = has_system_site
        self.is_cleared = is_cleared
        self.is_allowed_existing = is_allowed_existing
        self.is_upgraded = is_upgraded

    @property
    def layout(self) -> Layout:
        """Where everything in the box lies."""
        return Layout(self.root, lib_name=self.interpreter.lib_name, platform=self.interpreter.platform)

    @property
    def has_lib64(self) -> bool:
        """Whether Python's own venv makes ``lib64`` a link to ``lib`` here."""
        return self.interpreter.bits == 64 and self.interpreter.platform not in {"darwin", "win32"}  # noqa: PLR2004 - bits


def check_wish(wish: Wish) -> None:
    """Raise UsageError for a path or a prompt that would break pyvenv.cfg, PATH or a shell's start."""
    separator = ";" if wish.interpreter.platform == "win32" else ":"
    if separator in wish.root:
        raise UsageError(
            f"{wish.root} can't hold a box: `{separator}` separates the folders of PATH",
            hints=("choose a path without it",),
        )
    if any(sign in wish.root for sign in "\n\r\0"):
        raise UsageError(f"{quoted(wish.root)} can't hold a box: its path has a line break")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in wish.prompt):  # noqa: PLR2004 - the control characters
        raise UsageError(f"the prompt {quoted(wish.prompt)} has a control character")


def prompt_text(prompt: str, folder: str) -> str:
    """Return the prompt that ``--prompt`` means: "." is the name of the current ``folder``, as for Python's venv."""
    return os.path.basename(folder) if prompt == "." else prompt


def config_text(wish: Wish) -> str:
    """Return the text of pyvenv.cfg: the keys that Python's venv writes, and those that virtualenv and uv add."""
    interpreter = wish.interpreter
    base = interpreter.base_executable
    rows = [
        ("home", os.path.dirname(base)),
        ("include-system-site-packages", "true" if wish.has_system_site else "false"),
        ("version", ".".join(str(part) for part in interpreter.version_info)),
        ("executable", base),
        ("command", wish.command or f"capsa create {wish.root}"),
        ("implementation", _TITLES.get(interpreter.implementation, interpreter.implementation)),
        ("version_info", _version_info(interpreter)),
        ("capsa", __version__),
    ]
    if wish.prompt:
        rows.insert(3, ("prompt", repr(wish.prompt)))
    return "".join(f"{key} = {value}\n" for key, value in rows)


def program_names(interpreter: Interpreter) -> list[str]:
    """Return the further names of ``python`` in a box: python3, python3.12; for PyPy its own names too."""
    minor = interpreter.minor
    names = ["python3", f"python{minor}"]
    if interpreter.is_free_threaded:
        names.append(f"python{minor}t")
    if interpreter.implementation == "pypy":
        names += ["pypy", "pypy3", f"pypy{minor}"]
    return names


def _version_info(interpreter: Interpreter) -> str:
    # sys.version_info as virtualenv writes it: 3.13.0.candidate.1
    release = ".".join(str(part) for part in interpreter.version_info)
    rest = interpreter.version.removeprefix(release).rstrip("+")
    for short, level in _LEVELS:
        if rest.startswith(short):
            return f"{release}.{level}.{rest[len(short) :]}"
    return f"{release}.final.0"
