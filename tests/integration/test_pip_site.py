"""What the machine's own pip puts into a box, capsa finds and takes out whole; and the other way round."""

import importlib.util
import os
import subprocess
import sys

import pytest

from capsa.environment.site import departure, scan
from capsa.environment.wheel import installation
from capsa.testing.wheel import make_wheel
from capsa.value import replace
from support.box import box, entry, interpreter, put_in, unpack

MINOR = f"python{sys.version_info[0]}.{sys.version_info[1]}"


pytestmark = pytest.mark.skipif(not importlib.util.find_spec("pip"), reason="the Python that runs the tests has no pip")


def pip(root, *arguments):
    command = [sys.executable, "-m", "pip", "--python", root / "bin" / "python", *arguments]
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    return subprocess.run(
        command, check=True, env={"PATH": os.environ["PATH"], **quiet}, stdout=subprocess.PIPE, text=True
    ).stdout


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "box"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    return root


def files(root):
    return {path for path in root.rglob("*") if not path.is_dir()}


def test_what_pip_installed_is_found_and_leaves_whole(tmp_path, root):
    wheel = make_wheel(
        str(tmp_path / "made"),
        "demo",
        "1.0",
        files={"demo/__init__.py": "def main(): ...\n"},
        entry_points={"console_scripts": {"demo": "demo:main"}},
        data={"data/share/demo.txt": "x", "headers/demo.h": "y", "scripts/old": "#!python\n"},
    )
    before = files(root)
    pip(root, "install", "-q", "--no-index", wheel)
    environment = box(root, python=interpreter(lib_name=MINOR))
    (found,) = scan(environment).installed
    assert (found.name, found.installer, found.is_requested) == ("demo", "pip", True)
    assert found.direct_url["url"] == f"file://{wheel}"
    for path in departure(environment, found).paths:
        (root / path).unlink()
    assert files(root) == before


def test_what_capsa_puts_in_pip_shows_and_takes_out_whole(tmp_path, root):
    contents = {
        "demo/__init__.py": b"def main(): print('hello')\n",
        "demo-1.0.data/data/share/demo.txt": b"x",
        "demo-1.0.data/headers/demo.h": b"y",
        "demo-1.0.data/scripts/old": b"#!python\nprint('old')\n",
    }
    manifest, tree = unpack(tmp_path, contents, name="demo", console={"demo": "demo:main"})
    environment = box(root, python=interpreter(lib_name=MINOR, version_info=list(sys.version_info[:3])))
    before = files(root)
    put_in(root, installation(environment, manifest, tree, entry=replace(entry(manifest), is_requested=True)))
    assert subprocess.run([root / "bin" / "demo"], capture_output=True, text=True, check=True).stdout == "hello\n"
    assert subprocess.run([root / "bin" / "old"], capture_output=True, text=True, check=True).stdout == "old\n"
    assert "Installer: capsa" in pip(root, "show", "--verbose", "demo")
    pip(root, "check")
    pip(root, "uninstall", "-q", "-y", "demo")
    assert files(root) == before
