"""The bundle of the fast path, in real processes that run a copy of the package."""

import json
import os
import shutil
import subprocess
import sys

import pytest

import capsa
from capsa.bundle import Bundle
from support.run import SOURCE

TELLS = """
import json, sys
sys.path[:0] = [sys.argv.pop(1)]
import os
os._exit = sys.exit
from capsa.__main__ import start
try:
    start()
except SystemExit as end:
    code = end.code
loaders = {name: type(module.__spec__.loader).__name__ for name, module in sys.modules.items()
           if name.startswith("capsa.") and module.__spec__}
print(json.dumps([code, loaders, {name: sys.modules[name].__file__ for name in loaders}]))
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the package without any bytecode."""
    place = tmp_path / "place"
    shutil.copytree(SOURCE / "capsa", place / "capsa", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def run(package, *arguments, options=()):
    """Run capsa; return its exit code, the loader of each of its modules, and the file of each."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(package), "CAPSA_NO_CONFIG": "1"}
    command = [sys.executable, "-I", "-S", *options, "-c", TELLS, str(package), *(arguments or ["--version"])]
    done = subprocess.run(command, cwd=package, env=variables, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    code, loaders, files = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    return loaders, files


def bundle(package):
    found = list(package.glob("capsa/__pycache__/hot.*.bundle"))
    return found[0] if found else None


def test_the_first_run_writes_it_and_the_next_one_uses_it(package):
    assert set(run(package)[0].values()) == {"SourceFileLoader"}
    loaders, files = run(package)
    assert loaders["capsa.cli.hot"] == loaders["capsa.cli.table"] == loaders["capsa.model"] == "Bundle"
    assert loaders["capsa.bundle"] == "SourceFileLoader", "it comes before itself"
    assert files["capsa.cli.hot"] == f"{package}/capsa/cli/hot.py"


def test_a_source_that_was_changed_is_what_counts(package):
    run(package)
    path = package / "capsa" / "version.py"
    path.write_text(path.read_text() + "\n")
    changed = package / "capsa" / "cli" / "fast.py"
    changed.write_text(changed.read_text() + "\nSEEN = 1\n")
    loaders, _ = run(package)
    assert loaders["capsa.cli.fast"] == "SourceFileLoader"
    assert loaders["capsa.cli.hot"] == "Bundle"
    assert run(package)[0]["capsa.cli.fast"] == "Bundle", "the bundle was made again"


@pytest.mark.parametrize("content", [b"", b"junk", b"\xfb" * 40, None])
def test_one_that_can_not_be_read_is_made_again(package, content):
    run(package)
    place = bundle(package)
    if content is None:
        place.write_bytes(place.read_bytes()[:-1000])
    else:
        place.write_bytes(content)
    assert run(package)[0]["capsa.cli.hot"] == "SourceFileLoader"
    assert run(package)[0]["capsa.cli.hot"] == "Bundle"


def test_a_package_that_was_moved_uses_its_own_files(package, tmp_path):
    run(package)
    moved = package.rename(tmp_path / "moved")
    loaders, files = run(moved)
    assert loaders["capsa.cli.hot"] == "Bundle"
    assert files["capsa.cli.hot"] == f"{moved}/capsa/cli/hot.py"


def test_where_python_writes_no_bytecode_there_is_none(package):
    assert set(run(package, options=["-B"])[0].values()) == {"SourceFileLoader"}
    assert bundle(package) is None


def test_levels_of_optimization_have_their_own(package):
    run(package)
    assert run(package, options=["-O"])[0]["capsa.cli.hot"] == "SourceFileLoader"
    assert len(list(package.glob("capsa/__pycache__/hot.*.bundle"))) == 2


def test_where_it_may_not_be_written_capsa_runs_all_the_same(package):
    place = package / "capsa" / "__pycache__"
    shutil.rmtree(place, ignore_errors=True)
    place.write_text("in the way")
    assert set(run(package)[0].values()) == {"SourceFileLoader"}


def test_where_it_may_not_be_written_nothing_is_made_in_vain(monkeypatch):
    written = []
    monkeypatch.setattr("capsa.bundle.os.access", lambda *_: False)
    Bundle(capsa.__spec__).keep(lambda *words: written.append(words))
    assert written == []
    monkeypatch.undo()
    Bundle(capsa.__spec__).keep(lambda *words: written.append(words))
    assert len(written) == 1


def test_data_of_the_package_is_found_through_it(package):
    run(package)
    text = (
        "import sys; sys.path[:0] = [sys.argv[1]]; import capsa; from capsa.bundle import Bundle\n"
        "sys.meta_path.insert(0, Bundle(capsa.__spec__))\n"
        "import pkgutil, capsa.interpreter; from capsa.shell.template import read_template\n"
        "assert type(capsa.interpreter.__spec__.loader).__name__ == 'Bundle'\n"
        "assert pkgutil.get_data('capsa.interpreter', 'inside.txt') and read_template('activate.sh')\n"
    )
    subprocess.run([sys.executable, "-I", "-c", text, str(package)], check=True, timeout=60)
