"""What belongs to the box itself."""

import pytest

from capsa.commit.skeleton import is_inside, is_reserved, is_skeleton


@pytest.mark.parametrize(
    "path",
    [
        "pyvenv.cfg", "PyVenv.cfg", ".gitignore", "CACHEDIR.TAG", ".capsa", ".capsa/journal", ".capsa/new/0/x", "lib64",
        "bin/python", "bin/python3", "bin/python3.12", "bin/python3.13t", "bin/pypy3.10", "bin/activate",
        "bin/activate.fish", "bin/Activate.ps1", "bin/activate_this.py", "bin/deactivate", "Scripts/python.exe",
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
