"""Sizes: modules, functions, branches, arguments and test files stay small enough to be read."""

import ast
import os

import pytest

from house.sources import ROOT, Source, parse, python_files, read, sources, uphold

MODULE, FUNCTION, BRANCHES, ARGUMENTS, TEST_FILE = 400, 60, 10, 6, 600
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def development():
    """Return the modules that work on the checkout: dev.py and its parts, the examples, the benchmarks."""
    paths = [os.path.join(ROOT, "dev.py")]
    for folder in ("workshop", "examples", "benchmarks"):
        paths += python_files(os.path.join(ROOT, folder))
    return tuple(Source(module=os.path.relpath(path, ROOT), path=path, text=read(path)) for path in paths)


def long_module(source):
    """Return whether a module is longer than a reader's patience."""
    length = len(source.text.splitlines())
    if length > MODULE:
        yield f"{source.module}: {length} lines; the gate is {MODULE}"


def long_function(source):
    """Return the functions that are too long."""
    for node in ast.walk(source.tree):
        if isinstance(node, FUNCTIONS) and (length := node.end_lineno - node.lineno + 1) > FUNCTION:
            yield source.at(node, f"{node.name} has {length} lines; the gate is {FUNCTION}")


def complexity(function) -> int:
    """Return how many ways lead through a function (McCabe), counted as ruff counts."""
    ways = 1
    for node in ast.walk(function):
        ways += isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While | ast.ExceptHandler)
        ways += isinstance(node, ast.match_case) and not isinstance(node.pattern, ast.MatchAs)
        ways += isinstance(node, FUNCTIONS) and node is not function
    return ways


def branching(source):
    """Return the functions with too many ways through them."""
    for node in ast.walk(source.tree):
        if isinstance(node, FUNCTIONS) and (ways := complexity(node)) > BRANCHES:
            yield source.at(node, f"{node.name} has complexity {ways}; the gate is {BRANCHES}")


def many_arguments(source):
    """Return the functions with too many arguments; a noun's constructor, or a fake's, may say on its line why."""
    for node in ast.walk(source.tree):
        if not isinstance(node, FUNCTIONS):
            continue
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        count = len([argument for argument in arguments if argument.arg not in {"self", "cls"}])
        is_noun = node.name == "__init__" or source.room == "capsa.testing"
        is_explained = is_noun and "# noqa: PLR0913 - " in source.line(node)
        if count > ARGUMENTS and not is_explained:
            yield source.at(node, f"{node.name} has {count} arguments; more than {ARGUMENTS} means a missing noun")


LAWS = [long_module, long_function, branching, many_arguments]


@pytest.mark.parametrize("law", LAWS)
def test_the_house_is_small_enough_to_be_read(law):
    uphold(law)


@pytest.mark.parametrize("law", LAWS)
def test_so_are_the_scripts_beside_it(law):
    assert [text for source in development() for text in law(source)] == []


def test_the_median_module_is_short():
    lengths = sorted(len(source.text.splitlines()) for source in sources() if not source.is_package)
    assert lengths[len(lengths) // 2] <= 150


def test_test_files_are_short():
    lengths = {path: len(read(path).splitlines()) for path in python_files(os.path.join(ROOT, "tests"))}
    assert {path: length for path, length in lengths.items() if length > TEST_FILE} == {}


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (long_module, "x = 1\n" * 401),
        (long_function, "def f():\n" + "    x = 1\n" * 60),
        (branching, "def f(a):\n" + "    if a:\n        return\n" * 10),
        (
            branching,
            "def f(a):\n    try:\n        a()\n" + "".join(f"    except E{n}:\n        a()\n" for n in range(10)),
        ),
        (many_arguments, "def f(a, b, c, *, d, e, f, g): ..."),
        (many_arguments, "class A:\n    def f(self, a, b, c, d, e, f, g): ...  # noqa: PLR0913 - so many"),
    ],
)
def test_the_gate_notices(law, text):
    assert list(law(parse(text)))


def test_the_gate_lets_the_largest_pass():
    text = "def f(a, b, c, d, e, g):\n" + "    if a:\n        return\n" * 9
    assert not [found for law in LAWS for found in law(parse(text))]
