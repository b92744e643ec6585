"""What a user writes to ask for a Python, read: a version, a range, an implementation, a program, a place.

    3.12   3.12.1   3.13t or 3.13+freethreaded   3.13d or 3.13+debug   3.14+gil   >=3.10,<3.13   python3.11   pypy
    pypy@3.9   cpython@>=3.10   pypy3.9-7.3.12 (pyenv's names)   cp312   ./folder-of-an-environment   /usr/bin/python3
    graalpy (a program on PATH)

Never looks at a disk. Hot: `packaging` is loaded only for a range.
"""

from __future__ import annotations

from capsa.errors import InterpreterError
from capsa.model.interpreter import Interpreter

HOT = True  # the fast path: see docs/adr

_FORMS = "write a version (3.12), a range (>=3.10,<3.13), pypy@3.9, or a path to a Python"
_IMPLEMENTATIONS = ("cpython", "python", "pypy", "graalpy", "cp", "pp")  # longer names before their beginnings
_SHORT = {"cp": "cpython", "pp": "pypy", "python": ""}
_OPERATORS = ("<", ">", "=", "!", "~")
_OLDEST = (3, 8)
# uv's words for builds, beside Python's own letters; a release alone means the build with the lock already.
_VARIANTS = {"freethreaded": "t", "debug": "d", "freethreaded+debug": "td", "gil": "", "gil+debug": "d"}
_PRE = (("rc", "rc"), ("alpha", "a"), ("beta", "b"), ("a", "a"), ("b", "b"))


class Request:
    """One demand on a Python.

    Exactly one way of asking is set: ``path`` (as written), ``program`` (a name to look up on PATH), or properties:
    ``implementation`` ("" for any), ``release`` ((3, 12) fits every 3.12.x; () for any), ``version`` (the whole version
    with a pre-release part, else ""), ``specifiers`` (PEP 440, else ""), ``build`` (version of the implementation).
    """

    __slots__ = (
        "build",
        "implementation",
        "is_debug",
        "is_free_threaded",
        "path",
        "program",
        "release",
        "specifiers",
        "text",
        "version",
    )

    def __init__(self, text: str) -> None:
        """Take the text as written; everything else is open until it is set."""
        self.text = text
        self.path = self.program = self.implementation = self.version = self.specifiers = self.build = ""
        self.release: tuple[int, ...] = ()
        self.is_free_threaded = self.is_debug = False

    @property
    def is_open(self) -> bool:
        """Whether any version will do."""
        return not (self.release or self.specifiers)

    @property
    def is_too_old(self) -> bool:
        """Whether every Python that is asked for is older than 3.8, the oldest that capsa makes environments for."""
        return bool(self.release) and self.release[:2] < _OLDEST[: len(self.release)]

    def is_met_by(self, interpreter: Interpreter) -> bool:
        """Whether a Python has the properties; a special build fits only if it was asked for, or nothing was."""
        if self.implementation and interpreter.implementation != self.implementation:
            return False
        if self.build and interpreter.implementation_version != self.build:
            return False
        wanted, given = (self.is_free_threaded, self.is_debug), (interpreter.is_free_threaded, interpreter.is_debug)
        if wanted != given and (any(wanted) or not self.is_open):
            return False
        if self.version:
            return interpreter.version == self.version
        if self.specifiers:
            return is_within(interpreter, self.specifiers)
        return tuple(interpreter.version_info[: len(self.release)]) == self.release

    def may_be_met_by(self, release: tuple[int, ...]) -> bool:
        """Whether a Python with these leading release numbers ((3, 11, 7), or fewer) can fit at all."""
        length = min(len(self.release), len(release))
        return self.release[:length] == release[:length]

    def names(self) -> list[str]:
        """The program names to look up on PATH, most telling first."""
        stems = {"pypy": ["pypy"], "graalpy": ["graalpy"]}.get(self.implementation, ["python"])
        flags = ("t" if self.is_free_threaded else "") + ("d" if self.is_debug else "")
        names = []
        for stem in stems:
            if len(self.release) > 1:
                names.append(f"{stem}{self.release[0]}.{self.release[1]}{flags}")
            names += [f"{stem}3", stem]
        return names


def parse_request(text: str) -> Request:
    """Return what ``text`` asks for; raises InterpreterError with the readable forms as a hint."""
    request = Request(text.strip())
    if "/" in text or "\\" in text or request.text == "~" or request.text.startswith("."):
        request.path = request.text
        return request
    if _is_read(request, request.text.lower()):
        return request
    if request.text[:1].isalpha() and all(sign.isalnum() or sign in "._+-" for sign in request.text):
        request.program = request.text
        return request
    raise InterpreterError(f"`{request.text}` does not name a Python", hints=(_FORMS,))


def is_within(interpreter: Interpreter, specifiers: str) -> bool:
    """Whether the version of a Python lies in a range of PEP 440; raises InterpreterError for an unreadable range.

    A pre-release counts: Python 3.14.0rc1 that is there is meant by ``>=3.13``.
    """
    version = interpreter.version
    return _specifier_set(specifiers).contains(f"{version}local" if version.endswith("+") else version)


class _Range:
    """A range of versions as `packaging` reads it, without its types in this module's imports."""

    __slots__ = ("_specifiers",)

    def __init__(self, text: str) -> None:
        from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - 15 ms that only a range pays

        self._specifiers = SpecifierSet(text)

    def contains(self, version: str) -> bool:
        return self._specifiers.contains(version, prereleases=True)


def _specifier_set(text: str) -> _Range:
    try:
        return _Range(text)
    except ValueError as error:  # packaging's InvalidSpecifier
        raise InterpreterError(f"`{text}` is not a range of Python versions", hints=(_FORMS,)) from error


def _is_read(request: Request, text: str) -> bool:
    rest = text
    for name in _IMPLEMENTATIONS:
        if text.startswith(name):
            request.implementation = _SHORT.get(name, name)
            rest = text[len(name) :]
            if name in {"cp", "pp"}:
                # cp312 is 3.12, as in the tags of wheels.
                return rest[:1].isdigit() and rest[1:2].isdigit() and _is_version(request, f"{rest[0]}.{rest[1:]}")
            break
    is_marked = rest[:1] in {"@", "-"} and rest != text
    rest = rest[1:] if is_marked else rest
    if not rest:
        return bool(text) and not is_marked
    if rest.startswith(_OPERATORS):
        _specifier_set(rest)
        request.specifiers = rest
        return True
    release, mark, build = rest.partition("-")
    if mark and not request.implementation:
        return False
    request.build = build
    return bool(build) == bool(mark) and _is_version(request, release)


def _is_version(request: Request, text: str) -> bool:
    body, _, variant = text.partition("+")
    if variant:
        flags = _VARIANTS.get(variant, "?")
    else:
        body = text.rstrip("td")
        flags = text[len(body) :]
    if flags not in {"", "t", "d", "td"}:
        return False
    request.is_free_threaded, request.is_debug = "t" in flags, "d" in flags
    head, pre = _split_pre(body)
    parts = head.split(".")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):  # noqa: PLR2004 - X.Y.Z
        return False
    request.release = tuple(int(part) for part in parts)
    request.version = head + pre if pre else ""
    return True


def _split_pre(text: str) -> tuple[str, str]:
    for word, short in _PRE:
        head, found, number = text.partition(word)
        if found and number.isdigit():
            return head, short + number
    return text, ""
