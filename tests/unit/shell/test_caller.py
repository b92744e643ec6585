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
        ("nu", "/bin/bash", "nu"),
        ("elvish", "/bin/bash", "elvish"),
        ("xonsh", "/bin/bash", "xonsh"),
        ("", "/bin/zsh", "zsh"),
        ("python3", "", "sh"),
        ("-mksh", "/bin/zsh", "ksh"),
        ("ksh93", "/bin/zsh", "ksh"),
        ("busybox", "/bin/zsh", "sh"),
        ("", "/opt/unknown-shell", "sh"),
    ],
)
def test_the_shell_is_the_one_that_started_capsa_else_the_login_shell(parent: str, login: str, shell: str) -> None:
    surroundings = Surroundings(
        variables={"SHELL": login} if login else {}, folder="/", home="/home", interpreter="/python", parent=parent
    )
    assert calling_shell(surroundings) == shell


@pytest.mark.parametrize(
    ("variables", "parent", "platform", "shell"),
    [
        ({"SHELL": "/bin/bash"}, "pwsh", "linux", "powershell"),
        ({"SHELL": "/bin/zsh", "PSModulePath": "/home/me/.local/share/powershell/Modules"}, "", "darwin", "powershell"),
        ({"SHELL": "/bin/zsh", "PSModulePath": "/home/me/.local/share/powershell/Modules"}, "bash", "linux", "bash"),
        (
            {"PSModulePath": r"C:\Program Files\WindowsPowerShell\Modules;C:\WINDOWS\system32\X\v1.0"},
            "",
            "win32",
            "cmd",
        ),
        (
            {"PSMODULEPATH": r"D:\me\PowerShell\Modules;C:\Program Files\PowerShell\7\Modules"},
            "",
            "win32",
            "powershell",
        ),
        ({}, "", "win32", "cmd"),
        ({"SHELL": "/usr/bin/bash"}, "", "win32", "bash"),
    ],
)
def test_powershell_and_cmd_are_told_by_what_they_set(
    variables: dict[str, str], parent: str, platform: str, shell: str
) -> None:
    surroundings = Surroundings(
        variables=variables, folder="/", home="/home", interpreter="/python", parent=parent, platform=platform
    )
    assert calling_shell(surroundings) == shell
