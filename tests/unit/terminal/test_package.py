"""What lies in a box, as text and as documents, each asserted whole."""

from capsa.model import outcome as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")

LIST = made.ListOutcome(
    environment="/desk/.venv",
    packages=(
        made.PackageRow(name="Django", version="5.2"),
        made.PackageRow(
            name="mine",
            version="0.1",
            is_editable=True,
            direct_url={"url": "file:///w", "dir_info": {"editable": True}},
        ),
    ),
)


def test_a_list_is_a_table():
    assert text(LIST, PLAIN) == ("package  version  from\nDjango   5.2\nmine     0.1      file:///w (editable)\n")
    short = made.ListOutcome(environment="/desk/.venv", packages=LIST.packages[:1])
    assert text(short, PLAIN) == "package  version\nDjango   5.2\n"


def test_a_package_that_is_there_to_be_edited_is_marked():
    own = made.ListOutcome(
        environment="/desk/.venv", packages=(made.PackageRow(name="six", version="1.17", is_edited=True),)
    )
    assert text(own, PLAIN) == "package  version  from\nsix      1.17     (edited)\n"
    assert document(own)["packages"] == [{"name": "six", "version": "1.17", "editable": False, "edited": True}]


def test_an_empty_list_is_a_sentence_on_a_terminal_and_nothing_in_a_pipe():
    empty = made.ListOutcome(environment="/desk/.venv", packages=())
    assert text(empty, PLAIN, 80) == "nothing is installed in .venv\n"
    assert text(empty, PLAIN) == ""


def test_a_list_as_a_document():
    assert document(LIST) == {
        "version": 1,
        "environment": "/desk/.venv",
        "packages": [
            {"name": "Django", "version": "5.2", "editable": False, "edited": False},
            {
                "name": "mine",
                "version": "0.1",
                "editable": True,
                "edited": False,
                "direct_url": {"url": "file:///w", "dir_info": {"editable": True}},
            },
        ],
    }


def test_freeze_is_its_lines():
    frozen = made.FreezeOutcome(lines=("django==5.2", "six==1.16"))
    assert text(frozen, PLAIN) == "django==5.2\nsix==1.16\n"
    assert document(frozen) == {"version": 1, "requirements": ["django==5.2", "six==1.16"]}


SHOW = made.ShowOutcome(
    packages=(
        made.PackageDetails(
            name="rich",
            version="14",
            summary="text that is rich\x1b[31m",
            location="/desk/.venv/lib",
            requires=("a", "b"),
            files=("rich/__init__.py",),
        ),
        made.PackageDetails(name="six", version="1.16"),
    )
)


def test_show_tells_what_there_is():
    assert text(SHOW, PLAIN) == (
        "name:      rich\n"
        "version:   14\n"
        "summary:   text that is rich\\x1b[31m\n"
        "location:  /desk/.venv/lib\n"
        "requires:  a, b\n"
        "files:\n"
        "  rich/__init__.py\n"
        "---\n"
        "name:     six\n"
        "version:  1.16\n"
    )


def test_show_folds_on_a_terminal_only():
    long = made.ShowOutcome(packages=(made.PackageDetails(name="x", version="1", summary="some words " * 5),))
    assert text(long, PLAIN, 40).splitlines()[2:] == [
        "summary:  some words some words some",
        "          words some words some words",
    ]
    assert len(text(long, PLAIN).splitlines()) == 3


def test_show_as_a_document():
    first, second = document(SHOW)["packages"]
    assert first["files"] == ["rich/__init__.py"]
    assert second == {
        "name": "six",
        "version": "1.16",
        "summary": "",
        "home_page": "",
        "author": "",
        "license": "",
        "location": "",
        "installer": "",
        "requires": [],
        "required_by": [],
    }


CHECK = made.CheckOutcome(
    environment="/desk/.venv",
    problems=(
        made.Problem(name="celery", version="5.3", requirement="kombu>=5.3", found="5.2"),
        made.Problem(name="celery", version="5.3", requirement="vine>=5"),
    ),
    package_count=2,
)


def test_check_names_each_demand_that_does_not_hold():
    assert text(CHECK, PLAIN) == (
        "celery 5.3 requires kombu>=5.3, but 5.2 is installed\ncelery 5.3 requires vine>=5, which is not installed\n"
    )
    clean = made.CheckOutcome(environment="/desk/.venv", problems=(), package_count=164)
    assert text(clean, PLAIN) == "every demand of the 164 packages in .venv is met\n"


def test_check_as_a_document():
    assert document(CHECK) == {
        "version": 1,
        "environment": "/desk/.venv",
        "packages": 2,
        "problems": [
            {"name": "celery", "version": "5.3", "requirement": "kombu>=5.3", "found": "5.2"},
            {"name": "celery", "version": "5.3", "requirement": "vine>=5", "found": None},
        ],
    }
