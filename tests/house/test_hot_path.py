"""Law 7: only the asked verb's module is loaded, and the hot path loads next to nothing."""

import ast
import json
import os
import subprocess
import sys

import packaging
import pytest

from capsa.testing.wheel import make_wheel
from house.sources import SRC, imports, parse, sources, uphold

# `os` loads `_collections_abc` itself.
ALLOWED = frozenset(
    {
        *("sys", "os", "posix", "marshal", "errno", "fcntl", "msvcrt", "_collections_abc", "__future__"),
        *("_frozen_importlib", "_frozen_importlib_external", "_imp"),  # what Python imports with
    }
)
# What `capsa.model.digest` takes its sha256 from, by the version of Python.
DIGESTS = frozenset({"_sha2", "_sha256"})
FRIENDS = frozenset({"capsa", "capsa.errors", "capsa.version"})

# The slow path, by which a first command warms the store, needs the libraries.
LIBRARIES = os.path.dirname(os.path.dirname(packaging.__file__))

# Loads a command in a fresh interpreter and tells which modules that brought in, beyond what Python itself starts with.
HARNESS = """
import sys
sys.path[:0] = sys.argv[1:3]
sys.argv[:] = ["capsa", *sys.argv[3:]]
sys.dont_write_bytecode = True
import {plain}
before = set(sys.modules)
os._exit = sys.exit
from capsa.__main__ import start
try:
    status = start()
except SystemExit as end:
    status = end.code
loaded = sorted(set(sys.modules) - before)
import json
sys.stderr.write("\\n" + json.dumps([status or 0, loaded]))
"""


def is_hot(source):
    """Whether a module says that it is on the fast path: ``HOT = True``, or, for nouns, "Hot:" in its docstring."""
    marked = any(isinstance(node, ast.Assign) and ast.unparse(node) == "HOT = True" for node in source.tree.body)
    return marked or "Hot:" in (ast.get_docstring(source.tree) or "")


HOT = frozenset(source.module for source in sources() if is_hot(source))
PACKAGES = frozenset(source.module for source in sources() if source.is_package)


def heavy(source, hot=HOT):
    """Return the imports at the top of a hot module that are not as light as itself."""
    if not is_hot(source):
        return
    top = {id(node) for node in ast.walk(source.tree)} - {
        id(inner)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node, name in imports(source):
        if id(node) not in top:
            continue
        taken = name.rpartition(".")[0] if isinstance(node, ast.ImportFrom) else ""
        if not {name, taken} & (ALLOWED | FRIENDS | hot) and name not in PACKAGES:
            yield source.at(node, f"imports {name}, which the fast path can't afford")


def burdened(source):
    """Return the imports of packages' own modules: whoever imports anything of a room loads them."""
    if source.is_package and source.module != "capsa":
        yield from (source.at(node, f"the package imports {name}") for node, name in imports(source))


@pytest.mark.parametrize("law", [heavy, burdened])
def test_hot_modules_are_light(law):
    uphold(law)


def modules_loaded(arguments, *, folder, variables=None):
    """Return the exit status of ``capsa ARGUMENTS`` in a fresh ``python -I -S``, and the modules it loaded."""
    harness = HARNESS.format(plain=", ".join(sorted(ALLOWED - {"msvcrt"})))
    command = [sys.executable, "-I", "-S", "-c", harness, SRC, LIBRARIES, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=variables or dict(os.environ), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr, f"capsa {arguments} said nothing at all"
    status, loaded = json.loads(done.stderr.splitlines()[-1])
    return status, set(loaded)


def surplus(loaded):
    """Return what a command loaded besides modules of the fast path."""
    return loaded - HOT - FRIENDS - PACKAGES - DIGESTS - {"capsa.__main__"}


def test_version_loads_next_to_nothing(tmp_path):
    status, loaded = modules_loaded(["--version"], folder=tmp_path)
    assert status == 0
    assert surplus(loaded) == set()


@pytest.mark.parametrize("options", [["--no-pip"], ["--no-pip", "-p", sys.executable]])
def test_a_second_create_loads_next_to_nothing(tmp_path, options):
    assert modules_loaded(["create", "first", *options], folder=tmp_path)[0] == 0
    status, loaded = modules_loaded(["create", "second", *options], folder=tmp_path)
    assert status == 0
    assert (tmp_path / "second" / "pyvenv.cfg").is_file()
    assert surplus(loaded) == set()


def test_a_create_with_pip_from_the_store_loads_next_to_nothing(tmp_path):
    assert modules_loaded(["create", "first"], folder=tmp_path)[0] == 0
    if not list((tmp_path / "first").glob("lib/python*/site-packages/pip")):
        pytest.skip("neither ensurepip nor an index gave a pip")
    status, loaded = modules_loaded(["create", "second"], folder=tmp_path)
    assert status == 0
    assert list((tmp_path / "second").glob("lib/python*/site-packages/pip/__init__.py"))
    assert surplus(loaded) == set()


def test_an_install_with_nothing_to_do_loads_next_to_nothing(tmp_path):
    make_wheel(str(tmp_path / "wheels"), "parchment", "1.0")
    assert modules_loaded(["create", ".venv", "--no-pip"], folder=tmp_path)[0] == 0
    filled, loaded = modules_loaded(["install", "parchment", "--no-index", "-f", "wheels"], folder=tmp_path)
    assert filled == 0
    assert "capsa.ops.install" in loaded
    assert modules_loaded(["install", "parchment"], folder=tmp_path)[0] == 0
    status, loaded = modules_loaded(["install", "parchment"], folder=tmp_path)
    assert status == 0
    assert surplus(loaded) == set()


def test_activate_loads_next_to_nothing(tmp_path):
    assert modules_loaded(["create", ".venv", "--no-pip"], folder=tmp_path)[0] == 0
    status, loaded = modules_loaded(["activate"], folder=tmp_path)
    assert status == 0
    assert surplus(loaded) == set()


@pytest.mark.parametrize("arguments", [["activate", "--facts"], ["activate", "--facts", "desk"], ["hook", "bash"]])
def test_what_a_hook_asks_for_loads_next_to_nothing(tmp_path, arguments):
    variables = dict(os.environ) | {"CAPSA_DATA_DIR": str(tmp_path / "data")}
    for words in (["create", "--no-pip"], ["create", "-n", "desk", "--no-pip"]):
        assert modules_loaded(words, folder=tmp_path, variables=variables)[0] == 0
    status, loaded = modules_loaded(arguments, folder=tmp_path, variables=variables)
    assert status == 0
    assert surplus(loaded) == set()


def test_a_create_that_renews_the_trust_in_its_project_loads_next_to_nothing(tmp_path):
    variables = dict(os.environ) | {"CAPSA_DATA_DIR": str(tmp_path / "data")}
    for words in (["create", "--no-pip"], ["trust"]):
        assert modules_loaded(words, folder=tmp_path, variables=variables)[0] == 0
    before = (tmp_path / "data/trust-v1/list").read_text()
    os.rename(tmp_path / ".venv", tmp_path / "away")
    status, loaded = modules_loaded(["create", "--no-pip"], folder=tmp_path, variables=variables)
    assert status == 0
    assert surplus(loaded) == set()
    assert (tmp_path / "data/trust-v1/list").read_text() != before


# Starts capsa with a list of what is loaded written where it becomes another program: no code of ours runs after that.
SPY = """
import sys
sys.path[:0] = sys.argv[1:3]
sys.argv[:] = ["capsa", *sys.argv[3:]]
import {plain}
before = set(sys.modules)
def tell(program, words, variables):
    loaded = sorted(set(sys.modules) - before)
    import json
    sys.stderr.write("\\n" + json.dumps([words, loaded]))
    sys.stderr.flush()
    os._exit(0)
os.execve = tell
from capsa.__main__ import start
start()
"""


def modules_before_the_command(arguments, *, folder):
    """Return the words of the command that ``capsa ARGUMENTS`` becomes, and the modules that this took."""
    harness = SPY.format(plain=", ".join(sorted(ALLOWED - {"msvcrt"})))
    command = [sys.executable, "-I", "-S", "-c", harness, SRC, LIBRARIES, *arguments]
    variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    words, loaded = json.loads(done.stderr.splitlines()[-1])
    return words, set(loaded)


@pytest.fixture
def project(tmp_path):
    """A project with one dependency, synced."""
    make_wheel(str(tmp_path / "wheels"), "parchment", "1.0")
    (tmp_path / "work").mkdir()
    (tmp_path / "work/pyproject.toml").write_text(
        '[project]\nname = "desk"\nversion = "1"\ndependencies = ["parchment"]\n'
        '[tool.capsa]\nno-index = true\nfind-links = ["../wheels"]\n'
    )
    assert modules_loaded(["sync"], folder=tmp_path / "work")[0] == 0
    return tmp_path / "work"


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "true"],
        ["run", "-q", "--frozen", "true", "--json"],
        ["run", "-m", "parchment"],
        ["run", "--no-sync", "tool.py"],
    ],
)
def test_a_run_with_nothing_to_do_loads_next_to_nothing(project, arguments):
    (project / "tool.py").touch()
    words, loaded = modules_before_the_command(arguments, folder=project)
    assert words[-1] in {"true", "--json", "parchment", "tool.py"}
    assert surplus(loaded) == set()


@pytest.mark.parametrize("arguments", [["sync"], ["sync", "--locked"], ["lock"]])
def test_a_sync_or_lock_with_nothing_to_do_loads_next_to_nothing(project, arguments):
    if arguments == ["lock"]:
        assert modules_loaded(["lock"], folder=project)[0] == 0
    status, loaded = modules_loaded(arguments, folder=project)
    assert status == 0
    assert surplus(loaded) == set()


@pytest.mark.parametrize("change", ["pyproject.toml", "pylock.toml", "capsa.toml", ".venv"])
def test_a_project_that_has_changed_is_looked_at_properly(project, change):
    if change == ".venv":
        next(project.glob(".venv/lib/*/site-packages/parchment*.dist-info/METADATA")).unlink()
    else:
        with (project / change).open("a") as stream:
            stream.write("# changed\n")
    status, loaded = modules_loaded(["sync"], folder=project)
    assert status == 0
    assert "capsa.ops.sync" in loaded


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (heavy, "HOT = True\nimport json"),
        (heavy, "HOT = True\nfrom dataclasses import dataclass"),
        (heavy, "HOT = True\nfrom capsa.model.plan import Plan"),
        (heavy, "HOT = True\ntry:\n    import re\nexcept ImportError:\n    re = None"),
        (heavy, '"""Facts. Hot: imports nothing."""\nimport typing'),
    ],
)
def test_the_law_notices(law, text):
    assert list(law(parse(text)))


def test_a_package_that_imports_is_noticed():
    assert list(burdened(parse("from capsa.disk.atomic import rename", "capsa.disk", is_package=True)))


def test_the_law_lets_light_imports_be():
    text = "HOT = True\nimport os\nfrom capsa.errors import DiskError\ndef rare():\n    import json"
    assert not list(heavy(parse(text)))
