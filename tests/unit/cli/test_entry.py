"""The words that run this very capsa again, by the way in which it was started."""

import subprocess
import sys

import pytest

from capsa.cli.entry import program_words


@pytest.mark.parametrize(
    ("started", "words"),
    [
        ("/opt/bin/capsa", ("/opt/bin/capsa",)),
        ("bin/capsa", ("/desk/bin/capsa",)),
        ("./capsa", ("/desk/capsa",)),
        ("../capsa.pyz", ("/py", "/capsa.pyz")),
        ("/opt/capsa-script.py", ("/py", "/opt/capsa-script.py")),
    ],
)
def test_a_launcher_is_itself_and_an_archive_is_run_by_this_python(started, words):
    assert program_words(started, "/desk", "/py", "linux") == words


def test_a_launcher_of_windows_has_its_suffix():
    # Both spellings occur: some launchers cut it off.
    for started in ("capsa", "capsa.exe"):
        assert program_words(f"/opt/{started}", "/desk", "/py", "win32") == ("/opt/capsa.exe",)


@pytest.mark.parametrize("started", ["", "-c", "-m", "/any/capsa/__main__.py"])
def test_the_package_is_run_from_any_folder_and_never_takes_a_module_of_that_folder(started, tmp_path):
    for name in ("capsa", "os", "sys", "marshal", "errno", "fcntl", "packaging"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from the current folder')\n")
    words = program_words(started, str(tmp_path), sys.executable, sys.platform)
    done = subprocess.run([*words, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("capsa ")
