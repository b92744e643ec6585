"""Habits: no error is swallowed, no module keeps state, every exception to a rule names the rule and the reason."""

import ast
import os
import re

import pytest

from house.sources import ROOT, Source, parse, python_files, read, uphold

CONTAINERS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "OrderedDict", "deque", "Counter"})
DISPLAYS = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
CHANGES = frozenset({
    "append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "popitem", "add", "discard", "sort",
    "reverse", "appendleft", "popleft", "difference_update", "intersection_update",
})  # fmt: skip


def swallowed(source):
    """Return the handlers that catch everything, or catch something and do nothing with it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield source.at(node, "a bare except")
            if all(isinstance(item, ast.Pass) or _is_ellipsis(item) for item in node.body):
                yield source.at(node, "an except that does nothing")


def _is_ellipsis(item):
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def stateful(source):
    """Return the containers of a module that are not constants, the constants that are changed, and ``global``."""
    held = {}
    for node in source.tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and _is_container(node.value):
                held[target.id] = node
    for name, node in held.items():
        if name != "__all__" and not re.fullmatch(r"_*[A-Z][A-Z0-9_]*", name):
            yield source.at(node, f"{name} is a container at the top of a module and not called a CONSTANT")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield source.at(node, "global: a module keeps no state")
        elif (name := _changed(node)) in held:
            yield source.at(node, f"changes {name}: a module keeps no state")


def _is_container(value):
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in CONTAINERS
    return isinstance(value, DISPLAYS)


def _changed(node):
    """Return the name whose content a node changes, or None."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return getattr(node.value, "id", None)
    if isinstance(node, ast.AugAssign):
        return getattr(node.target, "id", None)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        return getattr(node.func.value, "id", None)
    return None


def unexplained(source):
    """Return the exceptions to a linter's rule that do not name it, or give no reason there or on the line above."""
    above = ""
    for number, line in enumerate(source.text.splitlines(), 1):
        comment = line[line.find("#") :] if "#" in line else ""
        reason = "" if above.lstrip().startswith("#") else r"\s*(-|#) \S"
        if re.search(r"#\s*noqa\b", comment) and not re.search(rf"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*{reason}", comment):
            yield f"{source.module}:{number}: a noqa names its rule and gives a reason: `# noqa: ABC123 - because`"
        if re.search(r"#\s*type:\s*ignore", comment) and not re.search(rf"# type: ignore\[[a-z-]+\]{reason}", comment):
            yield f"{source.module}:{number}: a type: ignore names its rule and gives a reason"
        above = line


def unfinished(source):
    """Return what says that it is not done: a stub is not left behind."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", line):
            yield f"{source.module}:{number}: an unfinished note"
    for node in ast.walk(source.tree):
        is_stub = isinstance(node, ast.Raise) and node.exc is not None and "NotImplemented" in ast.unparse(node.exc)
        if is_stub and "  # " not in source.line(node):
            yield source.at(node, "raises NotImplementedError and does not say who would ever ask: a stub")


LAWS = [swallowed, stateful, unexplained, unfinished]


@pytest.mark.parametrize("law", LAWS)
def test_the_house_keeps_its_habits(law):
    uphold(law)


@pytest.mark.parametrize("law", [swallowed, unexplained, unfinished])
def test_so_do_the_scripts(law):
    paths = [os.path.join(ROOT, "dev.py"), *python_files(os.path.join(ROOT, "workshop"))]
    found = [text for path in paths for text in law(Source(module=os.path.basename(path), path=path, text=read(path)))]
    assert found == []


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (swallowed, "try:\n    f()\nexcept OSError:\n    pass"),
        (swallowed, "try:\n    f()\nexcept OSError:\n    ..."),
        (swallowed, "try:\n    f()\nexcept:\n    raise"),
        (stateful, "seen = []"),
        (stateful, "seen: dict[str, int] = {}"),
        (stateful, "seen = collections.defaultdict(list)"),
        (stateful, "SEEN = {}\ndef f(a):\n    SEEN[a] = 1"),
        (stateful, "SEEN = set()\ndef f(a):\n    SEEN.add(a)"),
        (stateful, "SEEN = [1]\ndef f():\n    del SEEN[0]"),
        (stateful, "count = 0\ndef f():\n    global count\n    count = 1"),
        (unexplained, "import os  # noqa"),
        (unexplained, "import os  # noqa: F401"),
        (unexplained, "x = y  # type: ignore"),
        (unexplained, "x = y  # type: ignore[attr-defined]"),
        (unfinished, "x = 1  # TODO: later"),
        (unfinished, "def f():\n    raise NotImplementedError"),
    ],
)
def test_the_law_notices(law, text):
    assert list(law(parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept OSError as error:\n    raise DiskError('x') from error",
        "_KNOWN = {'a': 1}\n__all__ = ['f']\ndef f():\n    found = []\n    found.append(1)\n    return found",
        "import os  # noqa: F401 - for the reader",
        "x = y  # type: ignore[attr-defined]  # the stub is wrong",
    ],
)
def test_the_law_lets_good_habits_be(text):
    assert not [found for law in LAWS for found in law(parse(text))]
