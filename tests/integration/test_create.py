"""Boxes of every Python that is here, held against what Python's own venv makes and what its tests ask of a box."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.cache.archive import Archives
from capsa.cache.store import Store
from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.open import read_config
from capsa.environment.wish import Wish
from capsa.interpreter.probe import Probe
from capsa.shell.scripts import scripts
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from support.interpreters import pythons

ALL = {**pythons(), "of the system": "/usr/bin/python3"}
ASK = """
import json, site, sys, sysconfig
print(json.dumps({
    "prefix": sys.prefix, "exec_prefix": sys.exec_prefix, "base_prefix": sys.base_prefix,
    "base_exec_prefix": sys.base_exec_prefix, "executable": sys.executable, "path": sys.path,
    "version": "%d.%d.%d" % sys.version_info[:3], "has_user_site": bool(site.ENABLE_USER_SITE),
    "paths": sysconfig.get_paths("venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"),
}))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(str(tmp_path_factory.mktemp("cache")))
    store.prepare()
    return store


@pytest.fixture(scope="module")
def prober(store):
    return Probe(cache_root=store.root, variables={"PATH": "/usr/bin:/bin"}, folder="/")


@pytest.fixture(params=ALL)
def python(request, prober):
    path = ALL[request.param]
    if not os.path.exists(path):
        pytest.skip(f"Python {request.param} is not here")
    found = prober.ask(path)
    return prober.ask(found.base_executable) if found.is_environment else found


@pytest.fixture
def make(python):
    def make(root, *, seed=None, tree="", **more):
        text = scripts(str(root), more.get("prompt", ""))
        create(Wish(root=str(root), interpreter=python, scripts=text, **more), Linker(), seed, tree)
        return Path(root)

    return make


def run(*command, folder=None, **variables):
    given = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env=given, cwd=folder, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(python, **variables):
    return json.loads(run(python, "-c", ASK, **variables))


def test_its_python_lives_in_it_and_leans_on_the_base(make, python, tmp_path):
    box = make(tmp_path / "box")
    base = ask(python.base_executable)
    for name in ("python", "python3", f"python{python.minor}"):
        told = ask(box / "bin" / name)
        assert told["executable"] == str(box / "bin" / name)
        assert (told["prefix"], told["exec_prefix"]) == (str(box), str(box))
        assert told["base_prefix"] == base["prefix"]
        assert told["base_exec_prefix"] == base["exec_prefix"]
        assert told["version"] == base["version"]
        assert not told["has_user_site"]
    site = str(box / "lib" / python.lib_name / "site-packages")
    assert site in told["path"]
    inside = {key: told["paths"][key] for key in ("purelib", "platlib", "scripts", "data")}
    assert inside == {"purelib": site, "platlib": told["paths"]["platlib"], "scripts": f"{box}/bin", "data": str(box)}
    assert os.path.realpath(told["paths"]["platlib"]) == os.path.realpath(site)
    assert not any(path.startswith(str(box)) for path in ask(python.base_executable)["path"])


def skeleton(root):
    kept = [path for path in root.rglob("*") if "__pycache__" not in path.parts and path.suffix not in {".ps1", ".csh"}]
    return {path.relative_to(root).as_posix(): "link" if path.is_symlink() else path.is_dir() for path in kept}


def test_holds_all_that_pythons_own_venv_makes(make, python, tmp_path):
    theirs = tmp_path / "theirs"
    try:
        run(python.base_executable, "-m", "venv", "--without-pip", "--prompt", "it's", theirs)
    except AssertionError:
        pytest.skip("its own venv does not work")
    ours = make(tmp_path / "ours", prompt="it's")
    extra = re.compile(r"include/.*|local.*|lib/.*/dist-packages")  # 3.12 makes include/python3.12, Debian its own
    missing = {name for name in skeleton(theirs).keys() - skeleton(ours).keys() if not extra.fullmatch(name)}
    assert missing == set()
    assert skeleton(ours)["lib64"] == skeleton(theirs)["lib64"] == "link"
    mine, other = read_config(str(ours)), read_config(str(theirs))
    assert other.keys() <= mine.keys()
    for key in other.keys() - {"command", "executable", "home"}:
        assert mine[key] == other[key], key
    assert os.path.realpath(mine["home"]) == os.path.realpath(other["home"])
    assert {"executable", "command"} <= mine.keys()


def test_a_box_from_inside_another_leans_on_the_base(make, python, prober, tmp_path):
    first = make(tmp_path / "first")
    inner = prober.ask(str(first / "bin" / "python"))
    assert inner.is_environment
    assert inner.base_executable == python.base_executable
    run(first / "bin" / "python", "-m", "venv", "--without-pip", tmp_path / "second")
    assert ask(tmp_path / "second" / "bin" / "python")["base_prefix"] == ask(python.base_executable)["prefix"]


@pytest.mark.parametrize("name", ["with space", "quo'te", 'dou"ble', "$HOME", "ünï 漢字", "back\\slash", "#", "%"])
def test_a_box_of_any_name_runs(make, tmp_path, name):
    box = make(tmp_path / name)
    assert ask(box / "bin" / "python")["prefix"] == str(box)


def test_copies_run(make, python, tmp_path):
    box = make(tmp_path / "box", is_copy=True)
    assert not (box / "bin" / "python").is_symlink()
    for name in ("python", "python3"):
        told = ask(box / "bin" / name)
        assert (told["prefix"], told["base_prefix"]) == (str(box), ask(python.base_executable)["prefix"])


def test_the_packages_of_the_base_are_seen_on_demand_only(make, python, tmp_path):
    base = next(
        path for path in ask(python.base_executable)["path"] if path.endswith(("site-packages", "dist-packages"))
    )
    without, within = make(tmp_path / "a"), make(tmp_path / "b", has_system_site=True)
    assert base not in ask(without / "bin" / "python")["path"]
    assert base in ask(within / "bin" / "python")["path"]


def test_processes_of_its_own_run_in_the_box(make, tmp_path):
    box = make(tmp_path / "box")
    (tmp_path / "task.py").write_text(
        "import multiprocessing as m, sys\n"
        "def prefix(_): return sys.prefix\n"
        "if __name__ == '__main__':\n"
        "    with m.get_context('spawn').Pool(1) as pool: print(pool.map(prefix, [0])[0])\n"
    )
    assert run(box / "bin" / "python", tmp_path / "task.py").strip() == str(box)


def test_isolation_from_variables_of_the_outer_shell(make, tmp_path):
    box = make(tmp_path / "box")
    told = json.loads(run(box / "bin" / "python", "-I", "-c", ASK, PYTHONHOME="/nowhere", PYTHONPATH="/nowhere"))
    assert told["prefix"] == str(box)
    assert "/nowhere" not in told["path"]


def test_clear_and_upgrade_and_allow_existing_leave_a_box_that_runs(make, tmp_path):
    box = make(tmp_path / "box")
    for options in ({"is_upgraded": True}, {"is_allowed_existing": True}, {"is_cleared": True}, {"is_upgraded": True}):
        make(box, **options)
        assert ask(box / "bin" / "python")["prefix"] == str(box)


def test_venv_accepts_it_as_one_of_its_own(make, python, tmp_path):
    box = make(tmp_path / "box")
    try:
        run(python.base_executable, "-m", "venv", "--without-pip", "--upgrade", box)
    except AssertionError:
        pytest.skip("its own venv does not work")
    assert ask(box / "bin" / "python")["prefix"] == str(box)


@pytest.fixture
def seed(store, python):
    if not python.ensurepip_wheel:
        pytest.skip(f"{python.title} brings no pip along")
    archives = Archives(store, RememberingReporter())
    path = python.ensurepip_wheel
    manifest = archives.add(path, filename=os.path.basename(path), sha256=None, size=None, origin=path)
    return manifest, archives.tree(manifest.sha256)


def test_pip_is_there_and_works(make, python, seed, tmp_path):
    box = make(tmp_path / "a box", seed=seed[0], tree=seed[1])
    release = seed[0].release
    told = run(box / "bin" / f"pip{python.minor}", "--version")
    assert told.startswith(f"pip {release} from {box}/lib/{python.lib_name}/site-packages/pip ")
    assert {os.access(box / "bin" / name, os.X_OK) for name in ("pip", "pip3")} == {True}
    listed = json.loads(
        run(box / "bin" / "python", "-m", "pip", "list", "--format=json", "--disable-pip-version-check")
    )
    assert listed == [{"name": "pip", "version": release}]


def test_pip_takes_itself_out_and_leaves_the_store_as_it_was(make, seed, tmp_path):
    manifest, tree = seed
    box = make(tmp_path / "box", seed=manifest, tree=tree)
    bare = make(tmp_path / "bare")
    run(box / "bin" / "pip", "uninstall", "-y", "pip")
    assert not list(box.rglob("pip*"))
    assert skeleton(box).keys() - skeleton(bare).keys() == {".capsa/receipt"}
    for path, size, mtime_ns, _, _ in manifest.files:
        status = os.stat(os.path.join(tree, path))
        assert (status.st_size, status.st_mtime_ns) == (size, mtime_ns)


def test_pip_installs_into_the_box_and_nowhere_else(make, seed, tmp_path):
    wheel = make_wheel(str(tmp_path / "wheels"), "sample", "1.0", entry_points={"console_scripts": {"hi": "sample:hi"}})
    box = make(tmp_path / "box", seed=seed[0], tree=seed[1])
    run(box / "bin" / "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check", wheel)
    assert run(box / "bin" / "python", "-c", "import sample; print(sample.__file__)").startswith(str(box))
    assert (box / "bin" / "hi").read_text().startswith(f"#!{box}/bin/python")


def test_this_python_is_among_them():
    assert f"3.{sys.version_info[1]}" in ALL
