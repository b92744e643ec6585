"""What changed in a box, as text and as a document, each asserted whole."""

import pytest

from capsa.model import outcome as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")

CHANGES = made.ChangesOutcome(
    environment="/desk/.venv",
    changes=(
        made.ChangeRow(action="install", name="django", to_version="5.2"),
        made.ChangeRow(action="replace", name="rich", from_version="13", to_version="14"),
        made.ChangeRow(action="replace", name="rope", from_version="1", to_version="1"),
        made.ChangeRow(action="remove", name="six", from_version="1.16"),
    ),
    kept_count=7,
    seconds=0.44,
)


def test_changes_are_lines_and_a_sum():
    assert text(CHANGES, PLAIN) == (
        "+ django 5.2\n~ rich 13 -> 14\n~ rope 1 (again)\n- six 1.16\n"
        "installed 1 package, replaced 2, removed 1 in 0.4 s\n"
    )


def test_a_dry_run_says_what_would_be():
    dry = made.ChangesOutcome(environment="/desk/.venv", changes=CHANGES.changes[:2], is_dry_run=True)
    assert text(dry, PLAIN) == "+ django 5.2\n~ rich 13 -> 14\nwould install 1 package, replace 1\n"


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        (7, "nothing to do: .venv already holds all 7 packages\n"),
        (1, "nothing to do: .venv already holds the package\n"),
        (0, "nothing to do\n"),
    ],
)
def test_no_change_is_one_line(kept, line):
    assert text(made.ChangesOutcome(environment="/desk/.venv", changes=(), kept_count=kept), PLAIN) == line


def test_changes_as_a_document():
    assert document(CHANGES) == {
        "version": 1,
        "environment": "/desk/.venv",
        "dry_run": False,
        "check": False,
        "changes": [
            {"action": "install", "name": "django", "from": None, "to": "5.2"},
            {"action": "replace", "name": "rich", "from": "13", "to": "14"},
            {"action": "replace", "name": "rope", "from": "1", "to": "1"},
            {"action": "remove", "name": "six", "from": "1.16", "to": None},
        ],
        "kept": 7,
    }


def test_a_check_says_what_would_be_and_takes_no_time_for_it():
    check = made.ChangesOutcome(environment="/desk/.venv", changes=CHANGES.changes[3:], is_check=True, seconds=1)
    assert text(check, PLAIN) == "- six 1.16\nwould remove 1 package\n"
    assert document(check)["check"] is True


def test_the_noun_is_said_once_and_fits_the_number():
    many = made.ChangesOutcome(environment="/desk/.venv", changes=CHANGES.changes[1:3], seconds=12.06)
    assert text(many, PLAIN).splitlines()[-1] == "replaced 2 packages in 12.1 s"


def test_colors_dress_the_signs():
    assert text(CHANGES, Style(is_colored=True)).startswith("\x1b[32m+\x1b[0m django 5.2\n")


def test_names_and_versions_from_outside_are_escaped():
    row = made.ChangeRow(action="replace", name="six\x1b[2J", from_version="1\n", to_version="2\r")
    outcome = made.ChangesOutcome(environment="/desk/.venv", changes=(row,))
    assert text(outcome, PLAIN).startswith("~ six\\x1b[2J 1\\n -> 2\\r\n")
