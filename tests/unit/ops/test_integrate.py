from __future__ import annotations

import stat
from pathlib import Path

import pytest

from capsa.errors import UsageError
from capsa.ops.integrate import integrate
from capsa.shell.hook import hook_text


def test_most_shells_are_given_the_text_itself(tmp_path: Path) -> None:
    assert integrate("fish", ("capsa",), str(tmp_path)) == hook_text("fish", ("capsa",), f"{tmp_path}/trust-v1")
    assert not list(tmp_path.iterdir())


def test_tcsh_is_told_to_read_a_file_that_its_user_alone_may_write(tmp_path: Path) -> None:
    data = tmp_path / "my data"
    kept = data / "trust-v1" / "hook.tcsh"
    assert integrate("tcsh", ("capsa",), str(data)) == f"source '{kept}' define\n"
    assert kept.read_text() == hook_text("tcsh", ("capsa",), f"{data}/trust-v1")
    assert (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(kept.parent.stat().st_mode)) == (0o600, 0o700)


def test_a_file_that_is_as_it_should_be_is_left_and_another_is_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "trust-v1" / "hook.tcsh"
    integrate("tcsh", ("capsa",), str(tmp_path))
    before = kept.stat().st_ino
    integrate("tcsh", ("capsa",), str(tmp_path))
    assert kept.stat().st_ino == before
    integrate("tcsh", ("/opt/capsa",), str(tmp_path))
    assert "(/opt/capsa)" in kept.read_text()


def test_a_shell_without_a_hook_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        integrate("dash", ("capsa",), str(tmp_path))
    assert not list(tmp_path.iterdir())
