"""What of a package runs each time Python starts, by the rules of CPython's module `site`. PURE.

Lines of ``NAME.pth`` that begin with "import" and a blank or a tab; the entry points in ``NAME.start`` (PEP 829, Python
3.15), beside which the import lines of ``NAME.pth`` no longer count; the module ``sitecustomize``. Only the top of
site-packages is read. Where Pythons differ on how lines end, every line counts that one of them would run.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from capsa.errors import quoted
from capsa.value import value

PTH, START = ".pth", ".start"
_CUSTOM = "sitecustomize"
_MODULES = (".py", ".so", ".pyd", ".pyc")

_STARTS_SINCE = (3, 15)  # the first Python that reads .start files
# The first release of each older Python that passes over files whose name begins with a dot.
_HIDDEN_SINCE = {(3, 8): 19, (3, 9): 19, (3, 10): 14, (3, 11): 8, (3, 12): 2}

# What setuptools has brought for years, to stand in for distutils; in any other package it would be news.
_KNOWN = frozenset(
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; "
    f"enabled = os.environ.get(var, '{default}') == 'local'; "
    "enabled and __import__('_distutils_hack').add_shim();"
    for default in ("local", "stdlib")
)

_SHOWN_LINES = 3
_SHOWN_SIGNS = 72


@value
class StartupLine:
    """One line that runs: its ``number`` in the file, from 1 on, 0 for a module; ``text`` without space around it."""

    number: int
    text: str


def is_startup(name: str, version: Sequence[int]) -> bool:
    """Whether the Python of a version (3, 11, 7) looks into a file or folder by this name in site-packages.

    Files that only a newer Python reads count too: a box may get one.
    """
    if name.endswith((PTH, START)):
        return not name.startswith(".") or _sees_hidden(version)
    stem, _, ending = name.partition(".")
    return stem == _CUSTOM and (not ending or f".{ending}".endswith(_MODULES))


def startup_lines(name: str, content: bytes) -> tuple[StartupLine, ...]:
    """Return what runs of a file for which `is_startup` holds."""
    if not name.endswith((PTH, START)):
        return (StartupLine(number=0, text=name),)
    runs = _is_import if name.endswith(PTH) else _is_entry_point
    lines = content.decode("utf-8-sig", "replace").splitlines()
    return tuple(StartupLine(number=number, text=line.strip()) for number, line in enumerate(lines, 1) if runs(line))


def is_replaced(name: str, names: Container[str], version: Sequence[int]) -> bool:
    """Whether a file is a .pth file whose import lines do not count, since its .start file is among ``names``."""
    stem = name.removesuffix(PTH)
    return stem != name and tuple(version[:2]) >= _STARTS_SINCE and f"{stem}{START}" in names


def news(package: str, lines: Iterable[StartupLine], before: Container[str]) -> tuple[StartupLine, ...]:
    """Return the lines that are worth a word: not those that the package had before, nor those that all know."""
    known = _KNOWN if package == "setuptools" else frozenset[str]()
    return tuple(line for line in lines if line.text not in before and line.text not in known)


def startup_sentence(package: str, name: str, lines: Sequence[StartupLine], version: Sequence[int]) -> str:
    """Return the sentence about the lines of one file, control characters escaped and what is long cut short."""
    is_later = name.endswith(START) and tuple(version[:2]) < _STARTS_SINCE
    python = "Python 3.15 or newer" if is_later else "Python"
    file = quoted(name)[1:-1]
    if not lines[0].number:
        return f"{package} runs code each time {python} starts, which then imports {file}"
    place = f"line {lines[0].number}" if len(lines) == 1 else f"{len(lines)} lines"
    shown = ", ".join(_cut(line.text) for line in lines[:_SHOWN_LINES])
    rest = f" and {len(lines) - _SHOWN_LINES} more" if len(lines) > _SHOWN_LINES else ""
    return f"{package} runs code each time {python} starts, by {place} of {file}: {shown}{rest}"


def _is_import(line: str) -> bool:
    return line.startswith(("import ", "import\t"))


def _is_entry_point(line: str) -> bool:
    return ":" in line and not line.lstrip().startswith("#")


def _sees_hidden(version: Sequence[int]) -> bool:
    fixed = _HIDDEN_SINCE.get((version[0], version[1]))
    return tuple(version[:2]) < min(_HIDDEN_SINCE) if fixed is None else version[2] < fixed


def _cut(line: str) -> str:
    # Blanks are counted for nothing: a line may hide what it does far to the right.
    text = " ".join(line.split())
    if len(text) <= _SHOWN_SIGNS:
        return quoted(text)
    return f"{quoted(text[:_SHOWN_SIGNS] + '…')} ({len(line)} characters)"
