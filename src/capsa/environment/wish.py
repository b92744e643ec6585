"""What box somebody wants, as values, and the texts that follow from it. Never touches a disk. Hot. Follows PEP 405."""

from __future__ import annotations

import os

from capsa.errors import UsageError, quoted
from capsa.model.interpreter import Interpreter
from capsa.model.layout import Layout
from capsa.model.plain import as_line
from capsa.version import __version__

HOT = True  # the fast path: see docs/adr

_TITLES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=,@:")
_LEVELS = (("rc", "candidate"), ("a", "alpha"), ("b", "beta"))


class Wish:
    """One box to be made.

    ``root`` is its absolute path; ``interpreter`` the base Python; ``scripts`` the activation scripts by file name;
    ``prompt`` the text asked for with ``--prompt``, "" for none; ``command`` what pyvenv.cfg tells of who made it, ""
    for the line that makes such a box again.
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
    base = wish.interpreter.base_executable
    if not _is_unicode(base):
        raise UsageError(f"no box can be made of the Python at {quoted(base)}: its path has bytes that are not UTF-8")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in wish.prompt):  # noqa: PLR2004 - the control characters
        raise UsageError(f"the prompt {quoted(wish.prompt)} has a control character")


def prompt_text(prompt: str, folder: str) -> str:
    """Return the prompt that ``--prompt`` means: "." is the name of the current ``folder``, as for Python's venv."""
    return os.path.basename(folder) if prompt == "." else prompt


def config_text(wish: Wish, *, has_pip: bool = True) -> str:
    """Return the text of pyvenv.cfg, all of it valid Unicode: what Python's venv writes, and virtualenv and uv add.

    ``command`` makes such a box again, with pip or without by ``has_pip``. ``soabi`` tells builds of one version apart.
    """
    interpreter = wish.interpreter
    base = interpreter.base_executable
    rows = [
        ("home", os.path.dirname(base)),
        ("include-system-site-packages", "true" if wish.has_system_site else "false"),
        ("version", ".".join(str(part) for part in interpreter.version_info)),
        ("executable", base),
        ("command", as_line(wish.command) if wish.command else _command(wish, has_pip=has_pip)),
        ("implementation", _TITLES.get(interpreter.implementation, interpreter.implementation)),
        ("version_info", _version_info(interpreter)),
        ("capsa", __version__),
    ]
    if interpreter.soabi:
        rows.insert(-1, ("soabi", interpreter.soabi))
    if wish.prompt:
        rows.insert(3, ("prompt", repr(wish.prompt)))
    return "".join(f"{key} = {value}\n" for key, value in rows)


def program_names(interpreter: Interpreter) -> list[str]:
    """Return the further names of ``python`` in a box: python3, python3.12, python3.13t; for PyPy its own names too."""
    minor = interpreter.minor
    names = ["python3", f"python{minor}"]
    flags = ("t" if interpreter.is_free_threaded else "") + ("d" if interpreter.is_debug else "")
    if flags:
        names.append(f"python{minor}{flags}")
    if interpreter.implementation == "pypy":
        names += ["pypy", "pypy3", f"pypy{minor}"]
    return names


def _command(wish: Wish, *, has_pip: bool) -> str:
    words = ["capsa", "create", "-p", wish.interpreter.base_executable]
    for is_asked, option in (
        (not has_pip, "--no-pip"),
        (wish.is_copy, "--copies"),
        (wish.has_system_site, "--system-site-packages"),
        (wish.prompt, f"--prompt={wish.prompt}"),
        (wish.is_cleared, "--clear"),
        (wish.is_allowed_existing, "--allow-existing"),
        (wish.is_upgraded, "--upgrade"),
    ):
        if is_asked:
            words.append(option)
    return " ".join(_word(word) for word in (*words, wish.root))


def _word(text: str) -> str:
    """Quote a word for a POSIX shell (POSIX.1-2024 for `$'...'`), on one line and without a byte that is no UTF-8."""
    if _PLAIN.issuperset(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return "$'" + "".join(map(_sign, text)) + "'"


def _sign(sign: str) -> str:
    if sign in "\\'":
        return f"\\{sign}"
    # Three octal digits can't be taken for more by what follows.
    return sign if sign.isprintable() else "".join(f"\\{byte:03o}" for byte in sign.encode("utf-8", "surrogateescape"))


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _version_info(interpreter: Interpreter) -> str:
    # sys.version_info as virtualenv writes it: 3.13.0.candidate.1
    release = ".".join(str(part) for part in interpreter.version_info)
    rest = interpreter.version.removeprefix(release).rstrip("+")
    for short, level in _LEVELS:
        if rest.startswith(short):
            return f"{release}.{level}.{rest[len(short) :]}"
    return f"{release}.final.0"
