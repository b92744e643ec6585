"""Edits of pyproject.toml: what changes, and that nothing else does."""

import random
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsa.errors import RequirementError
from capsa.model.requirement import parse_requirement
from capsa.project.edit import Document, Place

PROJECT = Place()
DEV = Place(kind="group", name="dev")
NET = Place(kind="extra", name="net")


def added(text, place, *requirements):
    document = Document(text.encode(), "pyproject.toml")
    for requirement in requirements:
        document.add(place, requirement)
    return document.content.decode()


def removed(text, place, *names):
    document = Document(text.encode(), "pyproject.toml")
    for name in names:
        document.remove(place, name)
    return document.content.decode()


def project(*lines, newline="\n"):
    return newline.join(["[project]", 'name = "x"', *lines, ""])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["dependencies = []"], ["dependencies = ['m']"]),
        (["dependencies = [ ] # none"], ["dependencies = ['m'] # none"]),
        (['dependencies = ["a"]  # x'], ['dependencies = ["a", "m"]  # x']),
        (['dependencies = [ "a", "z", ]'], ['dependencies = [ "a", "m", "z", ]']),
        (["dependencies = ['z']"], ["dependencies = ['m', 'z']"]),
        (
            ["dependencies = [", '    "z", # of z', '    "a", # of a', "]"],
            ["dependencies = [", '    "z", # of z', '    "a", # of a', '    "m",', "]"],
        ),
        (
            ["dependencies = [", '\t"a", # of a', "\t# above z", '\t"z" # of z', "]"],
            ["dependencies = [", '\t"a", # of a', '\t"m",', "\t# above z", '\t"z" # of z', "]"],
        ),
        (
            ["dependencies = [  # all of them", "  # above z", '  "z",', "]"],
            ["dependencies = [  # all of them", '  "m",', "  # above z", '  "z",', "]"],
        ),
        (
            ["dependencies = [", '    "a",', '    "b" # last', "]"],
            ["dependencies = [", '    "a",', '    "b", # last', '    "m"', "]"],
        ),
        (
            ["dependencies = [", "  # nothing yet", "]"],
            ["dependencies = [", "  # nothing yet", "  'm',", "]"],
        ),
        (["dependencies = [", "]"], ["dependencies = [", "    'm',", "]"]),
        (
            ["dependencies = [", '    "a" # one', '  , "b" # two', "]"],
            ["dependencies = [", '    "a" # one', '  , "b" # two', '  , "m"', "]"],
        ),
        (
            ["dependencies = [", '    "a" # one', '  , "z"', "]"],
            ["dependencies = [", '    "a" # one', '  , "m"', '  , "z"', "]"],
        ),
        (
            ["dependencies = [", '    "y" # one', '  , "z"', "]"],
            ["dependencies = [", '    "m"', '  , "y" # one', '  , "z"', "]"],
        ),
        (
            ["dependencies = [", '  "a", "b", # ab', '  "c", "z", # cz', "]"],
            ["dependencies = [", '  "a", "b", # ab', '  "c", "m", "z", # cz', "]"],
        ),
        (
            ['dependencies = ["a",', '                "z"]'],
            ['dependencies = ["a",', '                "m",', '                "z"]'],
        ),
        (['dependencies = ["a",', '  "b"]'], ['dependencies = ["a",', '  "b",', '  "m"]']),
        (['dependencies = ["y",', '  "z"]'], ['dependencies = ["m",', '                "y",', '  "z"]']),
        (["dependencies = [", '  "a", ]'], ["dependencies = [", '  "a", "m", ]']),
    ],
)
def test_a_demand_is_added_in_the_manner_of_the_list(before, after):
    wanted = [line.replace("'m'", '"m"') if "'z'" not in line else line for line in after]
    assert added(project(*before), PROJECT, "m") == project(*wanted)
    crlf = project(*before, newline="\r\n")
    assert added(crlf, PROJECT, "m") == project(*wanted, newline="\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (['dependencies = ["m"]'], ["dependencies = []"]),
        (['dependencies = ["m", "z"]  # x'], ['dependencies = ["z"]  # x']),
        (['dependencies = [ "a", "M>=1", ]'], ['dependencies = [ "a", ]']),
        (
            ["dependencies = [", '    "a", # of a', '    "m", # of m', '    "z", # of z', "]"],
            ["dependencies = [", '    "a", # of a', '    "z", # of z', "]"],
        ),
        (
            ["dependencies = [", '    "a", # of a', "    # above", '    "m" # of m', "]"],
            ["dependencies = [", '    "a" # of a', "    # above", "]"],
        ),
        (["dependencies = [", '    "m",', "]"], ["dependencies = []"]),
        (["dependencies = [", "    # why", '    "m",', "]"], ["dependencies = [", "    # why", "]"]),
        (
            ["dependencies = [", '    "m" # one', '  , "b" # two', "]"],
            ["dependencies = [", '    "b" # two', "]"],
        ),
        (
            ["dependencies = [", '    "a" # one', '  , "m" # two', "]"],
            ["dependencies = [", '    "a" # one', "]"],
        ),
        (
            ["dependencies = [", '  "a", "m", # am', '  "c",', "]"],
            ["dependencies = [", '  "a", # am', '  "c",', "]"],
        ),
        (
            ["dependencies = [", '  "m", "a", # ma', '  "c",', "]"],
            ["dependencies = [", '  "a", # ma', '  "c",', "]"],
        ),
        (['dependencies = ["m",', '  "b"]'], ['dependencies = ["b"]']),
        (['dependencies = ["a", # of a', '  "m"]'], ['dependencies = ["a" # of a', "  ]"]),
        (
            ["dependencies = ['m; python_version < \"3.9\"', 'b', \"m>=2; python_version >= '3.9'\"]"],
            ["dependencies = ['b']"],
        ),
    ],
)
def test_a_demand_is_removed_with_the_comment_on_its_line(before, after):
    assert removed(project(*before), PROJECT, "m") == project(*after)
    crlf = project(*before, newline="\r\n")
    assert removed(crlf, PROJECT, "m") == project(*after, newline="\r\n")


def test_what_is_there_gives_way_in_its_place_and_keeps_its_comment():
    text = project("dependencies = [", "    'Six>=1', # why", '    "a",', "]")
    assert added(text, PROJECT, "six>=2") == text.replace("'Six>=1'", "'six>=2'")


def test_what_is_there_already_changes_no_byte():
    text = "\ufeff" + project("dependencies=['six>=1'  ,]", newline="\r\n")
    document = Document(text.encode(), "pyproject.toml")
    assert document.add(PROJECT, "six>=1") is None
    assert document.remove(PROJECT, "nothing") == ()
    assert document.content == text.encode()


def test_a_demand_under_another_marker_stands_beside():
    text = project("dependencies = [\"six; python_version < '3.9'\"]")
    both = added(text, PROJECT, 'six>=2; python_version >= "3.9"')
    assert both == project("dependencies = [\"six; python_version < '3.9'\", 'six>=2; python_version >= \"3.9\"']")
    assert added(both, PROJECT, "six>=1; python_version<'3.9'") == both.replace(
        "six; python_version < '3.9'", "six>=1; python_version<'3.9'"
    )


@pytest.mark.parametrize(
    ("listed", "new", "wanted"),
    [
        (["a", "c"], "b>=1", ["a", "b>=1", "c"]),
        (["PyYAML", "requests"], "pytest", ["pytest", "PyYAML", "requests"]),
        (["flask-wtf>=1", "flask>=3"], "flask-zz>=1", ["flask-wtf>=1", "flask-zz>=1", "flask>=3"]),
        (["c", "a"], "b", ["c", "a", "b"]),
        (["pytest>=8", "ruff>=1"], "pytest-mock>=3", ["pytest>=8", "pytest-mock>=3", "ruff>=1"]),
    ],
)
def test_an_order_that_a_list_has_is_kept(listed, new, wanted):
    def written(items):
        return project("dependencies = [", *(f'    "{item}",' for item in items), "]")

    assert added(written(listed), PROJECT, new) == written(wanted)


def test_a_line_that_grows_too_long_is_broken_into_an_item_a_line():
    text = project('dependencies = ["aaaaaaaaaaaaaaaaaaaaaaa>=1.0", "bbbbbbbbbbbbbbbbbbbbbbbbb>=1.0"]  # why')
    wanted = project(
        "dependencies = [",
        '    "aaaaaaaaaaaaaaaaaaaaaaa>=1.0",',
        '    "bbbbbbbbbbbbbbbbbbbbbbbbb>=1.0",',
        '    "cccccccccccccccccc>=1.0",',
        "]  # why",
    )
    assert added(text, PROJECT, "cccccccccccccccccc>=1.0") == wanted


def test_dependencies_come_behind_the_metadata():
    text = project(
        'version = "1"  # now', "", "# where it lives", 'urls.home = "https://example.org"', "", "[tool.x]", "a = nan"
    )
    wanted = text.replace("# now\n", '# now\ndependencies = ["six"]\n')
    assert added(text, PROJECT, "six") == wanted


def test_a_group_comes_before_the_tools():
    text = project("", "[build-system]", "requires = []", "", "# about lint", "[tool.lint]", "a = 1")
    wanted = text.replace("# about lint", '[dependency-groups]\ndev = ["six"]\n\n# about lint')
    assert added(text, DEV, "six") == wanted


def test_a_group_in_a_file_without_a_last_line_break():
    text = project().rstrip("\n")
    assert added(text, DEV, "six") == text + '\n\n[dependency-groups]\ndev = ["six"]\n'


def test_a_second_group_comes_behind_the_first_and_comments_stay():
    text = "[dependency-groups]\n# what tests need\ntest = [\n  'pytest',\n] # so\n\n[tool.x]\n"
    wanted = text.replace("] # so\n", '] # so\ndev = ["six"]\n')
    assert added(text, DEV, "six") == wanted


def test_a_group_is_found_under_any_spelling():
    text = '[dependency-groups]\nDev = [{include-group = "test"}, "b"]\ntest = []\n'
    assert added(text, DEV, "a") == text.replace('"b"', '"a", "b"')
    assert Document(text.encode(), "x").names(DEV) == ("b",)


def test_inclusions_are_left_as_they_are():
    text = (
        '[dependency-groups]\ndev = [\n  {include-group = "test"}, # inc\n  "b",\n  {include-group="docs"},\n]\n'
        "test = []\ndocs = []\n"
    )
    assert added(text, DEV, "c") == text.replace('  "b",\n', '  "b",\n  "c",\n')
    assert removed(text, DEV, "b") == text.replace('  "b",\n', "")


def test_an_extra_gets_a_table_below_the_project():
    text = project("", "[build-system]", "requires = []")
    wanted = text.replace("[build-system]", '[project.optional-dependencies]\nnet = ["six"]\n\n[build-system]')
    assert added(text, NET, "six") == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("optional-dependencies.a = ['x']", "optional-dependencies.a = ['x']\noptional-dependencies.net = [\"six\"]"),
        ("optional-dependencies = {a = ['x']}", "optional-dependencies = {a = ['x'], net = [\"six\"]}"),
        ("optional-dependencies = {}", 'optional-dependencies = { net = ["six"] }'),
        ("optional-dependencies.Net = ['x']", "optional-dependencies.Net = ['six', 'x']"),
    ],
)
def test_an_extra_is_written_as_the_others_are(before, after):
    assert added(project(before), NET, "six") == project(after)


def test_dotted_keys_at_the_top_stay_dotted():
    text = 'project.name = "x"\nproject.dependencies = ["b"]\n\n[tool.x]\na = 1\n'
    assert added(text, PROJECT, "a") == text.replace('["b"]', '["a", "b"]')
    assert added(text, NET, "six") == text.replace('["b"]\n', '["b"]\nproject.optional-dependencies.net = ["six"]\n')


def test_tables_out_of_order_are_found():
    text = '[project]\nname = "x"\n[tool.x]\na = 1\n[project.optional-dependencies]\nnet = ["b"]\n[tool.y]\n'
    assert added(text, NET, "c") == text.replace('["b"]', '["b", "c"]')


def test_a_demand_with_both_kinds_of_quotes_is_escaped():
    text = project("dependencies = ['a']")
    demand = "six; python_version < \"4\" and os_name != 'x'"
    document = Document(text.encode(), "pyproject.toml")
    document.add(PROJECT, demand)
    assert document.texts(PROJECT) == ("a", demand)


def test_where_a_project_is_demanded():
    text = (
        project("dependencies = ['a', 'b']", "optional-dependencies.net = ['A']")
        + "[dependency-groups]\ndev=['a.']\nt=['a>1']\n"
    )
    document = Document(text.encode(), "pyproject.toml")
    places = document.places_of("a")
    assert [place.title for place in places] == [
        "project.dependencies",
        "dependency-groups.dev",
        "dependency-groups.t",
        "project.optional-dependencies.net",
    ]
    assert [place.option for place in places] == ["", "--dev", "--group t", "--optional net"]
    assert document.like(PROJECT, parse_requirement("B>=3")) == "b"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[tool.x]\n", PROJECT, "pyproject.toml has no [project] table, so it has no place for dependencies"),
        (
            '[project]\nname="x"\ndynamic=["dependencies"]\n',
            PROJECT,
            "pyproject.toml: project.dynamic leaves dependencies to the build backend",
        ),
        (
            "[project]\ndependencies = 3\n",
            PROJECT,
            "pyproject.toml: the key project.dependencies must be a list, not `3`",
        ),
        (
            "[[dependency-groups]]\n",
            DEV,
            "pyproject.toml: [dependency-groups] must be a table, not a list",
        ),
        (
            "project = {name='x'}\noptional-dependencies = {}\n",
            NET,
            "pyproject.toml is laid out in a way that capsa can't edit without changing more than it should",
        ),
    ],
)
def test_what_can_not_be_edited_is_said(text, place, message):
    with pytest.raises(RequirementError) as caught:
        added(text, place, "six")
    assert str(caught.value) == message


NAMES = [f"p{letter}" for letter in "abcdefgh"]


def laid_out(chance):
    """Return a project whose list of dependencies is laid out by chance, all of it valid."""
    names = chance.sample(NAMES, chance.randrange(6))
    gaps = [" ", "", "\n", "\n    ", "\n  # above\n\t", " # behind\n  "]
    is_line = chance.random() < 0.3
    text = "["
    for index, name in enumerate(names):
        quote = chance.choice("\"'")
        text += (chance.choice(["", " "]) if is_line else chance.choice(gaps)) + f"{quote}{name}{quote}"
        if index + 1 < len(names) or chance.random() < 0.5:
            text += (chance.choice(["", " "]) if is_line else chance.choice(["", "", "", *gaps])) + ","
    text += "" if is_line else chance.choice(gaps)
    text = f"[project]\nname = 'x' # first\ndependencies = {text}] # end\n\n[tool.x]\ny = ['[', ']'] # last\n"
    return (text.replace("\n", "\r\n") if chance.random() < 0.3 else text), names


def comments(text):
    return sorted(re.findall(r"#[^\r\n]*", text))


@given(st.integers(0, 10**9))
def test_any_layout_takes_additions_and_removals(seed):
    chance = random.Random(seed)
    text, names = laid_out(chance)
    for _ in range(3):
        name = chance.choice(NAMES)
        if name in names:
            new = removed(text, PROJECT, name)
            names.remove(name)
            assert len(comments(new)) >= len(comments(text)) - 2  # behind the item, and behind its comma
        else:
            new = added(text, PROJECT, name)
            names.append(name)
            assert comments(new) == comments(text)
        assert sorted(tomllib.loads(new)["project"]["dependencies"]) == sorted(names)
        assert (new.count("\n") == new.count("\r\n")) == (text.count("\n") == text.count("\r\n"))
        head, tail = text.partition("dependencies")[0], text[text.index("] # end") + 1 :]
        assert new.startswith(head)
        assert new.endswith(tail)
        text = new
