"""The source texts of the house, parsed once, and how to find one's way in them."""

import ast
import functools
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SRC = os.path.join(ROOT, "src")

# Which floor a room is on. A room imports from floors below its own and from itself.
FLOORS = {
    "capsa": 7, "capsa.__main__": 7, "capsa.cli": 6,
    "capsa.ops": 5, "capsa.testing": 5,
    "capsa.index": 4, "capsa.interpreter": 4, "capsa.builder": 4,
    "capsa.resolution": 3, "capsa.cache": 3, "capsa.environment": 3, "capsa.commit": 3, "capsa.project": 3,
    "capsa.shell": 3, "capsa.machine": 3, "capsa.transport": 3, "capsa.diagnosis": 3, "capsa.terminal": 3,
    "capsa.settings": 3,
    "capsa.model": 2, "capsa.disk": 2, "capsa.process": 2,
    "capsa.errors": 1, "capsa.value": 1, "capsa.version": 1, "capsa.bundle": 1,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Source:
    """One module: dotted ``module`` name, ``path``, ``text`` and syntax ``tree``."""

    module: str
    path: str
    text: str
    is_package: bool = False

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The room it is in: ``capsa.index`` for ``capsa.index.client``."""
        return room_of(self.module)

    def line(self, node: ast.AST) -> str:
        """The source line on which a node begins."""
        return self.text.splitlines()[node.lineno - 1]

    def at(self, node: ast.AST, complaint: str) -> str:
        """One complaint about a place, as all checkers give it."""
        return f"{self.module}:{node.lineno}: {complaint}"


def room_of(module: str) -> str:
    """Return the part of a dotted name that stands in the table of floors."""
    return ".".join(module.split(".")[:2])


def parse(text: str, module: str = "capsa.index.sample", *, is_package: bool = False) -> Source:
    """Return a made-up module, for the checkers' own tests."""
    return Source(module=module, path=module.replace(".", "/") + ".py", text=text, is_package=is_package)


@functools.cache
def sources() -> tuple[Source, ...]:
    """Return every module below ``src``."""
    found = []
    for path in python_files(SRC):
        parts = os.path.relpath(path, SRC)[: -len(".py")].split(os.sep)
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        found.append(Source(module=module, path=path, text=read(path), is_package=is_package))
    return tuple(found)


def python_files(folder: str) -> Iterator[str]:
    """Return every Python file below a folder, in a stable order."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        yield from (os.path.join(place, name) for name in sorted(files) if name.endswith(".py"))


def read(path: str) -> str:
    """Return a source file's text, in the encoding that it declares."""
    with tokenize.open(path) as stream:
        return stream.read()


def complaints(checker, among=None) -> list[str]:
    """Return everything that a checker has to say about the house."""
    return [text for source in among or sources() for text in checker(source)]


def uphold(checker) -> None:
    """Fail with everything that a checker has to say about the house, a line each."""
    found = complaints(checker)
    assert not found, "\n" + "\n".join(found)


def imports(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Return every import with the full dotted name of the module, and of each name taken from it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, ("." * node.level) + (node.module or "")
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names if not node.level)


def imported_modules(source: Source, known: frozenset[str]) -> Iterator[tuple[ast.stmt, str]]:
    """Return every import of a module of ``known``: ``from capsa.model import plan`` is one of ``capsa.model.plan``."""
    yield from ((node, name) for node, name in imports(source) if name in known)


def dotted(node: ast.AST, known: dict[str, str]) -> str:
    """Return the full name that an expression stands for, "" for what was not imported.

    ``system.environ`` is ``os.environ`` after ``import os as system``; ``known`` is what `aliases` found.
    """
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in known:
        return ""
    return ".".join([known[node.id], *reversed(parts)])


@functools.cache
def aliases(source: Source) -> dict[str, str]:
    """Return what each imported name of a module stands for; of the built-in names, those that open doors."""
    found = {name: name for name in ("open", "print", "input", "__import__", "breakpoint")}
    found = {name: name for name in found if not _is_bound(source, name)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _is_bound(source: Source, name: str) -> bool:
    """Whether a built-in name is a variable or an argument in this module."""
    return any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        for node in ast.walk(source.tree)
    )


@functools.cache
def uses(source: Source) -> tuple[tuple[ast.expr, str], ...]:
    """Return every name and attribute that is read, by its full name, the longest of a chain only."""
    known = aliases(source)
    inner = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
    chains = [node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute | ast.Name)]
    return tuple((node, name) for node in chains if id(node) not in inner and (name := dotted(node, known)))
