"""One walk for every shell, with real boxes: in, `python`, `pip --version`, into another, out; all is as before."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from capsa.shell.line import activation_line
from support.run import Capsa
from support.shells import program_of

# How each shell is started on a script, and how it writes all of its exported variables into a file.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile"], "/usr/bin/env -0 >{file}"),
    "zsh": (["zsh", "-f"], "/usr/bin/env -0 >{file}"),
    "ksh93": (["ksh93"], "/usr/bin/env -0 >{file}"),
    "mksh": (["mksh"], "/usr/bin/env -0 >{file}"),
    "dash": (["dash"], "/usr/bin/env -0 >{file}"),
    "fish": (["fish", "--no-config"], "/usr/bin/env -0 >{file}"),
    "tcsh": (["tcsh", "-f"], "/usr/bin/env -0 >{file}"),
    "nu": (["nu", "--no-config-file"], "^/usr/bin/env -0 | save -f {file}"),
    "elvish": (["elvish", "-norc"], "e:/usr/bin/env -0 >{file}"),
    "xonsh": (["xonsh", "--no-rc"], "/usr/bin/env -0 > {file}"),
}
# What a shell tells of itself, of the last command, or of its own files.
OWN = {
    *("_", "SHLVL", "_AST_FEATURES", "PWD", "OLDPWD", "GROUP", "HOST", "HOSTTYPE", "MACHTYPE", "OSTYPE", "VENDOR"),
    *(
        "LOGNAME",
        "USER",
        "LINES",
        "COLUMNS",
        "FILE_PWD",
        "CURRENT_FILE",
        "LAST_EXIT_CODE",
        "XONSHRC",
        "XONSHRC_DIR",
        "THREAD_SUBPROCS",
    ),
}


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    capsa = Capsa(tmp_path_factory.mktemp("walk"))
    told = capsa.done("create", "one").output
    if "without pip" in told:
        pytest.skip("neither ensurepip nor an index gave a pip")
    capsa.done("create", "two", "--prompt", "it's $(two)")
    return capsa.folder / "one", capsa.folder / "two"


def lines_of(shell: str, one: Path, two: Path, base: Path) -> list[str]:
    name = {"ksh93": "ksh", "mksh": "ksh"}.get(shell, shell)
    write = SHELLS[shell][1]
    run = ["python -c 'import sys; print(sys.prefix)'", "pip --version"]
    enter = [activation_line(name, str(root)) for root in (one, two)]
    leave, between = "deactivate", []
    if shell == "elvish":
        # A script is code that is evaluated: it hands its way out to who evaluates it, and the next one knows nothing
        # of it. At a prompt the next one does (test_shell_elvish.py).
        enter = [f"{line} &on-end={{|made| set out = $made[deactivate~] }}" for line in enter]
        leave, between = "$out", ["$out"]
    return [
        *(["var out = $nil"] if shell == "elvish" else []),
        write.format(file=base / "before"),
        enter[0],
        *run,
        write.format(file=base / "one"),
        *between,
        enter[1],
        *run,
        write.format(file=base / "two"),
        leave,
        write.format(file=base / "after"),
    ]


def variables(path: Path) -> dict[str, str]:
    rows = [os.fsdecode(row).partition("=") for row in path.read_bytes().split(b"\0") if row]
    return {key: value for key, _, value in rows if key not in OWN}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_way_in_and_out(shell: str, boxes: tuple[Path, Path], tmp_path: Path) -> None:
    one, two = boxes
    command = [program_of(SHELLS[shell][0][0]), *SHELLS[shell][0][1:]]
    (tmp_path / "script").write_text("\n".join([*lines_of(shell, one, two, tmp_path), ""]))
    (tmp_path / "home").mkdir()
    given = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [*command, str(tmp_path / "script")],
        cwd=tmp_path, env=given, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    prefix_one, pip_one, prefix_two, pip_two = done.stdout.splitlines()
    assert [prefix_one, prefix_two] == [str(one), str(two)]
    assert f" from {one}/lib/" in pip_one
    assert f" from {two}/lib/" in pip_two
    before, inside = variables(tmp_path / "before"), variables(tmp_path / "two")
    assert variables(tmp_path / "one")["VIRTUAL_ENV_PROMPT"] == "one"
    changed = {key: value for key, value in inside.items() if before.get(key) != value and not key.startswith("PROMPT")}
    assert changed == {
        "VIRTUAL_ENV": str(two),
        "VIRTUAL_ENV_PROMPT": "it's $(two)",
        "PATH": f"{two}/bin:{before['PATH']}",
    }
    assert variables(tmp_path / "after") == before
