"""`capsa run` as a process: the command gets the box, its words, its signals, and capsa is gone from in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.run import Capsa

TELL = "import json, os, sys; print(json.dumps([sys.prefix, sys.argv, dict(os.environ), os.getpid()]))"


CODE = """
import importlib.util

def main():
    print("lamp", version, bool(importlib.util.find_spec("wick")))
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackIndex]:
    folder = tmp_path_factory.mktemp("wheels")
    program = {"console_scripts": {"lamp": "lamp:main"}}
    for version in ("1.0", "2.0"):
        source = f"version = {version!r}\n{CODE}"
        make_wheel(str(folder), "lamp", version, files={"lamp.py": source}, entry_points=program)
    make_wheel(str(folder), "wick", "1.5", files={"wick.py": "length = 3\n"})
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("store"))


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex, store: str) -> Capsa:
    made = Capsa(tmp_path, index=index.url)
    made.variables["CAPSA_CACHE_DIR"] = store
    return made


def synced(capsa: Capsa) -> Capsa:
    """Return it with a project that wants the older lamp in its folder, synced."""
    (capsa.folder / "pyproject.toml").write_text(
        '[project]\nname = "desk"\nversion = "1"\ndependencies = ["lamp<2"]\n[dependency-groups]\ndocs = ["wick"]\n'
    )
    capsa.done("sync")
    return capsa


@pytest.fixture
def project(capsa: Capsa) -> Capsa:
    """A synced project to change."""
    return synced(capsa)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, index: LoopbackIndex, store: str) -> Capsa:
    """A synced project whose box and lock are left as they are."""
    made = Capsa(tmp_path_factory.mktemp("desk"), index=index.url)
    made.variables["CAPSA_CACHE_DIR"] = store
    return synced(made)


def told(finished) -> list:
    assert finished.code == 0, finished.errors
    return json.loads(finished.output)


def test_the_first_run_makes_box_and_lock_and_says_so_beside_the_output(capsa: Capsa) -> None:
    (capsa.folder / "pyproject.toml").write_text('[project]\nname = "desk"\nversion = "1"\ndependencies = ["lamp"]\n')
    finished = capsa.done("run", "lamp")
    assert finished.output == "lamp 2.0 False\n"
    assert "+ lamp 2.0\ninstalled 1 package" in finished.errors
    assert (capsa.folder / "pylock.toml").is_file()
    again = capsa.done("run", "lamp")
    assert (again.output, again.errors) == ("lamp 2.0 False\n", "")


def test_the_command_finds_the_box_and_its_words(desk: Capsa) -> None:
    box = f"{desk.folder}/.venv"
    words = ["a b", "--json", "-q", "--", "", "$(no)"]
    prefix, argv, variables, _ = told(
        desk.run("run", "python", "-c", TELL, *words, PYTHONHOME="", PATH=f"/old/bin:{os.environ['PATH']}")
    )
    assert (prefix, argv) == (box, ["-c", *words])
    assert variables["VIRTUAL_ENV"] == box
    assert variables["PATH"].split(":")[:2] == [f"{box}/bin", "/old/bin"]
    assert "PYTHONHOME" not in variables


def test_surplus_packages_stay_unless_exactly_the_lock_is_wanted(project: Capsa) -> None:
    project.done("install", "wick")
    assert project.done("run", "lamp").output == "lamp 1.0 True\n"
    finished = project.done("run", "--exact", "lamp")
    assert finished.output == "lamp 1.0 False\n"
    assert "- wick 1.5\nremoved 1 package" in finished.errors


def test_groups_are_put_in_for_who_asks(project: Capsa) -> None:
    assert project.done("run", "--group", "docs", "lamp").output == "lamp 1.0 True\n"
    assert project.run("run", "--group", "nowhere", "lamp").code == 1


def test_a_box_that_was_to_be_left_alone_is(project: Capsa) -> None:
    with (project.folder / "pyproject.toml").open("a") as stream:
        stream.write('tests = ["lamp"]\n')
    lock = (project.folder / "pylock.toml").read_bytes()
    assert project.done("run", "--no-sync", "lamp").output == "lamp 1.0 False\n"
    assert (project.folder / "pylock.toml").read_bytes() == lock
    refused = project.run("run", "--locked", "lamp")
    assert (refused.code, refused.output) == (1, "")
    assert "the lock is not up to date" in refused.errors


def test_exit_codes_and_deaths_are_those_of_the_command(desk: Capsa) -> None:
    assert desk.run("run", "python", "-c", "import sys; sys.exit(3)").code == 3
    death = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert desk.run("run", "python", "-c", death).code == -signal.SIGTERM


@pytest.mark.parametrize("options", [[], ["-v"]], ids=["fast", "slow"])
def test_capsa_is_not_in_between(desk: Capsa, options: list[str]) -> None:
    code = (
        "import os, time\n"
        "try:\n    print(os.getpid(), flush=True); time.sleep(20)\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True); raise SystemExit(7)\n"
    )
    command = desk.command("run", *options, "python", "-c", code)
    pipes = {"stdout": subprocess.PIPE, "text": True, "cwd": desk.folder, "env": desk.variables}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted\n"
        assert process.wait(20) == 7


def test_standard_input_is_the_commands(desk: Capsa) -> None:
    code = "import sys; print(sys.stdin.read().upper())"
    command = desk.command("run", "python", "-c", code)
    options = {"capture_output": True, "text": True, "cwd": desk.folder, "env": desk.variables}
    assert subprocess.run(command, input="fed", timeout=60, check=True, **options).stdout == "FED\n"
    script = desk.command("run", "-", "a")
    text = "import lamp, sys; print(lamp.version, sys.argv)"
    assert subprocess.run(script, input=text, timeout=60, check=True, **options).stdout == "1.0 ['-', 'a']\n"


def test_modules_and_scripts_run_in_the_python_of_the_box(desk: Capsa) -> None:
    (desk.folder / "tool.py").write_text("import lamp, sys; print(lamp.version, sys.argv)")
    (desk.folder / "odd").write_text("import lamp; print('odd', lamp.version)")
    assert desk.done("run", "tool.py", "-x").output == "1.0 ['tool.py', '-x']\n"
    assert desk.done("run", "--no-progress", "-s", "odd").output == "odd 1.0\n"
    assert desk.done("run", "-m", "json.tool", "--help").output.startswith("usage: ")


def test_files_of_variables_do_not_win_over_what_is_set(desk: Capsa) -> None:
    (desk.folder / "a.env").write_text("ONE=file\nTWO=file\nTHREE=${ONE}-${HOME}\n")
    (desk.folder / "b.env").write_text("TWO=later\n")
    finished = desk.run("run", "--env-file", "a.env", "--env-file=b.env", "python", "-c", TELL, ONE="set")
    variables = told(finished)[2]
    assert [variables[name] for name in ("ONE", "TWO", "THREE")] == ["set", "later", f"set-{desk.home}"]
    missing = desk.run("run", "--env-file", "gone.env", "lamp")
    assert (missing.code, missing.output) == (1, "")
    assert f"there is no file {desk.folder}/gone.env" in missing.errors


def test_what_is_wanted_for_one_run_only_lies_over_the_box(desk: Capsa) -> None:
    before = desk.done("freeze").output
    assert desk.done("run", "--with", "wick", "lamp").output == "lamp 1.0 True\n", "launchers of the box see it too"
    assert desk.done("run", "--with", "lamp>=2", "python", "-c", "import lamp; print(lamp.version)").output == "2.0\n"
    assert desk.done("run", "--with", "lamp", "lamp").output == "lamp 1.0 False\n"
    assert desk.done("freeze").output == before
    assert desk.run("run", "--with", "nowhere", "lamp").code == 1


def test_another_active_box_is_not_used_and_that_is_said(desk: Capsa, tmp_path: Path) -> None:
    other = tmp_path / "other"
    desk.done("create", "--no-pip", str(other))
    inside = {"VIRTUAL_ENV": str(other), "PATH": f"{other}/bin:{os.environ['PATH']}"}
    finished = desk.run("run", "python", "-c", TELL, **inside)
    assert finished.errors == f"using .venv of the project, not the active box {other}\n"
    prefix, _, variables, _ = told(finished)
    assert (prefix, variables["VIRTUAL_ENV"]) == (f"{desk.folder}/.venv",) * 2
    assert f"{other}/bin" not in variables["PATH"]
    assert told(desk.run("run", "--active", "python", "-c", TELL, **inside))[0] == str(other)
    assert told(desk.run("run", "--no-project", "python", "-c", TELL, **inside))[0] == str(other)


def test_without_a_project_the_box_at_hand_serves(capsa: Capsa) -> None:
    refused = capsa.run("run", "python", "-V")
    assert refused.code == 1
    assert f"there is no project and no box in {capsa.folder} or above it" in refused.errors
    assert "hint: begin a project: `capsa init`" in refused.errors
    capsa.done("create", "--no-pip")
    assert told(capsa.run("run", "python", "-c", TELL))[0] == f"{capsa.folder}/.venv"
    base = told(capsa.run("run", "--no-project", "python", "-c", TELL))
    assert base[0] == sys.base_prefix
    assert "VIRTUAL_ENV" not in base[2]


def test_a_missing_program_is_told_with_what_to_do(desk: Capsa) -> None:
    finished = desk.run("run", "wickless")
    assert (finished.code, finished.output) == (1, "")
    assert finished.errors.startswith("error: there is no program `wickless` in the box or on PATH\n")
    assert "hint: for this run only: `capsa run --with wickless wickless`" in finished.errors


def test_a_python_program_that_is_not_in_the_box_runs_with_a_warning(desk: Capsa, tmp_path: Path) -> None:
    (tmp_path / "wick").write_text("#!/usr/bin/env python\nprint('elsewhere')\n")
    (tmp_path / "wick").chmod(0o755)
    finished = desk.run("run", "wick", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (finished.code, finished.output) == (0, "elsewhere\n")
    warning = f"warning: `wick` is not in the box: {tmp_path}/wick runs, which sees nothing of the box\n"
    assert finished.errors == warning


BLOCK = '# /// script\n# dependencies = ["lamp<2"]\n# ///\nimport lamp, sys; print(lamp.version, sys.prefix)\n'


def test_a_script_that_states_its_dependencies_has_a_box_of_its_own(
    capsa: Capsa, index: LoopbackIndex, store: str
) -> None:
    (capsa.folder / "tool.py").write_text(BLOCK)
    version, prefix = capsa.done("run", "tool.py").output.split()
    assert version == "1.0"
    assert prefix.startswith(f"{store}/environment-v1/")
    index.requests.clear()
    again = capsa.done("-v", "run", "tool.py")
    assert again.output.split() == [version, prefix]
    assert index.requests == []
    assert "resolving" not in again.errors
    (capsa.folder / "tool.py").write_text(BLOCK.replace("<2", ""))
    assert capsa.done("run", "tool.py").output.split()[0] == "2.0"
    assert capsa.done("run", "--with", "wick", "tool.py").output.split()[1] != prefix


def test_a_script_asks_for_its_python(capsa: Capsa) -> None:
    (capsa.folder / "tool.py").write_text('# /// script\n# requires-python = ">=3.99"\n# ///\n')
    refused = capsa.run("run", "tool.py")
    assert refused.code == 1
    assert "tool.py asks for Python >=3.99, and CAPSA_PYTHON for" in refused.errors


def test_a_script_with_a_lock_beside_it_gets_what_the_lock_names(capsa: Capsa) -> None:
    (capsa.folder / "tool.py").write_text(BLOCK.replace("<2", ""))
    capsa.done("lock", "--script", "tool.py")
    lock = capsa.folder / "pylock.tool.toml"
    assert "lamp" in lock.read_text()
    version, prefix = capsa.done("run", "--frozen", "tool.py").output.split()
    assert version == "2.0"
    assert capsa.done("run", "tool.py").output.split() == [version, prefix]
    (capsa.folder / "tool.py").write_text(BLOCK)
    assert capsa.run("run", "--locked", "tool.py").code == 1
    assert capsa.done("run", "tool.py").output.split() == ["1.0", prefix]
    assert "1.0" in lock.read_text()


def test_a_store_for_one_run_is_gone_after_it(desk: Capsa) -> None:
    finished = desk.run("run", "--no-cache", "--with", "wick", "lamp")
    assert (finished.code, finished.output) == (0, "lamp 1.0 True\n")
    assert [path.name for path in desk.folder.iterdir() if path.name.startswith(".capsa-cache")] == []
    assert desk.run("run", "--no-cache", "python", "-c", "raise SystemExit(4)").code == 4


@pytest.mark.parametrize("arguments", [["sync"], ["lock"], ["sync", "--frozen", "--no-dev"]])
def test_the_fast_answer_is_the_slow_one(desk: Capsa, arguments: list[str]) -> None:
    desk.done(*arguments)
    fast, slow = desk.done(*arguments), desk.done(*arguments, "-y")
    assert (fast.output, fast.errors) == (slow.output, slow.errors)
    assert fast.output
