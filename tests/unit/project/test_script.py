"""The block of a script (PEP 723): read, and written without changing what is around it."""

import pytest

from capsa.errors import RequirementError
from capsa.project.script import parse_script, read_script
from capsa.project.script_block import find_block, with_block

SCRIPT = """\
#!/usr/bin/env python
# coding: utf-8

# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "rich", # why
#
#   "six>=1",
# ]
# [tool.capsa]
# prerelease = "allow"
# ///

# not part of it
print(1)
"""


def parsed(text):
    return parse_script(text.encode(), "/w/tool.py", "tool.py")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_script_states_what_it_needs(newline):
    script = parsed(SCRIPT.replace("\n", newline))
    assert [(demand.text, str(demand.origin)) for demand in script.requirements] == [
        ("rich", "tool.py line 7"),
        ("six>=1", "tool.py line 9"),
    ]
    assert (script.requires_python, script.settings) == (">=3.11", {"prerelease": "allow"})
    assert script.tool == {"capsa": {"prerelease": "allow"}}


def test_a_script_without_a_block_states_nothing(tmp_path):
    (tmp_path / "plain.py").write_text("# /// other\n# x = 1\n# ///\n")
    assert read_script(str(tmp_path / "plain.py")) is None


def test_an_empty_block_is_one():
    assert parsed("# /// script\n# ///\n").requirements == ()


def test_what_looks_like_an_end_does_not_end_a_block_that_goes_on():
    block = find_block('# /// script\n# a = """\n# ///\n# """\n# ///\n#\n\n', "x.py")
    assert block is not None
    assert (block.toml, block.last) == ('a = """\n///\n"""\n', 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n# /// script\n# dependencies = []\n", "tool.py line 2: the block `# /// script` is not closed"),
        (
            "# /// script\n# ///\n\n# /// script\n# ///\n",
            "tool.py line 4: a second block `# /// script`, and a script may have one; the first is in line 1",
        ),
        ("# /// script\n# a = \n# ///\n", "tool.py line 2 is not TOML: invalid value"),
        (
            "x = 1\n# /// script\n# dependencies = 3\n# ///\n",
            "tool.py line 3: the key dependencies must be a list of requirements, not `3`",
        ),
        (
            "# /// script\n# requires-python = '3'\n# ///\n",
            "tool.py: the key requires-python is `3`, which is no range of versions",
        ),
        ("# /// script\n# tool = 1\n# ///\n", "tool.py: [tool] must be a table, not `1`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, message):
    with pytest.raises(RequirementError) as caught:
        parsed(text)
    assert str(caught.value) == message


def test_a_script_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RequirementError, match=r"the script no\.py can't be read: there is no such file"):
        read_script(str(tmp_path / "no.py"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_block_is_replaced_and_nothing_else(newline):
    text = SCRIPT.replace("\n", newline)
    new = with_block(text, 'dependencies = [\n\n  "six",\n]\n')
    head, tail = text.split("# /// script")[0], text.split("# ///" + newline)[-1]
    block = newline.join(["# /// script", "# dependencies = [", "#", '#   "six",', "# ]", "# ///", ""])
    assert new == head + block + tail
    assert with_block(text, find_block(text, "x").toml) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("print(1)\n", "# /// script\n# a = 1\n# ///\n\nprint(1)\n"),
        ("#!/bin/python\n\nprint(1)\n", "#!/bin/python\n# /// script\n# a = 1\n# ///\n\nprint(1)\n"),
        (
            "#!/bin/python\r\n# -*- coding: utf-8 -*-\r\nprint(1)",
            "#!/bin/python\r\n# -*- coding: utf-8 -*-\r\n# /// script\r\n# a = 1\r\n# ///\r\n\r\nprint(1)",
        ),
        ("", "# /// script\n# a = 1\n# ///\n"),
        ("\ufeffprint(1)", "\ufeff# /// script\n# a = 1\n# ///\n\nprint(1)"),
    ],
)
def test_a_block_comes_below_the_first_lines(text, wanted):
    assert with_block(text, "a = 1\n") == wanted
