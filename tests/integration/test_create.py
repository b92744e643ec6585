"""Boxes of every Python that is here, changed and filled: what they are at first is in test_conformance.py."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from capsa.cache.archive import Archives
from capsa.cache.store import Store
from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.pip import Seed
from capsa.environment.wish import Wish
from capsa.interpreter.probe import Probe
from capsa.shell.scripts import scripts
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from support.interpreters import kinds

ALL = {name: path for name, path in kinds().items() if path and name != "debug"}
ASK = "import json, sys; print(json.dumps({'prefix': sys.prefix, 'base_prefix': sys.base_prefix}))"


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
    found = prober.ask(ALL[request.param])
    return prober.ask(found.base_executable) if found.is_environment else found


@pytest.fixture
def make(python):
    def make(root, *, seed=None, **more):
        text = scripts(str(root), more.get("prompt", ""))
        create(Wish(root=str(root), interpreter=python, scripts=text, **more), Linker(), seed.put if seed else None)
        return Path(root)

    return make


def run(*command):
    given = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env=given, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(python):
    return json.loads(run(python, "-c", ASK))


def skeleton(root):
    kept = [path for path in root.rglob("*") if "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix(): "link" if path.is_symlink() else path.is_dir() for path in kept}


def test_copies_run(make, python, tmp_path):
    box = make(tmp_path / "box", is_copy=True)
    assert not (box / "bin" / "python").is_symlink()
    for name in ("python", "python3"):
        told = ask(box / "bin" / name)
        assert (told["prefix"], told["base_prefix"]) == (str(box), ask(python.base_executable)["prefix"])


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
    return Seed(manifest, archives.tree(manifest.sha256))


def test_pip_works_in_the_box_only_and_takes_itself_out(make, python, seed, tmp_path):
    wheel = make_wheel(str(tmp_path / "wheels"), "sample", "1.0", entry_points={"console_scripts": {"hi": "sample:hi"}})
    box, bare = make(tmp_path / "box", seed=seed), make(tmp_path / "bare")
    told = run(box / "bin" / f"pip{python.minor}", "--version")
    assert told.startswith(f"pip {seed.manifest.release} from {box}/lib/{python.lib_name}/site-packages/pip ")
    assert {os.access(box / "bin" / name, os.X_OK) for name in ("pip", "pip3")} == {True}
    run(box / "bin" / "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check", wheel)
    assert run(box / "bin" / "python", "-c", "import sample; print(sample.__file__)").startswith(str(box))
    assert (box / "bin" / "hi").read_text().startswith(f"#!{box}/bin/python")
    options = ["--format=freeze", "--disable-pip-version-check", "--path", next(box.glob("lib/*/site-packages"))]
    listed = run(box / "bin" / "pip3", "list", *options)
    assert listed.split() == [f"pip=={seed.manifest.release}", "sample==1.0"]
    run(box / "bin" / "python", "-m", "pip", "uninstall", "-y", "pip", "sample")
    assert not [*box.rglob("pip*"), *box.rglob("sample*")]
    assert skeleton(box).keys() - skeleton(bare).keys() == {".capsa/receipt"}
    for path, size, mtime_ns, _, _ in seed.manifest.files:
        status = os.stat(os.path.join(seed.tree, path))
        assert (status.st_size, status.st_mtime_ns) == (size, mtime_ns)
