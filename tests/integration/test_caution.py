"""What is said, asked and refused before a box is changed, as a user sees it: whole sentences, and a box left alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.project import make_project
from support.pty import OnTerminal
from support.run import Capsa
from support.terminal import Terminal

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
STARTUP = "acme runs code each time Python starts, by line 2 of acme.pth: `import sys; sys.acme = 1`"
FOLDED = "\n".join([STARTUP[:80].rstrip(), STARTUP[80:].rstrip()])  # as 80 columns show it
QUESTION = "put it in all the same? [y/N]"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")

    def wheel(name: str, version: str = "1.0", **parts: object) -> None:
        make_wheel(str(folder), name, version, **parts)  # type: ignore[arg-type] # what each part may be, it says

    started = {"acme.py": "", "acme.pth": "some/path\nimport sys; sys.acme = 1\n"}
    tool = {"console_scripts": {"tool": "tool:main"}}
    checks = {f"checks/{name}.py": "" for name in ("__init__", "a", "b", "c", "d")}
    wheel("acme", files=started)
    wheel("acme", "2.0", files=started)
    wheel("acme", "3.0", files=started | {"acme.start": "acme:go\n"})
    wheel("lamp", files={"lamp.py": "", **checks}, entry_points=tool)
    wheel("shade", files={"shade.py": "", **checks}, entry_points=tool)
    wheel("wick", files={"wick.py": ""}, requires=["acme"])
    wheel("logs", files={"logging/__init__.py": "", "test/__init__.py": ""})
    shim = "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
    shim += "enabled and __import__('_distutils_hack').add_shim(); \n"
    plain = {"setuptools/__init__.py": "", "_distutils_hack/__init__.py": "", "distutils-precedence.pth": shim}
    wheel("setuptools", "80.0", files=plain)
    wheel("launcher", files={"launcher.py": ""}, entry_points={"console_scripts": {"pip3": "launcher:main"}})
    wheel("seller", files={"pip/__init__.py": ""})
    wheel("stepper", data={"scripts/activate": "echo\n"})
    wheel("config", data={"data/PYVENV.CFG": "home = /\n"})
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def capsa(tmp_path: Path, wheels: Path, store: Path) -> Capsa:
    made = Capsa(tmp_path)
    made.variables |= {
        "CAPSA_CACHE_DIR": str(store),
        "CAPSA_DATA_DIR": str(tmp_path / "data"),
        "CAPSA_NO_INDEX": "1",
        "CAPSA_FIND_LINKS": str(wheels),
    }
    made.done("create", "--no-pip", "-q")
    return made


def installed(capsa: Capsa) -> str:
    return capsa.done("freeze").output


def on_terminal(capsa: Capsa, answer: str, *options: str) -> tuple[int, str]:
    """Install acme on a terminal and answer the question; return the exit code and what is seen then."""
    process = OnTerminal(
        capsa.command("install", "acme==1.0", *options),
        folder=capsa.folder,
        variables=capsa.variables | {"CAPSA_STARTUP_CODE": "ask", "NO_COLOR": "1"},
    )
    process.until(lambda written: QUESTION in written)
    process.type(answer)
    code = process.finish()
    return code, Terminal().feed(process.written).text


def test_files_and_commands_of_two_that_come_together(capsa: Capsa) -> None:
    finished = capsa.done("install", "lamp", "shade", "-q")

    assert finished.errors == (
        f"warning: lamp and shade both bring 5 files ({SITE}/checks/__init__.py, {SITE}/checks/a.py, "
        f"{SITE}/checks/b.py and 2 more); the box gets those of shade\n"
        "warning: lamp and shade both bring the command `tool`; the box gets that of shade\n"
    )


def test_files_and_commands_of_one_that_is_there_and_stays(capsa: Capsa) -> None:
    capsa.done("install", "shade")
    box = capsa.folder / ".venv" / SITE
    shutil.rmtree(box / "checks")
    (box / "checks").mkdir()
    (box / "checks/a.py").touch()

    finished = capsa.done("install", "lamp", "-q")

    assert finished.errors == (
        f"warning: lamp takes the place of {SITE}/checks/a.py of shade, which stays in the box\n"
        "warning: lamp takes the place of the command `tool` of shade, which stays in the box\n"
    )


def test_what_a_package_that_stays_lists_too_does_not_leave_with_another(capsa: Capsa) -> None:
    capsa.done("install", "lamp", "shade", "-q")

    finished = capsa.done("uninstall", "lamp")

    assert finished.errors == (
        f"left files that shade lists too: bin/tool, {SITE}/checks/__init__.py, {SITE}/checks/a.py, "
        f"{SITE}/checks/b.py, {SITE}/checks/c.py and 1 more\n"
    )
    assert capsa.run("verify").code == 0
    assert capsa.done("uninstall", "shade").errors == ""
    left = capsa.folder / ".venv"
    assert not (left / SITE / "checks").exists()
    assert not (left / "bin/tool").exists()


def test_a_command_of_nobody_and_a_file_of_nobody(capsa: Capsa) -> None:
    (capsa.folder / ".venv/bin/tool").write_text("#!/bin/sh\n")
    (capsa.folder / ".venv" / SITE / "lamp.py").write_text("mine\n")

    assert capsa.done("install", "lamp", "-q").errors == (
        "warning: lamp takes the place of the command `tool` in the box that no package owns\n"
        f"warning: replaced files that were there: {SITE}/lamp.py\n"
    )


def test_startup_code_is_told_once_and_an_upgrade_that_keeps_it_is_no_news(capsa: Capsa) -> None:
    assert capsa.done("install", "acme==1.0").errors == f"{STARTUP}\n"
    assert capsa.done("install", "acme==2.0").errors == ""
    finished = capsa.done("install", "acme==3.0")
    if sys.version_info < (3, 15):
        assert finished.errors == (
            "acme runs code each time Python 3.15 or newer starts, by line 1 of acme.start: `acme:go`\n"
        )
    assert "acme==3.0" in installed(capsa)


def test_modules_of_the_standard_library(capsa: Capsa) -> None:
    assert capsa.done("install", "logs").errors == (
        "logs brings the module `logging`, which is passed over: Python looks in the standard library first\n"
    )


def test_known_forms_and_an_editable_project_make_no_noise(capsa: Capsa, tmp_path: Path) -> None:
    assert capsa.done("install", "setuptools", CAPSA_STARTUP_CODE="deny").errors == ""
    project = make_project(tmp_path / "own", "own")
    backend = project / "backend.py"
    backend.write_text(backend.read_text().replace('os.getcwd() + "\\n"', '"import sys\\n"'))

    assert capsa.done("install", "-e", str(project), CAPSA_STARTUP_CODE="deny").errors == ""
    assert (capsa.folder / ".venv" / SITE / "own.pth").read_text() == "import sys\n"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("launcher", "launcher brings bin/pip3, which only pip may bring"),
        ("seller", f"seller brings {SITE}/pip/__init__.py, which only pip may bring"),
        ("stepper", "stepper brings bin/activate, which is a file of the box itself"),
        (
            "config",
            "config-1.0-py3-none-any.whl: config-1.0.data/data/PYVENV.CFG would replace a part of the box itself",
        ),
    ],
)
def test_files_of_the_box_and_of_pip_are_refused(capsa: Capsa, name: str, sentence: str) -> None:
    finished = capsa.run("install", name)

    assert finished.code == 1
    assert finished.errors.startswith(f"error: {sentence}")
    assert installed(capsa) == ""


def test_denied_code_leaves_box_and_project_as_they_were(capsa: Capsa) -> None:
    declared = '[project]\nname = "room"\nversion = "1"\ndependencies = []\n'
    (capsa.folder / "pyproject.toml").write_text(declared + '[tool.capsa]\nstartup-code = "deny"\n')
    before = (capsa.folder / "pyproject.toml").read_text()

    finished = capsa.run("add", "wick", "acme==1.0", CAPSA_NO_CONFIG="0")

    assert finished.code == 1
    place = f"{capsa.folder}/pyproject.toml [tool.capsa]"
    assert finished.errors.endswith(
        f"error: {STARTUP}; `startup-code` is `deny` ({place}); the box is as it was\n"
        "hint: allow it this time: `CAPSA_STARTUP_CODE=note`\n"
    )
    assert (capsa.folder / "pyproject.toml").read_text() == before
    assert not (capsa.folder / "pylock.toml").exists()
    assert installed(capsa) == ""


def test_without_a_terminal_the_answer_is_no_and_the_failure_says_how_to_allow_it(capsa: Capsa) -> None:
    finished = capsa.run("install", "acme==1.0", CAPSA_STARTUP_CODE="ask")

    assert finished.code == 1
    assert finished.errors == (
        f"error: {STARTUP}; `startup-code` is `ask`, and there is no terminal to ask on; the box is as it was\n"
        "hint: allow it: `-y`\n"
        "hint: or allow it always: `CAPSA_STARTUP_CODE=note`\n"
    )
    assert installed(capsa) == ""


def test_yes_to_everything_shows_what_it_was_the_answer_to(capsa: Capsa) -> None:
    finished = capsa.done("install", "-y", "acme==1.0", CAPSA_STARTUP_CODE="ask")

    assert finished.errors == f"{STARTUP}\n{QUESTION} y\n"
    assert installed(capsa) == "acme==1.0\n"


def test_a_value_that_is_none_is_refused(capsa: Capsa) -> None:
    finished = capsa.run("install", "acme", CAPSA_STARTUP_CODE="maybe")

    assert finished.errors == "error: CAPSA_STARTUP_CODE must be one of note, ask, deny, not `maybe`\n"


def test_on_a_terminal_yes_puts_it_in(capsa: Capsa) -> None:
    code, seen = on_terminal(capsa, "y\n")

    assert code == 0
    assert seen.startswith(f"{FOLDED}\n{QUESTION} y\n+ acme 1.0\n")
    assert installed(capsa) == "acme==1.0\n"


@pytest.mark.parametrize("answer", ["\n", "no\n", "\x04"], ids=["nothing", "no", "end of input"])
def test_on_a_terminal_anything_else_leaves_the_box_as_it_was(capsa: Capsa, answer: str) -> None:
    code, seen = on_terminal(capsa, answer, "-q")

    assert code == 1
    assert f"{QUESTION}" in seen
    assert "the answer was no; the box is as it was" in seen.replace("\n", "")
    assert "hint:" not in seen
    assert installed(capsa) == ""


def test_ctrl_c_at_the_question(capsa: Capsa) -> None:
    code, seen = on_terminal(capsa, "\x03")

    assert code == 130
    assert seen.endswith("interrupted")
    assert installed(capsa) == ""


def test_nobody_is_asked_where_nobody_watches(capsa: Capsa) -> None:
    process = OnTerminal(
        capsa.command("install", "acme==1.0"),
        folder=capsa.folder,
        variables=capsa.variables | {"CAPSA_STARTUP_CODE": "ask", "CI": "true"},
    )

    assert process.finish() == 1
    assert "there is no terminal to ask on" in process.written


def test_a_dry_run_tells_what_the_store_knows_and_changes_nothing(capsa: Capsa) -> None:
    capsa.done("install", "acme==1.0")
    capsa.done("uninstall", "acme")

    finished = capsa.done("install", "--dry-run", "acme==1.0")
    refused = capsa.done("install", "--dry-run", "acme==1.0", CAPSA_STARTUP_CODE="deny")

    assert finished.errors == f"{STARTUP}\n"
    assert refused.errors == (
        f"{STARTUP}\nwarning: this would be refused, as `startup-code` is `deny` (CAPSA_STARTUP_CODE)\n"
    )
    assert installed(capsa) == ""


def test_what_was_told_is_true(capsa: Capsa) -> None:
    capsa.done("install", "acme==1.0", "logs")
    python = capsa.folder / ".venv/bin/python"
    code = "import sys, logging; print(sys.acme, 'site-packages' in logging.__file__)"

    assert subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout == "1 False\n"
