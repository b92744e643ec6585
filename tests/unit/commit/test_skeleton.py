"""What belongs to the box itself."""

import pytest

from capsa.commit.skeleton import is_inside, is_of_pip, is_reserved, is_skeleton, of_pip, reserved


@pytest.mark.parametrize(
    "path",
    [
        "pyvenv.cfg", "PyVenv.cfg", ".gitignore", "CACHEDIR.TAG", ".capsa", ".capsa/journal", ".capsa/new/0/x", "lib64",
        "bin/python", "bin/python3", "bin/python3.12", "bin/python3.13t", "bin/python3.13td", "bin/pypy3.10",
        "bin/activate", "bin/activate.fish", "bin/Activate.ps1", "bin/activate_this.py", "bin/deactivate",
        "Scripts/python.exe", "Scripts/python.com", "Scripts/python.cmd", "Scripts/python3.ps1", "Scripts/python.exe.",
        "scripts /python.exe",
        "Scripts/activate.bat::$DATA", "pyvenv.cfg.", ".capsa./id",
        "Scripts/PYTHONW.EXE", "Scripts/activate.bat", "Scripts/deactivate.bat", "scripts/python",
    ],
)  # fmt: skip
def test_files_of_the_box_are_reserved(path):
    assert is_reserved(path)


@pytest.mark.parametrize(
    "path",
    [
        "bin/pip", "bin/pythonic", "bin/python-argcomplete-tcsh", "bin/activate-global-python-argcomplete",
        "lib/python3.12/site-packages/python", "share/bin/python", "etc/pyvenv.cfg", "bin/python/x", "capsa/x",
    ],
)  # fmt: skip
def test_files_of_packages_are_not(path):
    assert not is_reserved(path)


def test_the_reserved_ones_are_found_among_many():
    site = "lib/python3.12/site-packages"
    paths = [f"{site}/pyvenv.cfg", f"{site}/bin/python", "bin/python", "LIB64", ".capsa/x", "share/doc/activate"]

    assert reserved(paths) == ["bin/python", "LIB64", ".capsa/x"]


@pytest.mark.parametrize(
    "path",
    [
        "bin/pip", "bin/pip3", "bin/pip3.12", "bin/pip-3.12", "Scripts/pip.exe", "Scripts/PIP3-script.py",
        "Scripts/pip3.12.cmd", "lib/python3.12/site-packages/pip/__init__.py", "lib/python3.12/site-packages/pip.py",
        "Lib/Site-Packages/PIP/x.py", "lib/site-packages/pip./x.py",
        "lib64/pypy3.10/site-packages/pip-1.dist-info/RECORD",
    ],
)  # fmt: skip
def test_places_of_pip(path):
    assert is_of_pip(path)
    assert of_pip(["lib/python3.12/site-packages/pipeline.py", path]) == [path]


@pytest.mark.parametrize(
    "path",
    [
        "bin/pipx", "bin/pip-compile", "bin/pipenv", "bin/pip-audit.exe", "bin/pipt", "share/pip/x", "pip/x",
        "lib/python3.12/site-packages/pip_tools/x.py", "lib/python3.12/site-packages/pip-tools-1.dist-info/x",
        "lib/python3.12/site-packages/vendor/pip/x.py", "lib/python3.12/pip/x.py",
    ],
)  # fmt: skip
def test_places_of_others(path):
    assert not is_of_pip(path)


@pytest.mark.parametrize("path", ["a", "a/b.py", "a..b", "...", "lib/x:y", "a b/ü"])
def test_plain_paths_stay_inside(path):
    assert is_inside(path)


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", "a/..", "a//b", "a/", "./a", "C:/x", "c:x", "a\\b", "a\0b"]
)
def test_other_paths_do_not(path):
    assert not is_inside(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "bin", "Scripts", "lib", "lib/python3.12", "lib/python3.13t", "lib/pypy3.10/site-packages", "include",
        "include/python3.12", "lib64", "Lib/site-packages", "lib/python3.12/site-packages",
    ],
)  # fmt: skip
def test_the_folders_of_every_box_stay(path):
    assert is_skeleton(path)


@pytest.mark.parametrize(
    "path",
    ["share", "etc", "lib/pythonic", "lib/python3.12/site-packages/x", "lib/x", "include/site", "include/site/python3"],
)
def test_the_folders_of_packages_may_go(path):
    assert not is_skeleton(path)
