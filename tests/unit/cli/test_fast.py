"""The exact parser of the fast path: what it answers, and where it leaves the answer to argparse."""

import shlex

import pytest

from capsa.cli.fast import parse_fast


@pytest.mark.parametrize(
    ("line", "verb", "values"),
    [
        ("--version", "version", {}),
        ("-V", "version", {}),
        ("create", "create", {}),
        ("create .venv -p 3.12 --no-pip", "create", {"path": ".venv", "python": "3.12", "no-pip": True}),
        ("create --python=3.12 --quiet", "create", {"python": "3.12", "quiet": True}),
        (
            "install six -r a -r b --index-url=https://index.example/simple",
            "install",
            {"requirements": ["six"], "requirement": ["a", "b"], "index-url": "https://index.example/simple"},
        ),
        ("activate", "activate", {}),
        ("lock", "lock", {}),
        ("sync --group docs --no-dev", "sync", {"group": ["docs"], "no-dev": True}),
        ("run pytest", "run", {"command": ["pytest"]}),
        ("run -q pytest -x --json", "run", {"quiet": True, "command": ["pytest", "-x", "--json"]}),
        ("run -m pytest -x", "run", {"module": True, "command": ["pytest", "-x"]}),
        ("run --group dev -- -odd --", "run", {"group": ["dev"], "command": ["-odd", "--"]}),
        ("run a -- b", "run", {"command": ["a", "--", "b"]}),
        ("run - a", "run", {"command": ["-", "a"]}),
        ("run ''", "run", {"command": [""]}),
    ],
)
def test_common_forms_are_answered(line, verb, values):
    assert parse_fast(shlex.split(line)) == ((verb,), values)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "list",
        "-q create",
        "--version create",
        "create --help",
        "create -V",
        "create --pyth 3.12",
        "create -p3.12",
        "create -p=3.12",
        "create -qv",
        "create a b",
        "create -p",
        "create -p --clear",
        "create --clear=1",
        "create -- x",
        "create -",
        "create --link-mode soft",
        "create --prompt ''",
        "install",
        "install --user six",
        "install --refresh six",
        "install --refresh=six six",
        "install --unknown six",
        "sync six",
        "run",
        "run --",
        "run -q --",
        "run --help pytest",
        "run -mq pytest",
        "run --no-syn pytest",
    ],
)
def test_whatever_is_not_certain_is_left_to_argparse(line):
    assert parse_fast(shlex.split(line)) is None
