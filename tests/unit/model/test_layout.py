"""Where everything of a box lies."""

import pytest

from capsa.model.layout import Layout


def test_a_posix_box():
    layout = Layout("/srv/me/.venv", lib_name="python3.12", platform="linux")
    assert layout.python == "bin/python"
    assert layout.site == "/srv/me/.venv/lib/python3.12/site-packages"
    assert layout.path("bin") == "/srv/me/.venv/bin"
    assert layout.path("") == "/srv/me/.venv"
    assert {key: layout.scheme(key, "numpy") for key in ("purelib", "platlib", "scripts", "data", "headers")} == {
        "purelib": "lib/python3.12/site-packages",
        "platlib": "lib/python3.12/site-packages",
        "scripts": "bin",
        "data": "",
        "headers": "include/site/python3.12/numpy",
    }


def test_a_windows_box():
    layout = Layout("C:/box", lib_name="python3.12", platform="win32")
    assert layout.is_windows
    assert (layout.python, layout.scripts) == ("Scripts/python.exe", "Scripts")
    assert layout.site == "C:/box/Lib/site-packages"
    assert layout.scheme("headers", "numpy") == "include/site/python3.12/numpy"


def test_macos_is_laid_out_like_linux_and_pypy_by_its_own_name():
    assert Layout("/b", lib_name="pypy3.9", platform="darwin").purelib == "lib/pypy3.9/site-packages"


@pytest.mark.parametrize("lib_name", ["python3.13", "python3.13t", "pypy3.13"])
def test_headers_know_no_build_and_no_implementation_as_for_pip(lib_name):
    assert Layout("/b", lib_name=lib_name, platform="linux").scheme("headers", "x") == "include/site/python3.13/x"


def test_a_scheme_key_that_no_wheel_may_use_is_a_key_error():
    with pytest.raises(KeyError):
        Layout("/b", lib_name="python3.12", platform="linux").scheme("include", "x")
