"""Boxes of every kind of Python that is here, held against what `python -m venv` of the very same Python makes.

That is the truth; where a box means to differ from it, the difference stands below by name. What CPython's own tests of
venv and those of virtualenv ask of an environment beyond this is in test_conformance_place.py and test_create.py.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.open import read_config
from capsa.environment.wish import Wish, program_names
from capsa.interpreter.known import read_known
from capsa.interpreter.probe import Probe
from capsa.interpreter.request import parse_request
from capsa.model.layout import Layout
from capsa.shell.scripts import scripts
from support.interpreters import kinds

KINDS = kinds()
FACTS = Path(__file__).parents[1] / "support" / "facts.txt"
VARIABLES = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
WAYS = ("spawn", "forkserver")
PROMPT = 'it\'s "$(a)" é'

# What venv makes and a box does without.
LEFT_OUT = {
    r"include/(python|pypy)3\.\d+\w*": "an empty folder that no scheme of a box means and nothing is ever put into",
    r"bin/python3-dbg": "the name by which venv was started; a box has python3.11d",
    "bin/\N{MATHEMATICAL ITALIC SMALL PI}thon": "a joke of 3.14",
    r"local(/.*)?|lib/.*/dist-packages": "Debian's folders for other installers",
}
# What a box has beyond venv.
ADDED = {
    r"\.capsa(/id)?": "capsa's own",
    r"CACHEDIR\.TAG": "so that backups leave it out",
    r"\.gitignore": "which venv writes since 3.13",
    r"bin/(de)?activate(_this\.py|\.\w+)?": "scripts for more shells",
    r"bin/(python|pypy)[0-9.]*t?d?": "every name that the Python goes by; venv makes fewer, and 3.8 the fewest",
}
ADDED_KEYS = {"implementation", "version_info", "soabi", "capsa"}
KEYS_SINCE_311 = {"executable", "command"}


def run(*command, **options):
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=VARIABLES,
        timeout=120,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Pair:
    """A box of ours and an environment by venv of the same Python, and what a program learns inside of each."""

    def __init__(self, base, folder):
        self.base = base
        self.ours, self.theirs = folder / "ours" / "box", folder / "theirs" / "box"
        theirs = [base.base_executable, "-m", "venv", "--without-pip", f"--prompt={PROMPT}"]
        subprocess.run([*theirs, str(self.theirs)], env=VARIABLES, timeout=120, check=False, capture_output=True)
        if not (self.theirs / "pyvenv.cfg").exists():
            pytest.skip(f"venv of {base.title} does not work")
        create(
            Wish(root=str(self.ours), interpreter=base, prompt=PROMPT, scripts=scripts(str(self.ours), PROMPT)),
            Linker(),
        )
        self.told, self.truth = _ask(self.ours, *WAYS), _ask(self.theirs)


def _ask(box, *ways):
    child = subprocess.run(
        [str(box / "bin" / "python"), str(FACTS), *ways],
        env=VARIABLES,
        cwd="/",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr.decode()
    return json.loads(child.stdout.decode().replace(str(box.parent), "/ROOT"))


@pytest.fixture(scope="module")
def prober(tmp_path_factory):
    return Probe(cache_root=str(tmp_path_factory.mktemp("cache")), variables={"PATH": "/usr/bin:/bin"}, folder="/")


@pytest.fixture(scope="module", params=KINDS)
def pair(request, prober, tmp_path_factory):
    if KINDS[request.param] is None:
        pytest.skip(f"no Python {request.param} is here")
    return Pair(_base(prober, KINDS[request.param]), tmp_path_factory.mktemp("pair"))


def _base(prober, path):
    python = prober.ask(path)
    return prober.ask(python.base_executable) if python.is_environment else python


def _kind(prober, name):
    if KINDS[name] is None:
        pytest.skip(f"no Python {name} is here")
    return _base(prober, KINDS[name])


def test_a_program_learns_the_same_as_in_an_environment_by_venv(pair):
    assert pair.told.keys() - set(WAYS) == pair.truth.keys()
    for name, truth in pair.truth.items():
        assert pair.told[name] == truth, name
    assert pair.told["sys"]["prefix"] == pair.told["sys"]["exec_prefix"] == "/ROOT/box"
    assert pair.told["sys"]["executable"] == "/ROOT/box/bin/python"
    assert pair.told["sys"]["base_prefix"] == pair.base.base_prefix
    assert pair.told["site"]["ENABLE_USER_SITE"] is False


def test_processes_that_it_starts_run_in_the_box(pair):
    assert [pair.told[way] for way in WAYS] == [["/ROOT/box", "/ROOT/box/bin/python"]] * 2


def test_site_packages_is_where_the_python_looks(pair):
    site = f"/ROOT/box/lib/{pair.base.lib_name}/site-packages"
    layout = Layout("/ROOT/box", lib_name=pair.base.lib_name, platform=pair.base.platform)
    assert layout.site == site
    assert site in pair.told["sys"]["path"]
    assert site in pair.told["site-packages"]
    scheme = pair.told["schemes"].get("venv") or pair.told["schemes"]["posix_prefix"]
    assert (scheme["purelib"], scheme["scripts"], scheme["data"]) == (site, "/ROOT/box/bin", "/ROOT/box")
    assert os.path.realpath(scheme["platlib"].replace("/ROOT", str(pair.ours.parent))) == os.path.realpath(
        site.replace("/ROOT", str(pair.ours.parent))
    )


def test_pyvenv_cfg_has_what_venv_writes(pair):
    ours, theirs = read_config(str(pair.ours)), read_config(str(pair.theirs))
    assert ours.keys() - theirs.keys() - KEYS_SINCE_311 == ADDED_KEYS
    assert theirs.keys() <= ours.keys()
    for key in theirs.keys() - {"command"}:
        assert ours[key] == theirs[key], key
    assert ours["executable"] == os.path.realpath(ours["executable"])
    assert os.path.dirname(ours["executable"]) == ours["home"]
    assert (pair.ours / "pyvenv.cfg").read_bytes().decode("utf-8").count("\n") == len(ours)


def skeleton(root):
    kept = [path for path in root.rglob("*") if "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix(): "link" if path.is_symlink() else path.is_dir() for path in kept}


def unexplained(names, reasons):
    return {name for name in names if not any(re.fullmatch(pattern, name) for pattern in reasons)}


def test_the_files_are_those_of_venv(pair):
    ours, theirs = skeleton(pair.ours), skeleton(pair.theirs)
    missing = unexplained(theirs.keys() - ours.keys(), LEFT_OUT)
    assert missing <= {"bin/Activate.ps1", "bin/activate.csh"} - set(scripts("/box", ""))
    assert unexplained(ours.keys() - theirs.keys(), ADDED) == set()
    common = ours.keys() & theirs.keys() - {"bin/python3-dbg"}
    assert {name for name in common if ours[name] != theirs[name]} == set()
    assert ours.get("lib64") == theirs.get("lib64")
    assert not [name for name in ours if name.startswith("include/")]


def test_every_name_starts_it(pair):
    names = program_names(pair.base)
    assert names[:2] == ["python3", f"python{pair.base.minor}"]
    for name in names:
        told = run(pair.ours / "bin" / name, "-c", "import sys; print(sys.prefix, sys.executable)")
        assert told.split() == [str(pair.ours), str(pair.ours / "bin" / name)]


def test_it_can_be_asked_for_by_version_and_build(pair):
    base = pair.base
    flags = ("t" if base.is_free_threaded else "") + ("d" if base.is_debug else "")
    assert parse_request(f"{base.implementation}@{base.minor}{flags}").is_met_by(base)
    assert not parse_request(f"{base.minor}{'' if flags else 't'}").is_met_by(base)


def test_activation_scripts_have_no_line_ends_of_dos(pair):
    for script in (pair.ours / "bin").glob("*activate*"):
        if script.suffix != ".bat":
            assert b"\r" not in script.read_bytes(), script.name


def test_a_build_is_told_apart_from_its_ordinary_sister(prober):
    python, plain = _kind(prober, "debug"), _kind(prober, "of the system")
    assert (python.is_debug, plain.is_debug) == (True, False)
    assert python.soabi != plain.soabi
    assert "debug" in python.title
    assert f"python{python.minor}d" in program_names(python)
    assert (python.cache_tag, python.magic) == (plain.cache_tag, plain.magic)  # so Python itself shares their bytecode


def test_a_free_threaded_build_has_a_folder_of_its_own(prober):
    python = _kind(prober, "free-threaded")
    assert python.is_free_threaded
    assert python.lib_name == f"python{python.minor}t"
    assert f"python{python.minor}t" in program_names(python)


def test_pypy_has_a_folder_and_names_of_its_own(prober):
    python = _kind(prober, "PyPy")
    assert python.lib_name == f"pypy{python.minor}"
    assert {"python3", "pypy3", f"pypy{python.minor}"} <= set(program_names(python))


def test_what_was_learned_of_one_build_is_not_believed_of_another(prober, tmp_path):
    link = tmp_path / "python3"
    link.symlink_to(_kind(prober, "of the system").base_executable)
    cache = Probe(cache_root=str(tmp_path / "cache"), variables=VARIABLES, folder="/")
    assert not cache.ask(str(link)).is_debug
    link.unlink()
    link.symlink_to(_kind(prober, "debug").base_executable)
    assert read_known(str(tmp_path / "cache"), str(link)) is None
    assert cache.ask(str(link)).is_debug


def test_headers_go_where_pip_puts_them(prober, tmp_path):
    # pip knows no build and no implementation there. Asked out of the wheel that the Python brings along.
    text = "from pip._internal.locations import get_scheme; print(get_scheme('sample').headers)"
    for name in ("PyPy", "free-threaded"):
        base = _base(prober, KINDS[name]) if KINDS[name] else None
        if base is None or not base.ensurepip_wheel:
            continue
        wish = Wish(root=str(tmp_path / name.replace(" ", "-")), interpreter=base)
        create(wish, Linker())
        code = f"import sys; sys.path.insert(0, {base.ensurepip_wheel!r}); {text}"
        told = run(wish.layout.path(wish.layout.python), "-c", code).strip()
        assert told == wish.layout.path(wish.layout.scheme("headers", "sample"))


def test_this_python_is_among_them():
    assert KINDS[f"3.{sys.version_info[1]}"]
