"""Launchers: real ones run under every Python of this machine, those of Windows are read."""

import ast
import os
import subprocess
import sys
import warnings

import pytest

from capsa.environment.launcher import launcher, launcher_files, rewritten_script, script_files, shebang
from capsa.errors import EnvironmentDamagedError
from support.interpreters import pythons

PYTHONS = pythons()
MODULE = """
import sys
class App:
    @staticmethod
    def main():
        print("|".join([sys.executable, *sys.argv]))
        return 7
def plain():
    print("plain", __name__)
"""

AWKWARD = [
    "a b",
    "it's",
    "''' and \"\"\"",
    "$HOME `id` \\n \\ \\x $(id)",
    "tab\there",
    "übung und 雪",
    "{0} %s *?#",
    "deep" * 40,
]


def write(path, content):
    path.write_bytes(content)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def program(tmp_path):
    """Return a function that makes a launcher for a Python in a folder of a given name and tells its path."""

    def make(name, attribute="App.main", real=sys.executable):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "python").symlink_to(real)
        (folder / "demo").mkdir()
        (folder / "demo" / "__init__.py").touch()
        (folder / "demo" / "cli.py").write_text(MODULE)
        return write(folder / "tool", launcher(str(folder / "python"), "demo.cli", attribute))

    return make


@pytest.mark.parametrize("minor", PYTHONS)
@pytest.mark.parametrize("name", ["plain", "a 'quoted' $folder"])
def test_a_launcher_starts_its_function_under_its_own_python(program, minor, name):
    tool = program(name, real=PYTHONS[minor])
    finished = subprocess.run([tool, "x y", "--z"], capture_output=True, text=True, check=False)
    assert finished.stderr == ""
    assert finished.stdout == "|".join([os.path.join(os.path.dirname(tool), "python"), tool, "x y", "--z"]) + "\n"
    assert finished.returncode == 7


@pytest.mark.parametrize("name", AWKWARD)
def test_a_launcher_works_in_a_folder_with_any_name(program, name):
    tool = program(name)
    finished = subprocess.run([tool], capture_output=True, text=True, encoding="utf-8", check=False)
    assert (finished.stderr, finished.returncode) == ("", 7)
    assert finished.stdout.split("|")[0] == os.path.join(os.path.dirname(tool), "python")


def test_a_launcher_imported_by_a_child_process_starts_nothing(program):
    tool = program("spawn", attribute="plain")
    code = f"import runpy; runpy.run_path({tool!r}, run_name='__mp_main__'); print('quiet')"
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=os.path.dirname(tool), capture_output=True, text=True, check=True
    )
    assert finished.stdout == "quiet\n"


@pytest.mark.parametrize("written", ["tool-script.pyw", "tool-script.py", "tool.exe", "tool"])
def test_the_program_sees_its_own_name_without_what_windows_adds(tmp_path, written):
    (tmp_path / "demo.py").write_text("import sys\ndef main():\n    print(sys.argv[0])\n")
    tool = write(tmp_path / written, launcher(sys.executable, "demo", "main"))
    finished = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=True)
    assert finished.stdout == f"{tmp_path / 'tool'}\n"


@pytest.mark.parametrize("name", ["/plain/python", *(f"/{name}/bin/python" for name in AWKWARD)])
def test_a_first_line_is_python_too_and_short_enough_for_the_kernel(name):
    text = shebang(name)
    assert len(text.split(b"\n")[0]) < 128
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ast.parse(text + b"import os\n")


def test_the_direct_form_ends_where_the_kernel_stops_reading():
    at_limit, over = "/" + "x" * 123, "/" + "x" * 124
    assert shebang(at_limit) == f"#!{at_limit}\n".encode()
    assert shebang(over).startswith(b"#!/bin/sh\n")


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", "\udcff"])
def test_a_path_that_no_launcher_can_carry_is_refused(sign):
    with pytest.raises(EnvironmentDamagedError, match=r"no launcher can name the Python at `/a.*python`") as caught:
        launcher(f"/a{sign}b/bin/python", "demo", "main")
    assert caught.value.hints


@pytest.mark.parametrize("first", [b"#!python", b"#!pythonw", b"#!python -E", b"#!python3\r"])
def test_a_wheels_script_is_given_the_boxs_python(first):
    assert rewritten_script(first + b"\nprint(1)\n", "/box/bin/python") == b"#!/box/bin/python\nprint(1)\n"


def test_a_script_of_one_line_stays_one():
    assert rewritten_script(b"#!python", "/box/bin/python") == b"#!/box/bin/python\n"


@pytest.mark.parametrize("folder", ["plain", "with blank", "über"])
def test_a_script_in_another_encoding_still_says_the_same(tmp_path, folder):
    place = tmp_path / folder
    place.mkdir()
    (place / "python").symlink_to(sys.executable)
    content = "#!python\n# -*- coding: latin-1 -*-\nprint(ascii('é'))\n".encode("latin-1")
    tool = write(place / "tool", rewritten_script(content, str(place / "python")))
    finished = subprocess.run([tool], capture_output=True, text=True, check=True)
    assert finished.stdout == "'\\xe9'\n"


@pytest.mark.parametrize("minor", PYTHONS)
def test_a_script_with_a_future_import_runs_through_sh(tmp_path, minor):
    place = tmp_path / "with blank"
    place.mkdir()
    (place / "python").symlink_to(PYTHONS[minor])
    content = b"#!python\n# a comment\nfrom __future__ import annotations\nprint('ran')\n"
    tool = write(place / "tool", rewritten_script(content, str(place / "python")))
    assert subprocess.run([tool], capture_output=True, text=True, check=True).stdout == "ran\n"


def test_a_script_that_no_python_can_read_is_not_touched_below_its_first_line():
    content = b"#!python\n# coding: no-such-encoding\n\xff\n"
    assert rewritten_script(content, "/a b/python").endswith(b"# coding: no-such-encoding\n\xff\n")


def test_windows_gets_a_text_and_a_command_that_finds_the_python_beside_it():
    files = dict(
        launcher_files("100%tool", ("demo", "main"), "C:/box/Scripts/python.exe", is_gui=False, platform="win32")
    )
    assert list(files) == ["100%tool-script.py", "100%tool.cmd"]
    assert files["100%tool.cmd"] == b'@"%~dp0python.exe" "%~dp0100%%tool-script.py" %*\r\n'
    assert files["100%tool-script.py"].startswith(b"#!python\nimport sys\n")


def test_a_window_program_on_windows_opens_no_console():
    files = dict(launcher_files("tool", ("demo", "main"), "C:/box/Scripts/python.exe", is_gui=True, platform="win32"))
    assert files["tool.cmd"] == b'@start "" "%~dp0pythonw.exe" "%~dp0tool-script.pyw" %*\r\n'
    assert files["tool-script.pyw"].startswith(b"#!pythonw\n")


def test_a_window_program_elsewhere_is_a_program_like_any_other():
    as_gui = launcher_files("tool", ("demo", "main"), "/box/bin/python", is_gui=True, platform="linux")
    assert as_gui == launcher_files("tool", ("demo", "main"), "/box/bin/python", is_gui=False, platform="linux")


def test_a_wheels_script_on_windows_is_startable_by_its_name():
    files = dict(script_files("tool", b"#!pythonw\nprint(1)\n", "C:/box/Scripts/python.exe", platform="win32"))
    assert list(files) == ["tool-script.pyw", "tool.cmd"]
    assert list(dict(script_files("tool.py", b"#!python\n", "C:/p.exe", platform="win32"))) == ["tool.py"]
