"""The text that a prompt shows: as it was asked for, whoever wrote pyvenv.cfg, else by the box's place."""

import pytest

from capsa.environment.prompt import shown_prompt, written_prompt


@pytest.mark.parametrize(
    ("root", "prompt", "shown"),
    [
        ("/srv/desk/.venv", "", "desk"),
        ("/srv/desk/.venv-3.12", "", ".venv-3.12"),
        ("/srv/desk/.venv", "mine", "mine"),
        ("/.venv", "", ".venv"),
        ("/srv/de\nsk\x1b/.venv", "", "de?sk?"),
        ("/srv/desk", "a\x9bb\u2028\udcff", "a?b??"),
        ("/", "", ".venv"),
    ],
)
def test_a_prompt_is_never_empty_and_never_more_than_a_line(root, prompt, shown):
    assert shown_prompt(root, prompt) == shown


@pytest.mark.parametrize(
    "prompt", ["mine", "it's", 'quo"te', "both ' and \"", "\\n", "ünï 漢字", "'a'", "", "\udcff", "a\xe9"]
)
def test_what_python_writes_is_read_back(prompt):
    assert written_prompt({"prompt": repr(prompt)} if prompt else {}) == prompt


@pytest.mark.parametrize("bare", ["mine", "it's", "'", "'a", "'\\x'", "\\n"])
def test_what_others_write_bare_is_taken_as_it_is(bare):
    assert written_prompt({"prompt": bare}) == bare
