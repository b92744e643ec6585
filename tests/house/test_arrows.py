"""Law 1: arrows go down, no circles. Law 2: building and asking an index are joined by hand-over."""

import ast

import pytest

from house.sources import FLOORS, Source, imported_modules, imports, parse, room_of, sources, uphold

KNOWN = frozenset(source.module for source in sources())
ROOMS = frozenset(FLOORS)
# Law 2: `ops.session` hands these what they need of each other.
STRANGERS = {
    "capsa.index": ("capsa.builder", "capsa.ops", "capsa.commit"),
    "capsa.builder": ("capsa.index", "capsa.ops"),
}
PURE = ("capsa.model", "capsa.resolution", "capsa.diagnosis", "capsa.index.listing", "capsa.commit.moves")
# What a pure room may not touch. `io` and `csv` on texts are fine.
IMPURE = (
    "os", "posix", "sys", "subprocess", "socket", "time", "tempfile", "shutil", "pathlib", "glob", "threading",
    "asyncio", "urllib.request", "http", "ssl", "random", "capsa.disk", "capsa.process",
)  # fmt: skip


def upward(source):
    """Return the imports that do not go to a floor below or stay in the room."""
    floor = FLOORS.get(source.room)
    if floor is None:
        yield f"{source.module}: {source.room} is on no floor"
        return
    for node, name in imports(source):
        room = room_of(name)
        if name.startswith("."):
            yield source.at(node, f"imports {name} by a relative path")
        elif name == "capsa" or (name.startswith("capsa.") and room not in ROOMS):
            if (
                name == "capsa"
                and isinstance(node, ast.ImportFrom)
                and all(f"capsa.{alias.name}" in ROOMS for alias in node.names)
            ):
                continue
            yield source.at(node, f"imports {name}: the front door is for people outside")
        elif room in ROOMS and room != source.room and FLOORS[room] >= floor:
            yield source.at(node, f"imports {name}, which is not on a floor below {source.room}")


def type_only(source):
    """Return the uses of TYPE_CHECKING: an import that hides there is still an arrow."""
    for node in ast.walk(source.tree):
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING") or (
            isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING"
        ):
            yield source.at(node, "TYPE_CHECKING hides an import")


def hidden(source):
    """Return the imports of the house inside functions, except in the front door and where verbs are loaded."""
    if source.module in {"capsa", "capsa.__main__"} or source.room == "capsa.cli":
        return
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                yield from (
                    source.at(node, f"imports {name} inside a function")
                    for name in names
                    if name.split(".")[0] == "capsa"
                )


def strangers(source):
    """Return the imports by which the index would know the builder, or the builder the index."""
    for node, name in imports(source):
        for stranger in STRANGERS.get(source.room, ()):
            if name == stranger or name.startswith(f"{stranger}."):
                yield source.at(node, f"imports {name}, which must be handed to {source.room}")


def impure(source):
    """Return what a pure module imports or calls that it may not."""
    if not source.module.startswith(PURE):
        return
    for node, name in imports(source):
        if any(name == other or name.startswith(f"{other}.") for other in IMPURE):
            yield source.at(node, f"imports {name} in a pure room")
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"open", "input", "print"}
        ):
            yield source.at(node, f"calls {node.func.id}() in a pure room")


def circles(modules: tuple[Source, ...]) -> list[str]:
    """Return the circles among modules; an import in a function counts as any other, and a package as its module."""
    known = frozenset(source.module for source in modules)
    arrows = {
        source.module: {name for _, name in imported_modules(source, known) if name != source.module}
        for source in modules
    }
    found, done = [], set()

    def follow(module, trail):
        if module in trail:
            found.append(" -> ".join([*trail[trail.index(module) :], module]))
        elif module not in done:
            for target in sorted(arrows[module]):
                follow(target, [*trail, module])
            done.add(module)

    for module in sorted(arrows):
        follow(module, [])
    return found


@pytest.mark.parametrize("law", [upward, type_only, hidden, strangers, impure])
def test_arrows_go_down(law):
    uphold(law)


def test_no_module_imports_itself_through_others():
    assert circles(sources()) == []


def test_every_room_is_on_a_floor():
    assert {source.room for source in sources()} <= ROOMS


@pytest.mark.parametrize(
    ("law", "module", "text"),
    [
        (upward, "capsa.index.client", "from capsa.ops import install"),
        (upward, "capsa.cache.store", "import capsa.environment.site"),
        (upward, "capsa.cache.store", "def late():\n    from capsa.index.client import Client"),
        (upward, "capsa.cache.store", "from . import archive"),
        (upward, "capsa.ops.install", "from capsa import __version__"),
        (upward, "capsa.attic.chest", "import os"),
        (type_only, "capsa.cache.store", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import json"),
        (type_only, "capsa.cache.store", "import typing\nif typing.TYPE_CHECKING:\n    import json"),
        (hidden, "capsa.ops.install", "def late():\n    from capsa.model.plan import Plan"),
        (strangers, "capsa.builder.hook", "from capsa.index.catalog import IndexCatalog"),
        (strangers, "capsa.index.catalog", "from capsa.ops.session import Session"),
        (impure, "capsa.resolution.provider", "import os.path"),
        (impure, "capsa.model.plan", "from capsa.disk.atomic import write_new"),
        (impure, "capsa.index.listing", "def parse(path):\n    return open(path)"),
    ],
)
def test_the_law_notices(law, module, text):
    assert list(law(parse(text, module)))


@pytest.mark.parametrize(
    "text",
    [
        "from capsa.model.plan import Plan",
        "from capsa.index.listing import parse_listing",
        "from capsa import errors",
        "import urllib3",
    ],
)
def test_the_law_lets_lawful_imports_be(text):
    assert not list(upward(parse(text, "capsa.index.client")))


def test_a_circle_of_three_is_noticed():
    texts = {
        "a": "from capsa.cache import b",
        "b": "def late():\n    import capsa.cache.c",
        "c": "import capsa.cache.a",
    }
    modules = tuple(parse(text, f"capsa.cache.{name}") for name, text in texts.items())
    assert circles(modules) == ["capsa.cache.a -> capsa.cache.b -> capsa.cache.c -> capsa.cache.a"]
