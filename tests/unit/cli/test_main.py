"""The exit code of each result."""

import pytest

from capsa.cli.main import exit_code
from capsa.model import outcome as made

ROW = made.ChangeRow(action="remove", name="six", from_version="1.16")
PROBLEM = made.Problem(name="six", version="1", requirement="five")


def changes(**facts):
    return made.ChangesOutcome(environment="/desk/.venv", **facts)


def lock(**facts):
    return made.LockOutcome(path="/desk/pylock.toml", **facts)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (changes(changes=(ROW,)), 0),
        (changes(changes=(ROW,), is_dry_run=True), 0),
        (changes(changes=(ROW,), is_check=True), 1),
        (changes(changes=(), is_check=True), 0),
        (lock(is_current=False), 0),
        (lock(is_current=False, is_check=True), 1),
        (lock(is_current=True, is_check=True), 0),
        (made.CheckOutcome(environment="/desk", problems=()), 0),
        (made.CheckOutcome(environment="/desk", problems=(PROBLEM,)), 1),
        (made.RunOutcome(code=0), 0),
        (made.RunOutcome(code=143), 143),
        (made.FreezeOutcome(lines=()), 0),
    ],
)
def test_the_exit_code_of_a_result(outcome, code):
    assert exit_code(outcome) == code
