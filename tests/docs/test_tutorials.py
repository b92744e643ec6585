"""Each tutorial, word by word: what is typed there runs, and what is shown there is seen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from docs.console import Step, is_like, play, steps
from support.loopback import LoopbackIndex, serve
from support.run import SOURCE, Capsa

TUTORIALS = sorted((Path(__file__).parents[2] / "docs" / "tutorial").glob("*.md"))

# Stand-ins for the packages of the tutorials, so that they run without a network: the same names and versions to be
# chosen from, and as much of their inside as the pages use.
HUMANIZE = "def naturalsize(value):\n    return f'{value / 1e6:.1f} MB'\n"
PYTEST = (
    "import glob, importlib.util\n"
    "def main():\n"
    "    count = 0\n"
    "    for path in glob.glob('test_*.py'):\n"
    "        spec = importlib.util.spec_from_file_location('tests', path)\n"
    "        module = importlib.util.module_from_spec(spec)\n"
    "        spec.loader.exec_module(module)\n"
    "        for name in dir(module):\n"
    "            if name.startswith('test_'):\n"
    "                getattr(module, name)()\n"
    "                count += 1\n"
    "    print(f'{count} passed in 0.01s')\n"
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for version in ("3.14.0", "4.9.0", "4.15.0"):
        make_wheel(str(folder), "humanize", version, files={"humanize/__init__.py": HUMANIZE})
    scripts = {"console_scripts": {"pytest": "pytest:main"}}
    for name in ("iniconfig", "pluggy", "pygments"):
        make_wheel(str(folder), name, "2.1.0")
    needs = ["iniconfig", "pluggy", "pygments"]
    make_wheel(str(folder), "pytest", "9.0.0", files={"pytest.py": PYTEST}, entry_points=scripts, requires=needs)
    make_wheel(str(folder), "six", "1.17.0")
    cow = "def cow(text):\n    return f'< {text} >'\n"
    make_wheel(str(folder), "cowsay", "6.1", files={"cowsay/__init__.py": cow})
    make_wheel(str(folder), "rich", "14.0.0", requires=["pygments"])
    make_wheel(str(folder), "rich", "12.6.0", requires=["pygments"])
    make_wheel(str(folder), "requests", "2.32.5", requires=["urllib3"])
    make_wheel(str(folder), "urllib3", "2.5.0")
    with serve(LoopbackIndex(folder)) as served:
        yield served


def shell_variables(capsa: Capsa) -> dict[str, str]:
    """The variables of somebody who has `capsa` as a command."""
    bin_folder = capsa.base / "bin"
    bin_folder.mkdir()
    launcher = bin_folder / "capsa"
    launcher.write_text(f'#!/bin/sh\nPYTHONPATH={SOURCE} exec {sys.executable} -m capsa "$@"\n')
    launcher.chmod(0o755)
    found = {name: text for name, text in capsa.variables.items() if name not in {"PYTHONPATH", "CAPSA_PYTHON"}}
    return found | {"PATH": f"{bin_folder}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{found['PATH']}"}


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_runs_word_by_word(page: Path, tmp_path: Path, index: LoopbackIndex) -> None:
    capsa = Capsa(tmp_path, index=index.url)
    found = steps(page.read_text(encoding="utf-8"))
    played = play(found, folder=str(capsa.folder), variables=shell_variables(capsa))
    assert len(played) == len(found)
    for step, (status, output) in zip(found, played, strict=True):
        place = f"{page.name} line {step.line}: {step.command}"
        has_refusal = any(word in step.shown for word in ("error:", "Error:", "damaged:"))
        assert (status != 0) == has_refusal, f"{place}exit {status}\n{output}"
        assert not step.shown or is_like(step.shown, output), f"{place}shown:\n{step.shown}\nseen:\n{output}"


def test_what_a_page_shows_is_held_against_what_is_seen() -> None:
    text = "```console\n$ printf '%s\\n' one\none\n$ cat <<'END'\n> two\n> END\ntwo\n```\n"
    found = steps(text)
    assert [step.command for step in found] == ["printf '%s\\n' one\n", "cat <<'END'\ntwo\nEND\n"]
    played = play(found, folder=os.getcwd(), variables={"PATH": os.environ["PATH"]})
    assert played == [(0, "one\n"), (0, "two\n")]
    assert is_like("made ... here\n", "made something here\n")
    assert not is_like("one\n", "two\n")


def test_a_page_without_a_step_would_be_noticed() -> None:
    assert all(len(steps(page.read_text(encoding="utf-8"))) > 3 for page in TUTORIALS)
    assert [Step(command="x\n", shown="", line=2)] == steps("```console\n$ x\n```\n")
