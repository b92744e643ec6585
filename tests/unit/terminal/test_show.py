"""Results as text and as documents, each asserted whole."""

import json

import pytest

from capsa.model import outcome as made
from capsa.terminal.show import document, json_text, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")
COLORED = Style(is_colored=True, folder="/desk", home="/srv/me")

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
        "+ django 5.2\n~ rich 13 -> 14\n~ rope 1 (again)\n- six 1.16\ninstalled 1, replaced 2, removed 1 in 0.4 s\n"
    )


def test_a_dry_run_says_what_would_be():
    dry = made.ChangesOutcome(environment="/desk/.venv", changes=CHANGES.changes[:2], is_dry_run=True)
    assert text(dry, PLAIN) == "+ django 5.2\n~ rich 13 -> 14\nwould install 1, replace 1\n"


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
        "changes": [
            {"action": "install", "name": "django", "from": None, "to": "5.2"},
            {"action": "replace", "name": "rich", "from": "13", "to": "14"},
            {"action": "replace", "name": "rope", "from": "1", "to": "1"},
            {"action": "remove", "name": "six", "from": "1.16", "to": None},
        ],
        "kept": 7,
    }


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


def test_an_empty_list_is_a_sentence_on_a_terminal_and_nothing_in_a_pipe():
    empty = made.ListOutcome(environment="/desk/.venv", packages=())
    assert text(empty, PLAIN, 80) == "nothing is installed in .venv\n"
    assert text(empty, PLAIN) == ""


def test_a_list_as_a_document():
    assert document(LIST) == {
        "version": 1,
        "environment": "/desk/.venv",
        "packages": [
            {"name": "Django", "version": "5.2", "editable": False},
            {
                "name": "mine",
                "version": "0.1",
                "editable": True,
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


SETTINGS = made.SettingsOutcome(
    settings=(
        made.SettingRow(key="cert", value=None, origin="built in"),
        made.SettingRow(key="extra-index-url", value=["https://a.example", "https://b.example"], origin="flag"),
        made.SettingRow(key="offline", value=True, origin="CAPSA_OFFLINE"),
        made.SettingRow(key="timeout", value=15.0, origin="built in"),
    )
)


def test_settings_are_a_table_with_origins():
    assert text(SETTINGS, PLAIN) == (
        "setting          value                                origin\n"
        "cert             -                                    built in\n"
        "extra-index-url  https://a.example https://b.example  flag\n"
        "offline          true                                 CAPSA_OFFLINE\n"
        "timeout          15                                   built in\n"
    )
    assert document(SETTINGS)["settings"][1] == {
        "key": "extra-index-url",
        "value": ["https://a.example", "https://b.example"],
        "origin": "flag",
    }


def cache(action):
    buckets = (
        made.BucketRow(name="archive-v1", files=27000, size=620_000_000),
        made.BucketRow(name="listing-v1", files=1, size=999),
    )
    return made.CacheOutcome(action=action, folder="/srv/me/.cache/capsa", buckets=buckets)


def test_the_cache_tells_its_place_and_size():
    assert text(cache("dir"), PLAIN) == "/srv/me/.cache/capsa\n"
    assert text(cache("size"), PLAIN) == (
        "archive-v1  27000 files  620.0 MB\nlisting-v1  1 file       999 B\n27001 files, 620.0 MB in ~/.cache/capsa\n"
    )
    assert text(cache("clear"), PLAIN) == "removed 27001 files, 620.0 MB from ~/.cache/capsa\n"


def test_the_cache_as_a_document():
    assert document(cache("dir")) == {"version": 1, "folder": "/srv/me/.cache/capsa"}
    assert document(cache("clear")) == {
        "version": 1,
        "folder": "/srv/me/.cache/capsa",
        "cleared": True,
        "files": 27001,
        "bytes": 620_000_999,
        "buckets": [
            {"name": "archive-v1", "files": 27000, "bytes": 620_000_000},
            {"name": "listing-v1", "files": 1, "bytes": 999},
        ],
    }


def box(pip=None, hints=()):
    return made.CreateOutcome(
        environment="/desk/.venv",
        python="CPython 3.12.1",
        reason="the first python3 on PATH",
        activation_line="source .venv/bin/activate",
        pip=pip,
        hints=hints,
    )


def test_a_box_that_was_made_tells_its_python_and_the_way_in():
    assert text(box(pip="26.3"), PLAIN) == (
        "made .venv with CPython 3.12.1 and pip 26.3 (the first python3 on PATH)\nstep in: source .venv/bin/activate\n"
    )
    assert text(box(hints=("no pip was to be had offline",)), PLAIN) == (
        "made .venv with CPython 3.12.1, without pip (the first python3 on PATH)\n"
        "hint: no pip was to be had offline\n"
        "step in: source .venv/bin/activate\n"
    )
    assert document(box()) == {
        "version": 1,
        "environment": "/desk/.venv",
        "python": "CPython 3.12.1",
        "reason": "the first python3 on PATH",
        "pip": None,
        "activate": "source .venv/bin/activate",
        "hints": [],
    }


def test_the_line_to_step_in():
    line = made.ActivateOutcome(environment="/desk/.venv", line="source .venv/bin/activate")
    assert text(line, PLAIN) == "source .venv/bin/activate\n"
    assert document(line) == {"version": 1, "environment": "/desk/.venv", "activate": "source .venv/bin/activate"}


@pytest.mark.parametrize("outcome", [CHANGES, LIST, SHOW, CHECK, SETTINGS, cache("size"), box()])
def test_documents_are_json_and_plain_text_has_no_colors(outcome):
    assert json.loads(json_text(document(outcome))) == document(outcome)
    assert "\x1b" not in text(outcome, PLAIN, 80)


def test_colors_dress_the_signs():
    assert text(CHANGES, COLORED).startswith("\x1b[32m+\x1b[0m django 5.2\n")
