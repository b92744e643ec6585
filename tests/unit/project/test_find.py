"""The nearest pyproject.toml, and what is wrong with one."""

import subprocess
import sys
from pathlib import Path

import pytest

from capsa.errors import RequirementError
from capsa.project.find import find_project, parse_project

WHOLE = b"""
[project]
name = "My_App"
requires-python = ">=3.11,<4"
dependencies = ["six"]

[tool.capsa]
index-url = "https://index.example/simple"
"""


def test_the_nearest_file_upward_is_the_project(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b'[project]\nname = "outer"\n')
    inner = tmp_path / "inner"
    deep = inner / "src" / "package"
    deep.mkdir(parents=True)
    (inner / "pyproject.toml").write_bytes(WHOLE)
    project = find_project(str(deep))
    assert project.root == str(inner)
    assert project.path == str(inner / "pyproject.toml")
    assert (project.name, project.requires_python) == ("my-app", ">=3.11,<4")
    assert project.settings == {"index-url": "https://index.example/simple"}
    assert project.table["dependencies"] == ["six"]
    assert find_project(str(tmp_path)).name == "outer"


def test_groups_build_system_and_bytes_come_along():
    content = b"\xef\xbb\xbf[build-system]\n[dependency-groups]\ndev = ['six']\n"
    project = parse_project(content, "/w/pyproject.toml")
    assert (project.groups, project.has_build_system, project.content) == ({"dev": ["six"]}, True, content)


@pytest.mark.parametrize("text", [">=3.11", ">= 3.8, != 3.9.*, <4", "==3.*", "~=3.8", "", ">=3.8,<4.dev0", "===3.11"])
def test_ranges_are_taken_as_they_are_written(text):
    content = f'[project]\nrequires-python = "{text}"\n'.encode()
    assert parse_project(content, "/w/pyproject.toml").requires_python == text


@pytest.mark.parametrize("text", ["~=3", ">=3.8.*", "3.11", ">=", "^3.8", ">=3.8 <4"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(RequirementError, match="no range of versions"):
        parse_project(f'[project]\nrequires-python = "{text}"\n'.encode(), "/w/pyproject.toml")


def test_a_plain_project_is_read_without_packaging():
    code = (
        "import sys; from capsa.project.find import parse_project;"
        "parse_project(b'[project]\\nrequires-python = \">=3.8, <4\"\\n', '/w/pyproject.toml');"
        "sys.exit('packaging' in sys.modules)"
    )
    source = str(Path(__file__).parents[3] / "src")
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": source}, check=False).returncode == 0


def test_a_folder_named_like_the_file_is_passed_over(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b"")
    inner = tmp_path / "inner"
    (inner / "pyproject.toml").mkdir(parents=True)
    assert find_project(str(inner)).root == str(tmp_path)


def test_no_file_is_no_project(tmp_path, monkeypatch):
    monkeypatch.setattr("capsa.project.find.FILE", "no-such-file-anywhere.toml")
    assert find_project(str(tmp_path)) is None


def test_a_file_without_project_is_one_still():
    project = parse_project(b"[tool.ruff]\nline-length = 100\n", "/w/pyproject.toml")
    assert (project.name, project.requires_python, project.settings, project.table) == (None, None, {}, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[project]\nname = "x\n', "/w/pyproject.toml line 2 is not TOML: illegal character '\\n'"),
        (b"[project]\nname\n", "/w/pyproject.toml line 2 is not TOML: expected '=' after a key in a key/value pair"),
        (b"[project", "/w/pyproject.toml line 1 is not TOML: expected ']' at the end of a table declaration"),
        (b"a = 1\nb = '\xff'\n", "/w/pyproject.toml line 2: a byte that is not UTF-8, and TOML must be UTF-8"),
        (b"project = 1\n", "/w/pyproject.toml: [project] must be a table, not `1`"),
        (b"tool = []\n", "/w/pyproject.toml: [tool] must be a table, not a list"),
        (b"[tool]\ncapsa = true\n", "/w/pyproject.toml: [tool.capsa] must be a table, not true or false"),
        (b"[project]\nname = 3\n", "/w/pyproject.toml: the key project.name must be a text, not `3`"),
        (
            b"[project]\nrequires-python = []\n",
            "/w/pyproject.toml: the key project.requires-python must be a text, not a list",
        ),
        (
            b'[project]\nrequires-python = "3.11+"\n',
            "/w/pyproject.toml: the key project.requires-python is `3.11+`, which is no range of versions",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(content, message):
    with pytest.raises(RequirementError) as caught:
        parse_project(content, "/w/pyproject.toml")
    assert str(caught.value) == message


def test_a_file_that_can_not_be_opened_is_named(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(RequirementError, match=r"pyproject\.toml can't be read: Permission denied"):
        find_project(str(tmp_path))
