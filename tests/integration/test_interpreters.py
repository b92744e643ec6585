"""Every Python of this machine is found, asked and told apart; those that are not here are skipped by name."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from capsa.errors import InterpreterError
from capsa.interpreter.discover import Discovery, discover
from capsa.interpreter.known import read_known
from capsa.interpreter.probe import Probe, probe
from capsa.model.surroundings import Surroundings
from capsa.model.target import target_of
from support.interpreters import kinds, pythons

MINORS = [f"3.{minor}" for minor in range(8, 16)]
HERE = pythons()
KINDS = kinds()
TAGS = """
import sys; sys.path.insert(0, sys.argv[1])
try:
    from packaging import __version__ as release
    from packaging.tags import sys_tags
    from packaging.markers import default_environment
except Exception:
    # Too new for this Python: then the one that its own pip carries.
    del sys.path[0]
    release = ""
    for name in [name for name in sys.modules if name.startswith("packaging")]: del sys.modules[name]
    from pip._vendor.packaging.tags import sys_tags
    from pip._vendor.packaging.markers import default_environment
import json
print(json.dumps([release, [str(tag) for tag in sys_tags()], default_environment()]))
"""


@pytest.fixture
def here(machine, tmp_path):
    """This machine as it is, with a store that knows nothing."""
    root = machine.get("PYENV_ROOT") or os.path.join(machine.get("HOME", "/"), ".pyenv")
    variables = {"PATH": machine["PATH"], "PYENV_ROOT": root}
    return Surroundings(variables=variables, folder=str(tmp_path), home=str(tmp_path), interpreter=sys.executable)


@pytest.fixture
def prober(here, tmp_path):
    return Probe(cache_root=str(tmp_path / "cache"), variables=here.variables, folder=here.folder)


@pytest.mark.parametrize("minor", MINORS)
def test_each_version_is_found_by_its_number(minor, here, prober):
    if minor not in HERE:
        pytest.skip(f"Python {minor} is not here")
    python = discover(here, prober.ask, wanted=minor).interpreter
    assert python.minor == minor
    assert not python.is_environment
    assert read_known(f"{here.home}/cache", python.executable).facts() == python.facts()


@pytest.mark.parametrize("name", KINDS)
def test_each_version_and_build_gets_the_tags_and_markers_that_its_own_packaging_gives(name, here):
    path = KINDS[name]
    if path is None:
        pytest.skip(f"no Python {name} is here")
    python = probe(path, variables=here.variables, folder=here.folder)
    done = subprocess.run(
        [path, "-c", TAGS, os.fspath(Path(pytest.__file__).parents[1])],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"packaging does not run in Python {name}: {done.stderr}")
    release, tags, markers = json.loads(done.stdout)
    markers.pop("extra", None)
    assert python.markers == markers
    ours = [str(tag) for tag in target_of(python).tags]
    assert len(set(ours) & set(tags)) > 100
    if release:
        # The packaging of old pips sorts in another order.
        assert ours == tags


def test_all_are_known_and_the_second_look_asks_none(here, prober, monkeypatch):
    first = Discovery(here, prober.ask).known()
    monkeypatch.setattr("capsa.interpreter.probe.run", None)
    assert {minor for minor in HERE if minor != f"3.{sys.version_info[1]}"} <= {python.minor for python in first}
    for python in first:
        assert prober.ask(python.executable).facts() == python.facts()


def test_too_old_pythons_are_told_with_those_that_will_do(here, prober):
    old = [
        path
        for path in Path(here.variables["PYENV_ROOT"]).glob("versions/*")
        if path.name.startswith(("2.", "3.6", "3.7"))
    ]
    if not old:
        pytest.skip("no Python older than 3.8 is here")
    for folder in old:
        with pytest.raises(InterpreterError, match=r"boxes need Python 3\.8 or newer; this machine has CPython 3"):
            discover(here, prober.ask, wanted=str(folder))


def test_pythons_own_prefixes_are_told(here):
    for path in HERE.values():
        python = probe(path, variables=here.variables, folder=here.folder)
        told = subprocess.run(
            [python.base_executable, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == python.base_prefix


def test_pypy_is_told_apart(here, prober):
    try:
        python = discover(here, prober.ask, wanted="pypy").interpreter
    except InterpreterError:
        pytest.skip("PyPy is not here")
    assert python.implementation == "pypy"
    assert python.lib_name.startswith("pypy3.")
    assert target_of(python).tags[0].interpreter.startswith("pp3")


def test_the_python_of_debian_is_told_as_managed(here):
    if not os.path.isfile("/usr/bin/python3"):
        pytest.skip("no Python of the system is here")
    python = probe("/usr/bin/python3", variables=here.variables, folder=here.folder)
    stdlib = sysconfig.get_path("stdlib", vars={"installed_base": "/usr"})
    assert python.stdlib.startswith("/usr/"), stdlib
    assert python.is_externally_managed == os.path.isfile(os.path.join(python.stdlib, "EXTERNALLY-MANAGED"))
    assert python.lib_name == f"python{python.minor}"
