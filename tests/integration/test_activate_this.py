"""Python programs that run already take a box in by its activate_this.py; Pythons that are not here are skipped."""

import json
import os
import subprocess
import sys

import pytest

from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.wish import Wish
from capsa.shell.scripts import scripts
from support.interpreters import probe, pythons
from support.shells import HOSTILE

HERE = pythons()
TELL = """
import json, os, sys
print(json.dumps([sys.prefix, sys.exec_prefix, sys.base_prefix, sys.path, os.environ.get("PATH"),
    os.environ.get("VIRTUAL_ENV"), os.environ.get("VIRTUAL_ENV_PROMPT"), os.environ.get("PYTHONHOME")]))
"""
EXEC = "import sys; path = sys.argv[1]; exec(open(path).read(), {'__file__': path})\n"
RUNPY = "import runpy, sys; runpy.run_path(sys.argv[1])\n"


@pytest.fixture(params=[f"3.{minor}" for minor in range(8, 15)])
def python(request):
    if request.param not in HERE:
        pytest.skip(f"Python {request.param} is not here")
    return HERE[request.param]


def make_box(python, root, prompt=""):
    made = scripts(str(root), prompt)
    create(Wish(root=str(root), interpreter=probe(python), scripts=made, prompt=prompt), Linker())
    return root


def run(python, code, *arguments, check=True, **variables):
    variables = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"} | variables
    command = [python, "-c", code, *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=check, cwd="/", timeout=60)


def test_the_packages_of_the_box_come_first_and_the_variables_name_it(python, tmp_path):
    root = make_box(python, tmp_path / "it's a $(box) ü" / ".venv")
    (packages,) = root.glob("lib/*/site-packages")
    (packages / "json.py").write_text("where = 'box'\n")
    (packages / "more.pth").write_text(f"{tmp_path}\n")
    (tmp_path / "further.py").write_text("")
    script = str(root / "bin" / "activate_this.py")
    base = json.loads(run(python, TELL).stdout)
    for way in (EXEC, RUNPY, EXEC + EXEC):
        see = "import os, further, json\nprint(json.where)\ndel sys.modules['json'], sys.path[0]\n"
        done = run(python, way + see + TELL, script, PYTHONHOME="" if way == EXEC else base[2])
        where, facts = done.stdout.splitlines()
        assert where == "box"
        prefix, exec_prefix, base_prefix, path, folders, active, prompt, home = json.loads(facts)
        assert (prefix, exec_prefix, base_prefix) == (str(root), str(root), base[2])
        assert path[0] == str(tmp_path)
        assert path[1:] == base[3]
        assert folders == f"{root}/bin:/usr/bin:/bin"
        assert (active, prompt, home) == (str(root), "it's a $(box) ü", None)


def test_what_is_not_its_place_or_its_python_is_refused_with_a_sentence(python, tmp_path):
    root = make_box(python, tmp_path / "box")
    script = str(root / "bin" / "activate_this.py")
    for code in ("import sys; exec(open(sys.argv[1]).read())", "import sys; exec(open(sys.argv[1]).read(), {})"):
        done = run(python, code, script, check=False)
        assert done.stderr.splitlines()[-1].startswith(
            "RuntimeError: activate_this.py can't tell its place: run it with"
        )
    (root / "lib").rename(root / "other")
    done = run(python, EXEC + TELL, script, check=False)
    assert done.stderr.splitlines()[-1].startswith(f"RuntimeError: the box {root} is not for Python 3.")


def test_a_prompt_is_that_text_whatever_it_holds(tmp_path):
    for number, prompt in enumerate([*HOSTILE, '"""', "\\"]):
        script = tmp_path / str(number) / "bin" / "activate_this.py"
        script.parent.mkdir(parents=True)
        (script.parents[1] / "pyvenv.cfg").touch()
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        (script.parents[1] / "lib" / version / "site-packages").mkdir(parents=True)
        script.write_bytes(scripts(str(script.parents[1]), prompt)["activate_this.py"])
        before = dict(os.environ), list(sys.path), sys.prefix, sys.exec_prefix
        try:
            exec(compile(script.read_text(), script, "exec"), {"__file__": str(script)})
            assert os.environ["VIRTUAL_ENV_PROMPT"] == prompt
        finally:
            os.environ.clear()
            os.environ.update(before[0])
            sys.path[:] = before[1]
            sys.prefix, sys.exec_prefix = before[2:]
