"""Where packages come from by the tables of other tools: never passed over."""

import pytest

from capsa.errors import RequirementError
from capsa.model.metadata import Metadata
from capsa.project.declared import read_declared
from capsa.project.find import parse_project

HEAD = """\
[project]
name = "app"
dependencies = ["Lib.A>=1"]

"""
TABLE = "or remove it from that table, if what the index has under this name is meant"
INDEX = "name the index for capsa too: `index-url` or `extra-index-url` in [tool.capsa]"


def declared(text, **more):
    return read_declared(parse_project(text.encode(), "/w/pyproject.toml"), **more)


def refusal(text, **more):
    with pytest.raises(RequirementError) as caught:
        declared(text, **more)
    return str(caught.value), caught.value.hints


@pytest.mark.parametrize(
    ("table", "line", "name", "address"),
    [
        ("[tool.uv.sources]\nlib_a = {path = '../my lib', editable = true}", 6, "uv.sources", "file:///my%20lib"),
        ("[tool.uv]\nsources.lib-a.workspace = true", 6, "uv.sources", "file:///..."),
        ("[tool.uv.sources]\n[tool.uv.sources.LIB-A]\nurl = 'https://t@x.example/a.whl'", 6, "uv.sources", None),
        (
            "[tool.uv.sources]\nother = {path = 'o'}\nlib-a = {git = 'https://x.example/a', tag = 'v1'}",
            7,
            "uv.sources",
            "git+https://x.example/a@v1",
        ),
        (
            "[tool.uv.sources]\nlib-a = [{git = 'ssh://git@x.example/a', subdirectory = 'b'}]",
            6,
            "uv.sources",
            "git+ssh://****@x.example/a#subdirectory=b",
        ),
        ("[tool.uv.sources]\nlib-a = {git = 'git@x.example:o/a.git'}", 6, "uv.sources", "git+https://..."),
        ("[tool.poetry.dependencies]\nlib-a = {path = 'a'}", 6, "poetry.dependencies", "file:///w/a"),
        ("[tool.poetry.group.x.dependencies]\nlib-a = {path = 'a'}", 6, "poetry.group.x.dependencies", "file:///w/a"),
    ],
)
def test_a_package_whose_place_another_tool_knows_is_refused(table, line, name, address):
    message, hints = refusal(HEAD + table + "\n")
    assert message == (
        f"pyproject.toml line {line}: tool.{name} says where `lib-a` comes from, and capsa does not read that table"
    )
    shown = address or "https://****@x.example/a.whl"
    assert hints == (f"write the address into the demand: `lib-a @ {shown}`", TABLE)


@pytest.mark.parametrize(
    "lists",
    [
        "[dependency-groups]\ndev = ['lib-a']\n",
        "[project]\nname = 'app'\n[project.optional-dependencies]\nx = ['lib-a']\n",
    ],
)
def test_extras_and_groups_count_too(lists):
    assert "line " in refusal(lists + "[tool.uv.sources]\nlib-a = {path = 'a'}\n")[0]


def test_what_the_build_backend_tells_counts_too():
    text = "[build-system]\n[tool.uv.sources]\nlib-a = {path = 'a'}\n"
    assert declared(text).is_dynamic
    message, _ = refusal(text, told=Metadata(name="app", version="1", requires=("lib-a",)))
    assert message.startswith("pyproject.toml line 3: tool.uv.sources says where `lib-a` comes from")


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "[tool.uv.sources]\nother = {path = 'a'}\n",
        HEAD.replace("Lib.A>=1", "lib-a @ file:///w/a") + "[tool.uv.sources]\nlib-a = {path = 'a'}\n",
        HEAD + "[tool.poetry.dependencies]\nlib-a = {version = '1', optional = true}\n",
        HEAD + "[[tool.uv.index]]\nname = 'x'\nurl = 'https://x.example'\nexplicit = true\n",
        HEAD + "[[tool.poetry.source]]\nname = 'PyPI'\npriority = 'primary'\n",
        HEAD.replace('"Lib.A>=1"', "") + "[[tool.uv.index]]\nurl = 'https://x.example'\n",
        HEAD + "[tool.uv]\nsources = 3\n[tool.poetry]\ndependencies = []\ngroup = 'x'\n",
    ],
)
def test_what_is_no_word_on_a_package_that_an_index_is_asked_for_is_no_problem(text):
    assert declared(text).name == "app"


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("[[tool.uv.index]]\nurl = 'https://x.example'", "uv.index"),
        ("[tool.uv]\nindex = [{url = 'https://x.example'}]", "uv.index"),
        ("[tool.uv]\nextra-index-url = ['https://x.example']", "uv.extra-index-url"),
        ("[[tool.poetry.source]]\nname = 'x'\nurl = 'https://x.example'", "poetry.source"),
        ("[[tool.pdm.source]]\nurl = 'https://x.example'", "pdm.source"),
    ],
)
def test_an_index_of_another_tool_is_refused_until_capsa_has_one_of_its_own(table, name):
    line = 6 if table.startswith("[tool") else 5
    message, hints = refusal(HEAD + table + "\n")
    assert message == (
        f"pyproject.toml line {line}: tool.{name} says which index packages come from, and capsa does not read it"
    )
    assert hints == (INDEX,)
    assert declared(f"{HEAD}{table}\n[tool.capsa]\nextra-index-url = ['https://x.example']\n").name == "app"


def test_a_package_that_names_an_index_needs_one_for_capsa():
    table = "[tool.uv.sources]\nlib-a = {index = 'x'}\n[[tool.uv.index]]\nname = 'x'\nurl = 'https://x.example'\n"
    message, hints = refusal(HEAD + table + "explicit = true\n")
    assert message.startswith("pyproject.toml line 6: tool.uv.sources says where `lib-a` comes from")
    assert hints == ("name the index for capsa too: `extra-index-url` in [tool.capsa]", TABLE)
    assert declared(f"{HEAD}{table}[tool.capsa]\nindex-url = 'https://x.example'\n").name == "app"
    assert refusal(HEAD + table)[0].startswith("2 things can't be used: ")
