"""How a shell is started inside a box: what it is told, and which files of ours it reads."""

import pytest

from capsa.shell.start import Step, start_of

BASE = {"root": "/srv/it's/.venv", "scripts": "/srv/it's/.venv/bin", "folder": "/data/start-v1", "home": "/home/me"}


def step(**variables):
    return Step(**BASE, variables=variables)


def test_bash_reads_our_file_in_place_of_its_own():
    start = start_of("bash", step())
    assert start.words == ("--rcfile", "/data/start-v1/bashrc", "-i")
    assert start.variables == {"_CAPSA_STEP": "/srv/it's/.venv/bin/activate"}
    assert list(start.files) == ["bashrc"]


@pytest.mark.parametrize(
    ("shell", "variable", "kept"), [("zsh", "ZDOTDIR", "_CAPSA_ZDOTDIR"), ("ksh", "ENV", "_CAPSA_ENV")]
)
def test_what_says_where_the_users_files_are_is_kept_and_what_is_not_set_stays_so(shell, variable, kept):
    assert kept not in start_of(shell, step()).variables
    start = start_of(shell, step(**{variable: "/my own"}))
    assert start.variables[kept] == "/my own"
    assert start.variables[variable].startswith("/data/start-v1/")


def test_tcsh_takes_our_folder_for_home_and_learns_the_real_one():
    start = start_of("tcsh", step(HOME="/home/other"))
    assert start.variables["HOME"] == "/data/start-v1/csh"
    assert start.variables["_CAPSA_HOME"] == "/home/other"
    assert start_of("csh", step()).variables["_CAPSA_HOME"] == "/home/me"


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("fish", ("-i", "-C", "source '/srv/it\\'s/.venv/bin/activate.fish'")),
        ("nu", ("-e",)),
        ("powershell", ("-NoExit", "-Command")),
        ("cmd", ("/k",)),
    ],
)
def test_a_shell_that_takes_a_first_command_gets_the_line_of_the_box(shell, words):
    start = start_of(shell, step())
    assert start.words[: len(words)] == words
    assert "activate" in start.words[-1].lower()
    assert (start.files, start.variables) == ({}, {})


def test_xonsh_and_elvish_find_the_users_files_where_these_are():
    own = start_of("xonsh", step(XDG_CONFIG_HOME="/conf")).variables["XONSHRC_DIR"]
    assert own == "/etc/xonsh/rc.d:/conf/xonsh/rc.d:/data/start-v1/xonsh"
    given = start_of("xonsh", step(XONSHRC_DIR="/a:/b")).variables
    assert given["XONSHRC_DIR"] == "/a:/b:/data/start-v1/xonsh"
    assert given["_CAPSA_RC"] == "/a:/b"
    assert start_of("elvish", step()).variables["_CAPSA_RC"] == "/home/me/.config/elvish/rc.elv"


def test_a_shell_that_is_not_known_is_taken_for_a_posix_one():
    assert start_of("dash", step()) == start_of("osh", step())
    assert "shrc" in start_of("sh", step()).files


def test_start_files_are_the_same_for_every_box():
    other = Step(root="/other", scripts="/other/bin", folder="/elsewhere", home="/", variables={})
    for shell in ("bash", "zsh", "sh", "tcsh", "elvish", "xonsh"):
        assert start_of(shell, step()).files == start_of(shell, other).files
