from __future__ import annotations

import pytest

from capsa.model.surroundings import Surroundings
from capsa.shell.caller import calling_shell


@pytest.mark.parametrize(
    ("parent", "login", "shell"),
    [
        ("zsh", "/bin/bash", "zsh"),
        ("-bash", "/usr/bin/fish", "bash"),
        ("make", "/usr/bin/fish", "fish"),
        ("", "/bin/zsh", "zsh"),
        ("python3", "", "sh"),
        ("", "/opt/unknown-shell", "sh"),
    ],
)
def test_the_shell_is_the_one_that_started_capsa_else_the_login_shell(parent: str, login: str, shell: str) -> None:
    surroundings = Surroundings(
        variables={"SHELL": login} if login else {}, folder="/", home="/home", interpreter="/python", parent=parent
    )
    assert calling_shell(surroundings) == shell
