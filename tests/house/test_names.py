"""Names and texts: what things may be called, and how a module introduces itself."""

import ast
import re

import pytest

from house.sources import aliases, dotted, imports, parse, sources, uphold

EMPTY_WORDS = frozenset(["util", "utils", "helper", "helpers", "common", "base", "manager", "handler", "misc", "core"])
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
QUESTIONS = ("is_", "has_", "_is_", "_has_")
ROOT_FAILURE = "Failure"


def _words(name):
    return set(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name.rpartition(".")[2])) if name else set()


def empty(source):
    """Return the modules, classes and functions named by a word that says nothing."""
    if {word.lower() for word in _words(source.module)} & EMPTY_WORDS:
        yield f"{source.module}: a module's name must say what is in it"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and {word.lower() for word in _words(node.name)} & EMPTY_WORDS:
            yield source.at(node, f"the class {node.name} is named by a word that says nothing")
        if isinstance(node, FUNCTIONS) and node.name.strip("_") in EMPTY_WORDS:
            yield source.at(node, f"the function {node.name} is named by a word that says nothing")


def mislabelled(source):
    """Return the exceptions that do not end in Error, and the classes that inherit without being one."""
    known = aliases(source)
    local = {node.name for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for entry in node.bases:
            name = dotted(entry, known) or ast.unparse(entry)
            is_failure = name.endswith(("Error", "Exception", ROOT_FAILURE, "Refused"))
            if is_failure and not node.name.endswith("Error") and source.module != "capsa.errors":
                yield source.at(node, f"the error {node.name} does not end in Error")
            if not is_failure and (name in local or name.startswith("capsa.")) and not _is_port(name, source):
                yield source.at(node, f"{node.name} inherits from {name}: nothing inherits here but errors")


def _is_port(name, source):
    for other in (source, *sources()):
        for node in ast.walk(other.tree):
            if isinstance(node, ast.ClassDef) and node.name == name.rpartition(".")[2]:
                return any(ast.unparse(entry).startswith("Protocol") for entry in node.bases)
    return False


def unasked(source):
    """Return the boolean fields and properties that do not read as a question; those of settings are named by keys."""
    if source.module == "capsa.settings.layer":
        return
    for owner in ast.walk(source.tree):
        if not isinstance(owner, ast.ClassDef):
            continue
        for node in owner.body:
            is_field = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "bool"
            is_property = (
                isinstance(node, FUNCTIONS)
                and node.returns
                and ast.unparse(node.returns) == "bool"
                and any(ast.unparse(mark) in {"property", "cached_property"} for mark in node.decorator_list)
            )
            name = getattr(node, "name", None) or ast.unparse(getattr(node, "target", node))
            if (is_field or is_property) and not name.startswith(QUESTIONS):
                yield source.at(node, f"{owner.name}.{name} is a boolean and begins with neither is_ nor has_")


def loose(source):
    """Return the imports of `dataclasses`: values are made by `capsa.value`, frozen and a thirtieth as dear."""
    for node, name in imports(source):
        if name == "dataclasses":
            yield source.at(node, "imports dataclasses: `capsa.value` makes values (docs/adr/0014)")


def untold(source):
    """Return the modules without an introduction, or with one of more than 8 lines; a drawing does not count."""
    text = ast.get_docstring(source.tree, clean=False)
    if not text:
        yield f"{source.module}: has no docstring"
        return
    prose = [line for line in text.splitlines() if line.strip() and not line.startswith("  ")]
    if len(prose) > 8:
        yield f"{source.module}: introduces itself in {len(prose)} lines; 8 are enough"


LAWS = [empty, mislabelled, unasked, loose, untold]


@pytest.mark.parametrize("law", LAWS)
def test_things_are_called_by_their_names(law):
    uphold(law)


@pytest.mark.parametrize(
    ("law", "module", "text"),
    [
        (empty, "capsa.disk.utils", ""),
        (empty, "capsa.disk.path_helpers", ""),
        (empty, "capsa.disk.link", "class CacheManager: ..."),
        (empty, "capsa.disk.link", "class BaseLinker: ..."),
        (empty, "capsa.disk.link", "def helper(): ..."),
        (mislabelled, "capsa.disk.link", "from capsa.errors import DiskError\nclass Full(DiskError): ..."),
        (mislabelled, "capsa.disk.link", "class Trouble(Exception): ..."),
        (mislabelled, "capsa.disk.link", "class Linker: ...\nclass Fast(Linker): ..."),
        (unasked, "capsa.disk.link", "class Wish:\n    clear: bool"),
        (unasked, "capsa.disk.link", "class Wish:\n    @property\n    def empty(self) -> bool: ..."),
        (loose, "capsa.disk.link", "import dataclasses"),
        (loose, "capsa.disk.link", "from dataclasses import dataclass"),
        (untold, "capsa.disk.link", "import os"),
        (untold, "capsa.disk.link", '"""' + "A line.\n" * 9 + '"""'),
    ],
)
def test_the_law_notices(law, module, text):
    assert list(law(parse(text, module)))


@pytest.mark.parametrize(
    "text",
    [
        '"""A drawing:\n\n' + "    BOX/\n" * 12 + '"""',
        '"""An error."""\nfrom capsa.errors import DiskError\nclass FullError(DiskError): ...',
        '"""A value."""\nfrom capsa.value import value\n@value\nclass Wish:\n    is_copy: bool',
        '"""A port."""\nclass Port(Protocol): ...\nclass Fake(Port): ...',
    ],
)
def test_the_law_lets_good_names_be(text):
    assert not [found for law in LAWS for found in law(parse(text))]
