"""Boxes at every place and made from every place: odd paths, links, other boxes, read-only folders, bare Pythons.

What CPython's tests of venv and those of virtualenv ask beyond what test_conformance.py compares, on those of the
Pythons here that differ most.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.cache.archive import Archives
from capsa.cache.store import Store
from capsa.disk.link import Linker
from capsa.disk.refusal import RefusedError
from capsa.environment.create import create
from capsa.environment.open import read_config
from capsa.environment.pip import Seed
from capsa.environment.wish import Wish
from capsa.errors import UsageError
from capsa.interpreter.discover import Discovery
from capsa.interpreter.probe import Probe, probe
from capsa.model.surroundings import Surroundings
from capsa.shell.scripts import scripts
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from support.interpreters import kinds
from support.run import Capsa

KINDS = kinds()
FEW = ("3.8", "3.13", "of the system", "PyPy")
VARIABLES = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
NAMES = (
    "with space", "quo'te", 'dou"ble', "$HOME", "$(touch hit)", "`x`", "a;b", "ünï 漢字", "back\\slash", "#", "%s",
    "-x", "a=b", "*", "tab\t", "bell\a", "by\udcffte", "line\u2028end", "~", "!",
)  # fmt: skip
LONG = 700  # signs in the path of the Python: more than any system reads of a first line
TELLING = ("qu'o\"te $HOME", "漢字", "by\udcffte", "line\u2028end")
ASK = "import json, site, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.path, site.ENABLE_USER_SITE]))"


def run(*command, **variables):
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=VARIABLES | variables,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(box, **variables):
    return json.loads(run(box / "bin" / "python", "-c", ASK, **variables))


@pytest.fixture(scope="module")
def prober(tmp_path_factory):
    return Probe(cache_root=str(tmp_path_factory.mktemp("cache")), variables={"PATH": "/usr/bin:/bin"}, folder="/")


def base_of(prober, name):
    if KINDS[name] is None:
        pytest.skip(f"no Python {name} is here")
    python = prober.ask(KINDS[name])
    return prober.ask(python.base_executable) if python.is_environment else python


@pytest.fixture(params=FEW)
def base(request, prober):
    return base_of(prober, request.param)


def make(root, base, seed=None, **more):
    texts = scripts(str(root), more.get("prompt", ""))
    create(Wish(root=str(root), interpreter=base, scripts=texts, **more), Linker(), seed.put if seed else None)
    return Path(root)


def test_a_box_runs_whatever_its_path_is(base, tmp_path):
    # Each of them with one Python, and those that tell Pythons apart with all.
    for name in NAMES if base.minor == "3.13" else TELLING:
        box = make(tmp_path / name / "box", base)
        assert ask(box)[:2] == [str(box), base.base_prefix], name
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize("name", ["new\nline", "return\r", "pa:th"])
def test_a_path_that_would_break_the_files_or_path_is_refused(prober, tmp_path, name):
    with pytest.raises(UsageError, match="can't hold a box"):
        make(tmp_path / name, base_of(prober, "of the system"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def seed(prober, tmp_path_factory):
    here = prober.ask(sys.executable)
    python = prober.ask(here.base_executable)
    if not python.ensurepip_wheel:
        pytest.skip(f"{python.title} brings no pip along")
    store = Store(str(tmp_path_factory.mktemp("store")))
    store.prepare()
    archives = Archives(store, RememberingReporter())
    path = python.ensurepip_wheel
    manifest = archives.add(path, filename=os.path.basename(path), sha256=None, size=None, origin=path)
    return python, Seed(manifest, archives.tree(manifest.sha256))


@pytest.mark.parametrize("length", [130, LONG])
def test_programs_start_where_the_path_is_longer_than_a_first_line_may_be(seed, tmp_path, length):
    python, pip = seed
    folder = tmp_path
    while len(str(folder)) < length - len("/bin/python"):
        folder /= "d" * max(1, min(200, length - len("/bin/python") - len(str(folder)) - 1))
    box = make(folder, python, pip)
    if length < LONG:
        told = run(box / "bin" / "pip", "--version")
        assert told.startswith(f"pip {pip.manifest.release} from {box}/lib/")
        return
    wheel = make_wheel(str(tmp_path / "wheels"), "sample", "1.0", entry_points={"console_scripts": {"hi": "sample:hi"}})
    run(box / "bin" / "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check", wheel)
    shown = subprocess.run([str(box / "bin" / "hi")], env=VARIABLES, capture_output=True, text=True, check=False)
    assert "import hi" in shown.stderr, "it starts, and finds no function of that name"


@contextlib.contextmanager
def as_somebody():
    """Be no superuser for a while: the disk refuses that one nothing."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written_is_told_and_left_as_it_was(prober, tmp_path):
    base = base_of(prober, "of the system")
    closed = tmp_path / "closed"
    closed.mkdir()
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    closed.chmod(0o555)
    with as_somebody(), pytest.raises(RefusedError, match="permission is denied"):
        make(closed / "deep" / "box", base)
    assert list(closed.iterdir()) == []


def test_private_files_by_the_umask_and_a_python_that_runs(prober, tmp_path):
    before = os.umask(0o077)
    try:
        box = make(tmp_path / "box", base_of(prober, "3.13"))
    finally:
        os.umask(before)
    assert {path.lstat().st_mode & 0o077 for path in box.rglob("*") if not path.is_symlink()} == {0}
    assert ask(box)[0] == str(box)


def test_a_box_made_from_inside_a_box_leans_on_the_base(prober, base, tmp_path):
    for is_copy in (False, True):
        outer = make(tmp_path / f"outer-{is_copy}", base, is_copy=is_copy)
        found = prober.ask(str(outer / "bin" / "python"))
        assert found.is_environment
        assert found.prefix == str(outer)
        assert found.base_executable == base.base_executable
        inner = make(outer / "inner" / ".venv", prober.ask(found.base_executable))
        assert read_config(str(inner))["home"] == os.path.dirname(base.base_executable)
        assert ask(inner)[:2] == [str(inner), base.base_prefix]
    assert ask(tmp_path / "outer-False")[:2] == [str(tmp_path / "outer-False"), base.base_prefix]


def test_capsa_that_runs_in_a_box_makes_boxes_of_the_base(prober, tmp_path):
    capsa = Capsa(tmp_path)
    here = prober.ask(sys.executable)
    outer = make(tmp_path / "outer", prober.ask(here.base_executable))
    variables = {name: value for name, value in capsa.variables.items() if name != "CAPSA_PYTHON"}
    variables |= {"PATH": str(outer / "bin"), "PYTHONPATH": os.pathsep.join([variables["PYTHONPATH"], *sys.path[1:]])}
    inner = tmp_path / "work" / ".venv"
    command = [str(outer / "bin" / "python"), "-m", "capsa", "create", "--no-pip"]
    done = subprocess.run(command, cwd=capsa.folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not os.readlink(inner / "bin" / "python").startswith(str(tmp_path))
    assert ask(inner)[:2] == [str(inner), sys.base_prefix]


def test_a_python_reached_by_links_is_the_one_that_venv_means(prober, base, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    chain = tmp_path / "one" / "python"
    chain.symlink_to("../two/py")
    (tmp_path / "two" / "py").symlink_to(tmp_path / "two" / "python3")
    (tmp_path / "two" / "python3").symlink_to(base.base_executable)
    run(chain, "-m", "venv", "--without-pip", tmp_path / "theirs")
    box = make(tmp_path / "ours", prober.ask(str(chain)))
    assert ask(box)[1] == ask(tmp_path / "theirs")[1]
    home = Path(read_config(str(box))["home"])
    assert home == Path(base.base_executable).parent
    assert (home / os.path.basename(base.base_executable)).is_file()
    for folder in ("one", "two"):
        shutil.rmtree(tmp_path / folder)
    assert ask(box)[:2] == [str(box), base.base_prefix]  # where that by venv is dead


def test_a_shim_of_pyenv_means_what_it_would_start(prober, machine, tmp_path):
    root = Path(machine.get("PYENV_ROOT") or f"{machine.get('HOME', '/')}/.pyenv")
    wanted = base_of(prober, "3.8")
    if not (root / "shims" / "python3").is_file():
        pytest.skip("no pyenv is here")
    variables = {"PATH": f"{root}/shims:/usr/bin", "PYENV_ROOT": str(root), "PYENV_VERSION": wanted.version}
    here = Surroundings(variables=variables, folder=str(tmp_path), home=str(tmp_path), interpreter=sys.executable)
    for asked in (f"{root}/shims/python3", ""):
        assert Discovery(here, prober.ask).choose(asked).interpreter.base_executable == wanted.base_executable


def test_a_version_is_found_far_down_on_path(prober, tmp_path):
    places = {"a/python3": "3.9", "b/python3.12": "3.12", "b/python3": "3.10", "c/python3.8": "3.8", "d/python": "3.13"}
    for place, name in places.items():
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).symlink_to(base_of(prober, name).base_executable)
    path = ":".join(str(tmp_path / folder) for folder in "abcd")
    here = Surroundings(variables={"PATH": path}, folder="/", home="/nonexistent", interpreter=sys.executable)
    for name in places.values():
        assert Discovery(here, prober.ask).choose(name).interpreter.minor == name
    assert Discovery(here, prober.ask).choose().interpreter.minor == "3.9"


def test_variables_of_the_outer_shell_do_not_reach_it(base, tmp_path):
    told = probe(
        base.executable, variables=VARIABLES | {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"}, folder="/"
    )
    assert told.base_prefix == base.base_prefix
    box = make(tmp_path / "box", base)
    told = json.loads(run(box / "bin" / "python", "-I", "-c", ASK, PYTHONHOME="/nowhere", PYTHONPATH="/nowhere"))
    assert told[0] == str(box)
    assert "/nowhere" not in told[2]
    assert ask(box, PYTHONPATH="/nowhere")[2][1] == "/nowhere"


def test_the_packages_of_the_base_are_seen_as_by_venv_and_on_demand_only(base, tmp_path):
    ours, theirs = tmp_path / "a" / "box", tmp_path / "b" / "box"
    run(base.base_executable, "-m", "venv", "--without-pip", "--system-site-packages", theirs)
    make(ours, base, has_system_site=True)

    def told(box):
        return json.loads(json.dumps(ask(box)).replace(str(box), "BOX"))

    assert told(ours) == told(theirs)
    make(ours, base, is_upgraded=True)
    without = told(ours)
    assert without[3] is False
    assert [path for path in without[2] if path.endswith("-packages")] == [f"BOX/lib/{base.lib_name}/site-packages"]
    make(ours, base, is_upgraded=True, has_system_site=True)
    assert told(ours) == told(theirs)


def test_upgrade_moves_a_damaged_box_to_another_patch_level_with_its_packages(prober, tmp_path):
    old, new = base_of(prober, "of the system"), base_of(prober, "3.11")
    if old.minor != new.minor or old.version == new.version:
        pytest.skip("no two releases of one minor version are here")
    box = make(tmp_path / "box", old, prompt="mine")
    (box / "lib" / old.lib_name / "site-packages" / "kept.py").write_text("value = 1\n")
    for name in ("python", "python3", "activate"):
        (box / "bin" / name).unlink()
    (box / "lib64").unlink()
    (box / "include").rmdir()
    make(box, new, is_upgraded=True)
    told = run(box / "bin" / "python3", "-c", "import kept, platform; print(kept.value, platform.python_version())")
    assert told.split() == ["1", new.version]
    fresh = make(tmp_path / "fresh", new)
    assert {path.name for path in box.iterdir()} == {path.name for path in fresh.iterdir()}
    assert {path.name for path in (box / "bin").iterdir()} == {path.name for path in (fresh / "bin").iterdir()}
    assert read_config(str(box))["version"] == new.version


@pytest.fixture
def bare(prober, tmp_path):
    """A Python as Debian ships it: its standard library without ensurepip."""
    base = base_of(prober, "of the system")
    root = tmp_path / "bare"
    lib = root / "lib" / base.lib_name
    lib.mkdir(parents=True)
    for entry in os.scandir(base.stdlib):
        if entry.name != "ensurepip":
            (lib / entry.name).symlink_to(entry.path)
    (root / "bin").mkdir()
    program = root / "bin" / f"python{base.minor}"
    shutil.copy2(base.base_executable, program)
    told = prober.ask(str(program))
    if told.base_prefix != str(root):
        pytest.skip(f"{base.title} can't be taken to another place")
    return told


def test_a_python_without_ensurepip_gets_a_box_and_the_pip_of_the_store(bare, tmp_path):
    assert bare.ensurepip_wheel == ""
    capsa = Capsa(tmp_path / "capsa")
    done = capsa.done("create", "one", "-p", bare.executable, "--offline")
    assert "no pip was to be had" in done.output + done.errors
    assert ask(capsa.folder / "one")[:2] == [str(capsa.folder / "one"), bare.base_prefix]
    capsa.done("create", "other")  # its Python brings a pip along
    capsa.done("create", "two", "-p", bare.executable, "--offline")
    assert run(capsa.folder / "two" / "bin" / "pip", "--version").startswith("pip ")


def test_the_command_in_pyvenv_cfg_makes_the_box_again(tmp_path):
    capsa = Capsa(tmp_path)
    root = capsa.folder / "it's a $(touch hit) box\t"
    capsa.done("create", "--no-pip", "--system-site-packages", "--prompt", "it's `mine`", str(root))
    before = (root / "pyvenv.cfg").read_text()
    shutil.rmtree(root)
    line = f'capsa() {{ {shlex.join(capsa.command())} "$@"; }}; {read_command(before)}'
    subprocess.run(["bash", "-c", line], env=capsa.variables, cwd="/", check=True, capture_output=True)
    assert (root / "pyvenv.cfg").read_text() == before
    assert not list(tmp_path.rglob("hit"))


def read_command(config):
    return next(line for line in config.splitlines() if line.startswith("command = ")).removeprefix("command = ")
