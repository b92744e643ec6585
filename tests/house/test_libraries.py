"""Law 6: a library is imported in its own room, where its errors are translated. Law 8: all of it is pure Python."""

import re
import sys
import tomllib
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement

from house.sources import ROOT, imports, parse, uphold, uses

# Which modules may import what. A name stands for itself and all below it.
ROOMS = {
    "urllib3": ("capsa.transport",),
    "nab_resolver": ("capsa.resolution.solver",),
    "packaging": ("capsa.model", "capsa.resolution", "capsa.index", "capsa.project", "capsa.interpreter", "capsa.ops"),
    "rich": ("capsa.terminal.picture",),
    "pyproject_hooks": ("capsa.builder.hook",),
    "dotenv": ("capsa.project.variables",),
    "_sha2": ("capsa.model.digest",),  # of the standard library from 3.12 on, where 3.11 has another name
}


def foreign(source):
    """Return the imports of libraries outside of their room."""
    for node, name in imports(source):
        top = name.split(".")[0]
        if not top or top == "capsa" or top in sys.stdlib_module_names:
            continue
        if not any(source.module == room or source.module.startswith(f"{room}.") for room in ROOMS.get(top, ())):
            yield source.at(node, f"imports {name}, whose room is {' or '.join(ROOMS.get(top, ('none',)))}")


def by_path(source):
    """Return the uses of ``__file__``, which a single-file installation does not have."""
    is_loader = source.module == "capsa.bundle"  # who makes modules gives them their attributes
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"\b__(file|path)__\b", line) and not is_loader:
            yield f"{source.module}:{number}: finds data by path; the loader reads it"
    for node, name in uses(source):
        if name in {"inspect.getfile", "inspect.getsourcefile", "sysconfig.get_path"}:
            yield source.at(node, f"{name} finds files by path")


def run_time_dependencies():
    """Return the names of all distributions that capsa needs to run, those that its dependencies need included."""
    with open(f"{ROOT}/pyproject.toml", "rb") as stream:
        waiting = tomllib.load(stream)["project"]["dependencies"]
    found = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.name not in found and (not requirement.marker or requirement.marker.evaluate({"extra": ""})):
            found.add(requirement.name)
            waiting += distribution(requirement.name).requires or []
    return sorted(found)


def impurity(wheel: str) -> list[str]:
    """Return the lines of a WHEEL file that say that a distribution is not for every Python and every machine."""
    fields = [line.partition(":")[::2] for line in wheel.splitlines() if ":" in line]
    facts = [(key.strip().lower(), value.strip()) for key, value in fields]
    wrong = [value for key, value in facts if key == "tag" and not value.endswith("-none-any")]
    return wrong + [value for key, value in facts if key == "root-is-purelib" and value != "true"]


@pytest.mark.parametrize("law", [foreign, by_path])
def test_libraries_and_data_keep_to_their_rooms(law):
    uphold(law)


@pytest.mark.parametrize("name", run_time_dependencies())
def test_every_run_time_dependency_is_pure_python(name):
    wheel = distribution(name).read_text("WHEEL")
    assert wheel, f"{name} was not installed from a wheel"
    assert impurity(wheel) == []


def test_the_young_solver_is_pinned_exactly():
    with open(f"{ROOT}/pyproject.toml", "rb") as stream:
        dependencies = tomllib.load(stream)["project"]["dependencies"]
    assert any(re.fullmatch(r"nab-resolver==[0-9.]+", text) for text in dependencies)


@pytest.mark.parametrize(
    ("law", "module", "text"),
    [
        (foreign, "capsa.index.client", "import urllib3"),
        (foreign, "capsa.resolution.provider", "from nab_resolver import solve"),
        (foreign, "capsa.terminal.table", "def late():\n    import rich"),
        (foreign, "capsa.disk.link", "from packaging.version import Version"),
        (by_path, "capsa.shell.sh", "template = open(__file__ + '.txt').read()"),
        (by_path, "capsa.shell.sh", "import inspect\ninspect.getfile(f)"),
    ],
)
def test_the_law_notices(law, module, text):
    assert list(law(parse(text, module)))


def test_a_compiled_wheel_is_noticed():
    assert impurity("Root-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_28_x86_64") != []
