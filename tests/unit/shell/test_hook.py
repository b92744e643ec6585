from __future__ import annotations

import pytest

from capsa.errors import UsageError
from capsa.shell.hook import HOOKS, hook_text, kept_line
from capsa.shell.scripts import scripts
from capsa.shell.template import read_template


@pytest.mark.parametrize("shell", HOOKS)
def test_a_hook_holds_its_values_and_no_place_is_left_open(shell: str) -> None:
    text = hook_text(shell, ("/opt/cap-sa", "-m"), "/data/trust-v1")
    assert "/opt/cap-sa" in text
    assert "/data/trust-v1/" in text
    assert not [name for name in ("CAPSA", "TRUSTED", *dict(HOOKS[shell].parts)) if f"|{name}|" in text]


@pytest.mark.parametrize("shell", HOOKS)
def test_a_value_that_looks_like_a_place_stays_as_it_is(shell: str) -> None:
    assert "/data/|CAPSA|/" in hook_text(shell, ("/opt/capsa",), "/data/|CAPSA|")


@pytest.mark.parametrize("shell", ["bash", "zsh", "ksh"])
def test_hook_and_script_step_in_and_out_by_the_very_same_text(shell: str) -> None:
    script, hook = scripts("/box", "")["activate"].decode(), hook_text(shell, ("capsa",), "/trust")
    for part in ("step.sh", "leave.sh"):
        assert read_template(part) in script
        assert read_template(part) in hook


def test_a_shell_without_a_hook_is_refused() -> None:
    with pytest.raises(UsageError, match="no hook for the shell dash") as caught:
        hook_text("dash", ("capsa",), "/trust")
    assert "zsh" in caught.value.hints[0]


def test_a_shell_that_reads_files_alone_is_told_which() -> None:
    assert kept_line("tcsh", "/my data/trust-v1") == "source '/my data/trust-v1/hook.tcsh' define\n"
    assert "set _capsa_hook = '/my data/trust-v1/hook.tcsh'" in hook_text("tcsh", ("capsa",), "/my data/trust-v1")
    assert [shell for shell in HOOKS if kept_line(shell, "/trust")] == ["tcsh"]
