"""The command line as a history keeps it: one form, and no secret."""

import shlex

import pytest

from capsa.cli.parse import parse
from capsa.cli.told import command_line


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("install six", "capsa install six"),
        ("install -q --json --env box -U six idna>=3", "capsa install --upgrade six 'idna>=3'"),
        ("--no-color install --no-dep six", "capsa install --no-deps six"),
        ("undo @3 --box-only", "capsa undo --box-only @3"),
        ("install --reinstall=six six", "capsa install --reinstall=six six"),
        ("install --reinstall six", "capsa install --reinstall six"),
        ("sync --group docs --group test", "capsa sync --group docs --group test"),
    ],
)
def test_what_was_asked_for_is_told(given, told):
    assert command_line(parse(given.split())) == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("install six -i https://me:pass@index.example/simple/", "--index-url https://index.example/simple/ six"),
        ("install six -i https://index.example/hunter2/simple", "--index-url https://index.example/... six"),
        ("install six --find-links=https://index.example/x?key=hunter2", "--find-links https://index.example/... six"),
        ("install a@https://u:p@index.example/a.whl?sig=hunter2#frag", "a@https://index.example/a.whl#frag"),
        ("install git+https://hunter2@git.example/a", "git+https://git.example/a"),
        ("install . -C a=hunter2 --config-settings=b=hunter2", "--config-settings a=... --config-settings b=... ."),
        ("run -m tool --password hunter2", "capsa run --module tool ..."),
        ("run tool", "capsa run tool"),
    ],
)  # fmt: skip
def test_secrets_are_not(given, told):
    line = command_line(parse(given.split()))
    assert told in " ".join(shlex.split(line))
    assert not any(word in line for word in ("hunter2", "pass", ":p@"))
