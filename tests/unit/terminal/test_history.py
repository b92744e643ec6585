"""States, the way to one, and differences: as text and as documents."""

from capsa.model.outcome import ChangeRow, ChangesOutcome, DiffOutcome, HistoryOutcome, StateRow, TravelOutcome
from capsa.terminal.history import diff_text, history_document, history_text, travel_document, travel_text
from capsa.terminal.style import Style
from capsa.value import replace

BOX = "/home/you/demo/.venv"
STYLE = Style(folder="/home/you/demo", home="/home/you")
ADDED = ChangeRow(action="install", name="six", to_version="1.17.0")
STATE = StateRow(
    number=2,
    when="2025-03-01T12:00:00Z",
    age=130.0,
    kind="command",
    why="capsa add six",
    changes=(ADDED,),
    package_count=2,
    files=("/home/you/demo/pyproject.toml",),
    is_current=True,
)
FIRST = replace(
    STATE, number=1, age=7300.0, kind="first", why="", changes=(), package_count=1, files=(), is_current=False
)


def shown(*states, width=80):
    return history_text(HistoryOutcome(environment=BOX, states=states), STYLE, width)


def test_each_state_tells_when_why_and_what():
    assert shown(STATE, FIRST) == [
        "state   when           what",
        "@2 now  2 minutes ago  capsa add six",
        "                       + six 1.17.0",
        "                       changed pyproject.toml",
        "@1      2 hours ago    before the first change by capsa",
        "                       1 package",
    ]


def test_many_changes_are_counted():
    many = tuple(ChangeRow(action="install", name=f"p{number}", to_version="1") for number in range(5))
    lines = shown(replace(STATE, changes=(*many, ChangeRow(action="remove", name="x", from_version="1")), files=()))
    assert lines[-1].endswith("  installed 5 packages, removed 1")


def test_what_was_undone_and_what_can_not_be_brought_back_is_marked():
    lost = replace(STATE, is_current=False, is_undone=True, kind="others", why="", reasons=("old 1: it holds a link",))
    assert shown(lost)[1:] == [
        "@2 undone  2 minutes ago  changed by other programs",
        "                          + six 1.17.0",
        "                          changed pyproject.toml",
        "                          can't be brought back: old 1: it holds a link",
    ]


def test_eighty_columns_are_enough():
    long = replace(STATE, why="capsa install " + " ".join(f"package-{number}" for number in range(30)))
    assert max(map(len, shown(long))) <= 80
    assert any(len(line) > 80 for line in shown(long, width=None))


def test_ages_are_told_as_people_do():
    ages = {3: "just now", 60: "1 minute ago", 90_000: "1 day ago", 90 * 86_400: "2025-03-01"}
    assert all(told in shown(replace(STATE, age=float(age)))[1] for age, told in ages.items())


def test_a_box_that_was_never_changed_says_so():
    assert shown() == ["capsa has not changed .venv yet"]


def test_programs_get_all_of_it():
    document = history_document(HistoryOutcome(environment=BOX, states=(STATE,)))
    assert document == {
        "environment": BOX,
        "states": [
            {
                "number": 2,
                "when": "2025-03-01T12:00:00Z",
                "kind": "command",
                "why": "capsa add six",
                "changes": [{"action": "install", "name": "six", "from": None, "to": "1.17.0"}],
                "packages": 2,
                "files": ["/home/you/demo/pyproject.toml"],
                "current": True,
                "undone": False,
                "restorable": True,
                "reasons": [],
            }
        ],
    }


def test_the_way_back_tells_files_packages_and_where_the_box_is():
    removed = ChangeRow(action="remove", name="six", from_version="1.17.0")
    changes = ChangesOutcome(environment=BOX, changes=(removed,), seconds=0.12)
    outcome = TravelOutcome(
        changes=changes,
        from_state=2,
        to_state=1,
        files=("/home/you/demo/pyproject.toml",),
        gone=("/home/you/demo/pylock.toml",),
    )
    assert travel_text(outcome, STYLE, None) == [
        "pyproject.toml: put back",
        "pylock.toml: removed",
        "- six 1.17.0",
        "removed 1 package in 0.1 s",
        ".venv is at @1",
    ]
    would = replace(outcome, changes=replace(changes, is_dry_run=True))
    assert travel_text(would, STYLE, None)[0] == "pyproject.toml: would be put back"
    assert travel_text(would, STYLE, None)[-2:] == ["would remove 1 package", ".venv would be at @1"]
    assert travel_document(outcome) == {
        "environment": BOX,
        "dry_run": False,
        "check": False,
        "changes": [{"action": "remove", "name": "six", "from": "1.17.0", "to": None}],
        "kept": 0,
        "from": 2,
        "to": 1,
        "files": ["/home/you/demo/pyproject.toml"],
        "gone": ["/home/you/demo/pylock.toml"],
    }
    same = TravelOutcome(changes=ChangesOutcome(environment=BOX, changes=()), from_state=1, to_state=1)
    assert travel_text(same, STYLE, None) == ["nothing to do: .venv is at @1"]


def test_differences_are_counted():
    outcome = DiffOutcome(before=f"{BOX}@1", after=BOX, changes=(ADDED,))
    assert diff_text(outcome, STYLE, None) == ["+ six 1.17.0", "1 difference from .venv@1 to .venv"]
    assert diff_text(replace(outcome, changes=()), STYLE, None) == ["no difference between .venv@1 and .venv"]
