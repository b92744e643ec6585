"""Boxes that get their pip from a spare: made in the background, taken once, never believed unseen."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.run import Capsa
from support.soundness import box_faults


@pytest.fixture
def capsa(tmp_path: Path) -> Iterator[Capsa]:
    made = Capsa(tmp_path)
    made.variables["CAPSA_SPARES"] = "1"
    if "without pip" in made.done("create", "first").output:
        pytest.skip("neither ensurepip nor an index gave a pip")
    yield made
    waited(lambda: not list(tmp_path.glob("cache/temporary-v1/*")))


def waited(is_so: Callable[[], object]) -> None:
    """Wait until something is so: who works in the background tells nobody."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def spare_of(capsa: Capsa) -> Path:
    """Return the one spare, when it is there."""
    waited(lambda: list(capsa.base.glob("cache/spare-v1/*/*")))
    [spare] = capsa.base.glob("cache/spare-v1/*/*")
    return spare


def site_of(capsa: Capsa, name: str) -> Path:
    return next((capsa.folder / name).glob("lib/python*/site-packages"))


def pip_of(capsa: Capsa, name: str, *words: str) -> str:
    program = capsa.folder / name / "bin" / "pip"
    variables = capsa.variables | {"PIP_NO_INDEX": "1"}
    return subprocess.run([program, *words], env=variables, capture_output=True, text=True, check=True).stdout


def test_the_next_box_takes_the_spare_and_another_is_made(capsa: Capsa) -> None:
    spare = spare_of(capsa)
    number = spare.stat().st_ino
    told = capsa.done("create", "second").output
    assert site_of(capsa, "second").stat().st_ino == number
    assert "and pip" in told
    assert pip_of(capsa, "second", "--version").startswith("pip ")
    assert box_faults(capsa.folder / "second") == []
    capsa.done("verify", "--full", "--env", "second")
    assert spare_of(capsa).stat().st_ino != number
    assert pip_of(capsa, "second", "uninstall", "-y", "pip")
    assert capsa.done("create", "third").output.count("and pip") == 1


def test_what_was_edited_through_a_box_reaches_no_later_one(capsa: Capsa) -> None:
    spare = spare_of(capsa)
    victim = site_of(capsa, "first") / "pip" / "__main__.py"
    if not os.path.samefile(victim, spare / "pip" / "__main__.py"):
        pytest.skip("boxes share nothing on this file system")
    victim.chmod(0o644)
    victim.write_text("raise SystemExit('edited')\n")
    assert "made" in capsa.done("create", "second").output
    assert "edited" not in (site_of(capsa, "second") / "pip" / "__main__.py").read_text()
    assert box_faults(capsa.folder / "second") == []


def test_many_processes_take_each_spare_once(capsa: Capsa) -> None:
    spare_of(capsa)
    names = [f"box{number}" for number in range(6)]
    processes = [
        subprocess.Popen(capsa.command("create", name), cwd=capsa.folder, env=capsa.variables, stdout=subprocess.PIPE)
        for name in names
    ]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert len({site_of(capsa, name).stat().st_ino for name in names}) == len(names)
    for name in names:
        assert box_faults(capsa.folder / name) == []
        assert not (site_of(capsa, name) / "site-packages").exists()


def test_nobody_gets_spares_who_wants_none(tmp_path: Path) -> None:
    capsa = Capsa(tmp_path)
    capsa.done("create", "first")
    capsa.done("create", "second")
    assert not list(tmp_path.glob("cache/spare-v1/*/*"))


def test_prune_takes_those_that_nobody_took_for_long(capsa: Capsa) -> None:
    spare = spare_of(capsa)
    os.utime(spare, (0, 0))
    capsa.done("cache", "prune", "--days", "30")
    assert not spare.exists()
    assert pip_of(capsa, "first", "--version")
