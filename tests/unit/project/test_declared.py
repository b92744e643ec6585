"""What a project declares: flat lists with lines, and what is wrong with them."""

import pytest

from capsa.errors import RequirementError
from capsa.model.metadata import Metadata
from capsa.project.declared import read_declared
from capsa.project.find import parse_project

WHOLE = """\
[project]
name = "My_App"
requires-python = ">=3.11"
dependencies = [  # "six" is not here
    "six>=1",
    'celery[redis]; python_version < "4"', "app-kit",
]

[project.optional-dependencies]
Fast = ["uvloop; sys_platform != 'win32'"]
all = ["my.app[fast,net]; python_version > '3'"]
net = ["httpx"]

[dependency-groups]
test = ["pytest"]
Dev = [{include-group = "Test"}, "ruff"]
own = ["my-app[net]"]

[build-system]
requires = []
"""


def declared(text, **more):
    return read_declared(parse_project(text.encode(), "/w/pyproject.toml"), **more)


def project(*lines):
    return "\n".join(["[project]", 'name = "app"', *lines, ""])


def shown(demands):
    return [
        (f"{demand.demand}{f'; {demand.marker}' if demand.marker else ''}", demand.origin.line) for demand in demands
    ]


def test_every_demand_has_its_line():
    found = declared(WHOLE)
    assert shown(found.requirements) == [("six>=1", 5), ('celery[redis]; python_version < "4"', 6), ("app-kit", 6)]
    assert found.requirements[0].origin.place == "pyproject.toml"
    assert declared(WHOLE, place="../pyproject.toml").requirements[0].origin.place == "../pyproject.toml"
    assert (found.name, found.requires_python, found.root, found.path) == (
        "my-app",
        ">=3.11",
        "/w",
        "/w/pyproject.toml",
    )
    assert (found.default_groups, found.is_package, found.dynamic) == (("dev",), True, frozenset())


def test_lines_are_those_of_the_file_with_other_line_ends_and_a_mark():
    found = declared("\ufeff" + WHOLE.replace("\n", "\r\n"))
    assert [demand.origin.line for demand in found.requirements] == [5, 6, 6]


def test_extras_of_the_project_itself_are_filled_in_under_their_markers():
    found = declared(WHOLE)
    assert list(found.extras) == ["fast", "all", "net"]
    assert shown(found.extras["all"]) == [
        ('uvloop; sys_platform != "win32" and python_version > "3"', 10),
        ('httpx; python_version > "3"', 12),
    ]


def test_groups_that_are_included_are_filled_in():
    found = declared(WHOLE)
    assert shown(found.groups["dev"]) == [("pytest", 15), ("ruff", 16)]


def test_the_project_itself_in_a_group_stands_for_its_dependencies():
    assert [demand.name for demand in declared(WHOLE).groups["own"]] == ["six", "celery", "app-kit", "httpx"]


def test_extras_that_name_each_other_end():
    found = declared(project("[project.optional-dependencies]", "a = ['x', 'app[b]']", "b = ['app[a]', 'y']"))
    assert {name: [demand.name for demand in demands] for name, demands in found.extras.items()} == {
        "a": ["x", "y"],
        "b": ["x", "y"],
    }


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["[dependency-groups]", "dev = []"], ("dev",)),
        (["[dependency-groups]", "test = []"], ()),
        (["[dependency-groups]", "a = []", "b_c = []", "[tool.capsa]", "default-groups = ['B.C', 'a']"], ("b-c", "a")),
        (["[dependency-groups]", "dev = []", "[tool.capsa]", "default-groups = []"], ()),
    ],
)
def test_default_groups(lines, wanted):
    assert declared(project(*lines)).default_groups == wanted


@pytest.mark.parametrize(
    ("text", "is_package"),
    [
        (project("[build-system]"), True),
        (project("[build-system]", "[tool.capsa]", "package = false"), False),
        (project("[tool.capsa]", "package = true"), False),
        ("[build-system]\n", True),
        ("[dependency-groups]\na = []\n", False),
    ],
)
def test_what_is_a_package(text, is_package):
    assert declared(text).is_package == is_package


def test_what_only_the_build_backend_knows_is_named_and_can_be_told():
    text = project(
        "dynamic = ['version', 'dependencies', 'optional-dependencies']", "[dependency-groups]", "t = ['app[x]']"
    )
    found = declared(text)
    assert found.dynamic == {"dependencies", "optional-dependencies"}
    assert found.is_dynamic
    told = Metadata(
        name="app",
        version="1",
        requires=(
            "six",
            'rich; extra == "x"',
            'tomli; python_version < "3.11" and extra == "x"',
            'both; (python_version > "3" or os_name == "nt") and extra == "y-z"',
            'odd; extra == "x" or extra == "y-z"',
        ),
        extras=("x", "y-z"),
    )
    whole = declared(text, told=told)
    assert not whole.is_dynamic
    assert shown(whole.requirements) == [("six", None)]
    assert [demand for demand, _ in shown(whole.extras["x"])][:2] == ["rich", 'tomli; python_version < "3.11"']
    assert shown(whole.extras["y-z"])[0][0] == 'both; python_version > "3" or os_name == "nt"'
    odd = whole.extras["x"][-1]
    assert odd.name == "odd"
    assert odd.is_wanted({"python_version": "3.12"})
    assert [demand.name for demand in whole.groups["t"]] == ["six", "rich", "tomli", "odd"]
    assert str(whole.requirements[0].origin) == "pyproject.toml (as its build backend says)"


def test_without_a_table_the_build_backend_knows_everything_also_the_name():
    text = "[build-system]\n[dependency-groups]\nt = ['my-app[x]']\n"
    found = declared(text)
    assert found.dynamic == {"dependencies", "optional-dependencies", "requires-python"}
    assert (found.name, found.is_package) == (None, True)
    told = Metadata(
        name="My_App", version="1", requires=("six", 'rich; extra == "x"'), extras=("x",), requires_python=">=3.9"
    )
    whole = declared(text, told=told)
    assert (whole.name, whole.requires_python, whole.is_dynamic) == ("my-app", ">=3.9", False)
    assert [demand.name for demand in whole.groups["t"]] == ["six", "rich"]


def test_what_poetry_fills_in_without_saying_so_is_dynamic():
    poetry = ["[build-system]", "[tool.poetry.dependencies]", "python = '^3.11'"]
    assert not declared(project(*poetry)).is_dynamic
    assert declared(project(*poetry, "six = '*'")).dynamic == {"dependencies"}
    assert not declared(project("dependencies = ['six']", *poetry, "six = '*'")).is_dynamic


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            project("dependencies = 'six'"),
            "line 3: the key project.dependencies must be a list of requirements, not a text",
        ),
        (project("dependencies = [", "  3,", "]"), "line 4: the key project.dependencies must hold texts, not `3`"),
        (
            project("dependencies = ['x @ ./y']"),
            "line 3: `x @ ./y` names a path, and a standard dependency must give a whole URL",
        ),
        (
            project("dependencies = ['x @ file:y']"),
            "line 3: `x @ file:y` names a path, and a standard dependency must give a whole URL",
        ),
        (project("dependencies = ['app[no]']"), "line 3: `app[no]` asks for the extra `no`, and there is none"),
        (
            project("[project.optional-dependencies]", "a-b = []", "A_b = []"),
            "line 5: `A_b` and `a-b` are the same extra, as names are compared",
        ),
        (project("optional-dependencies = {'!' = []}"), "line 3: `!` is not a name for an extra"),
        ("[dependency-groups]\na = [{include-group = 'b'}]\n", "line 2: includes the group `b`, and there is none"),
        (
            "[dependency-groups]\nb = [{include-group = 'a'}]\na = [{include-group = 'b'}]\n",
            "line 2: groups include each other in a circle: a -> b -> a",
        ),
        ("[dependency-groups]\na = [{include-group = 'a'}]\n", "line 2: groups include each other in a circle: a -> a"),
        (
            "[dependency-groups]\na = [{x = 'b'}]\n",
            "line 2: the group dependency-groups.a must hold requirements and inclusions, not a table",
        ),
        (
            "[dependency-groups]\na = 'b'\n",
            "line 2: the key dependency-groups.a must be a list of requirements, not a text",
        ),
        (
            project("dynamic = ['dependencies']", "dependencies = []"),
            ": project.dependencies is written down, and project.dynamic leaves it to the build backend",
        ),
        (project("dynamic = 'x'"), ": the key project.dynamic must be a list of texts"),
        (
            project("[tool.capsa]", "default-groups = ['x']"),
            ": tool.capsa.default-groups names `x`, and there is no such group",
        ),
        (
            project("[tool.capsa]", "default-groups = 'x'"),
            ": tool.capsa.default-groups must be a list of the names of groups, not a text",
        ),
        (project("[tool.capsa]", "package = 'x'"), ": tool.capsa.package must be true or false, not a text"),
        ("[tool.ruff]\n", ": there is no [project] table"),
        ("[project]\nversion = '1'\n", ": [project] has no name, and every project has one (PEP 621)"),
        (
            "[project]\nname = 'a b'\n",
            (
                ": project.name is `a b`, which is no name: letters, digits, `-`, `_` and `.` make one, "
                "with a letter or digit at both ends"
            ),
        ),
        (
            project("dependencies = ['flask[x]@1.0']"),
            "line 3: `flask[x]@1.0` has a version where an address stands, behind the @",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, message):
    with pytest.raises(RequirementError) as caught:
        declared(text)
    assert str(caught.value) == f"pyproject.toml{'' if message[0] == ':' else ' '}{message}"


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(RequirementError) as caught:
        declared(project("dependencies = ['>1', 'ok', '<2']"))
    assert str(caught.value).startswith("2 things can't be used: pyproject.toml line 3: `>1` is not a requirement")


def test_the_digest_takes_no_notice_of_form():
    other = (
        WHOLE.replace('# "six" is not here', "")
        .replace('"six>=1",\n', '"app-kit",\n')
        .replace('"app-kit",\n]', '"six>=1"]')
        .replace("My_App", "my-app")
        .replace("Fast =", "fast =")
        .replace('"Test"', "'test'")
    )
    assert other != WHOLE
    assert declared(other).inputs == declared(WHOLE).inputs
    assert declared(WHOLE + "[tool.capsa]\ntimeout = 3\n").inputs == declared(WHOLE).inputs
    assert declared(WHOLE.replace("[build-system]\nrequires = []\n", "")).inputs == declared(WHOLE).inputs


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("six>=1", "six>=2"),
        lambda text: text.replace("My_App", "other-app").replace("my.app", "other.app").replace("my-app", "other-app"),
        lambda text: text.replace(">=3.11", ">=3.12"),
        lambda text: text.replace("Fast =", "quick =").replace("[fast", "[quick"),
        lambda text: text.replace('"ruff"', '"ruff>1"'),
        lambda text: text + "[tool.capsa]\nprerelease = 'allow'\n",
    ],
)
def test_the_digest_takes_notice_of_what_counts(change):
    assert declared(change(WHOLE)).inputs != declared(WHOLE).inputs
