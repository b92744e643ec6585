"""What became of a project's files, as text and as documents, each asserted whole."""

from capsa.model import outcome as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")

ROWS = (
    made.ChangeRow(action="install", name="idna", to_version="3.7"),
    made.ChangeRow(action="replace", name="httpx", from_version="0.27", to_version="0.28"),
)


def lock(**facts):
    return made.LockOutcome(path="/desk/pylock.toml", package_count=12, seconds=0.44, **facts)


def test_a_lock_that_was_written_tells_the_difference():
    assert text(lock(changes=ROWS), PLAIN) == "+ idna 3.7\n~ httpx 0.27 -> 0.28\nlocked 12 packages in 0.4 s\n"


def test_a_lock_that_holds_is_one_line():
    assert text(lock(is_current=True), PLAIN) == "pylock.toml is up to date: 12 packages\n"
    assert text(lock(is_current=True, is_check=True), PLAIN) == "pylock.toml is up to date: 12 packages\n"


def test_a_check_of_an_old_lock_says_why():
    reason = "pyproject.toml asks for `six`, which pylock.toml does not have"
    assert text(lock(is_check=True, reason=reason), PLAIN) == f"not up to date: {reason}\n"
    assert text(lock(is_check=True, changes=ROWS[:1]), PLAIN) == "+ idna 3.7\npylock.toml is not up to date\n"


def test_a_dry_run_of_a_lock():
    assert text(lock(is_dry_run=True, changes=ROWS[:1]), PLAIN) == "+ idna 3.7\nwould lock 12 packages\n"


def test_a_lock_as_a_document():
    assert document(lock(changes=ROWS, reason="why")) == {
        "version": 1,
        "lock": "/desk/pylock.toml",
        "dry_run": False,
        "check": False,
        "changes": [
            {"action": "install", "name": "idna", "from": None, "to": "3.7"},
            {"action": "replace", "name": "httpx", "from": "0.27", "to": "0.28"},
        ],
        "packages": 12,
        "current": False,
        "reason": "why",
    }


EDITS = (
    made.EditRow(action="add", place="project.dependencies", text="httpx>=0.28"),
    made.EditRow(action="change", place="dependency-groups.dev", text="pytest>=8"),
    made.EditRow(action="remove", place="project.dependencies", text="requests"),
)
BOX = made.ChangesOutcome(environment="/desk/.venv", changes=ROWS[:1], seconds=0.2)


def test_an_edit_tells_the_file_then_the_lock_then_the_box():
    outcome = made.EditOutcome(path="/desk/pyproject.toml", edits=EDITS, lock=lock(changes=ROWS), changes=BOX)
    assert text(outcome, PLAIN) == (
        "pyproject.toml: added `httpx>=0.28` to project.dependencies\n"
        "pyproject.toml: changed to `pytest>=8` in dependency-groups.dev\n"
        "pyproject.toml: removed `requests` from project.dependencies\n"
        "locked 12 packages in 0.4 s\n"
        "+ idna 3.7\n"
        "installed 1 package in 0.2 s\n"
    )


def test_an_edit_that_leaves_the_box_alone_tells_what_changed_in_the_lock():
    outcome = made.EditOutcome(path="/desk/pyproject.toml", edits=EDITS[:1], lock=lock(changes=ROWS[:1]))
    assert text(outcome, PLAIN).splitlines()[1:] == ["+ idna 3.7", "locked 12 packages in 0.4 s"]


def test_an_edit_that_only_would_be():
    outcome = made.EditOutcome(
        path="/desk/pyproject.toml", edits=EDITS, lock=lock(is_dry_run=True, changes=ROWS[:1]), is_dry_run=True
    )
    assert text(outcome, PLAIN) == (
        "pyproject.toml: would add `httpx>=0.28` to project.dependencies\n"
        "pyproject.toml: would change to `pytest>=8` in dependency-groups.dev\n"
        "pyproject.toml: would remove `requests` from project.dependencies\n"
        "+ idna 3.7\n"
        "would lock 12 packages\n"
    )


def test_an_edit_that_was_not_needed():
    assert (
        text(made.EditOutcome(path="/desk/pyproject.toml", edits=()), PLAIN) == "nothing to change in pyproject.toml\n"
    )


def test_an_edit_as_a_document():
    full = made.EditOutcome(path="/desk/pyproject.toml", edits=EDITS[:1], lock=lock(), changes=BOX)
    inner = document(lock())
    del inner["version"]
    assert document(full) == {
        "version": 1,
        "path": "/desk/pyproject.toml",
        "dry_run": False,
        "edits": [{"action": "add", "place": "project.dependencies", "requirement": "httpx>=0.28"}],
        "lock": inner,
        "environment": "/desk/.venv",
        "changes": [{"action": "install", "name": "idna", "from": None, "to": "3.7"}],
    }
    bare = document(made.EditOutcome(path="/desk/job.py", edits=()))
    assert (bare["lock"], bare["environment"], bare["changes"]) == (None, None, [])


def test_a_project_that_was_begun():
    outcome = made.InitOutcome(
        path="/desk",
        name="demo",
        written=("/desk/pyproject.toml", "/desk/README.md"),
        hints=("add what it needs: `capsa add NAME`",),
    )
    assert text(outcome, PLAIN) == (
        "began demo: wrote pyproject.toml, README.md\nhint: add what it needs: `capsa add NAME`\n"
    )
    assert document(outcome) == {
        "version": 1,
        "path": "/desk",
        "name": "demo",
        "written": ["/desk/pyproject.toml", "/desk/README.md"],
        "hints": ["add what it needs: `capsa add NAME`"],
    }
