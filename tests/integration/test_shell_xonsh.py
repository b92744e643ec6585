"""xonsh steps into boxes and out again: one start for many checks, as a start takes a second."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from capsa.shell.line import activation_line
from support.run import Capsa
from support.shells import HOSTILE, program_of
from support.stepping import OTHER, STRANGER, UNSAFE, UNTRUSTED, Stepping, give

# `snap` tells the variables of xonsh that were set, what a program gets, the prompt, and the names that are defined.
START = r"""
def snap(names=()):
    import json, subprocess
    from xonsh.built_ins import XSH
    env = XSH.env
    own = {"XONSH_HISTORY_MATCH_ANYWHERE", "PWD", "OLDPWD", "LAST_RETURN_CODE"}
    env["PROMPT_FIELDS"].reset()  # as each prompt does
    text = subprocess.run(["/usr/bin/env", "-0"], env=env.detype(), capture_output=True).stdout.decode()
    print("@" + json.dumps({
        "all": {name: repr(env[name]) for name in env._d if name not in own and not callable(env[name])},
        "programs": dict(row.split("=", 1) for row in text.split("\0") if row and row.split("=")[0] not in own),
        "prompt": XSH.shell.prompt_formatter(env["PROMPT"]),
        "names": sorted(name for name in XSH.ctx if "capsa" in name or name in ("enter", "root")),
        "aliases": sorted(name for name in ("capsa", "deactivate") if name in XSH.aliases),
        "box": env.get("VIRTUAL_ENV"),
    }))
"""


class Xonsh(Stepping):
    """Runs scripts in xonsh, which reads no start file."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.command = [program_of("xonsh"), "--no-rc", "-DXONSH_SHOW_TRACEBACK=1", "-DPROMPT={env_name}mine> "]
        self.variables = {"PATH": "/usr/bin::/bin", "HOME": str(base / "home"), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        self.variables |= {"XDG_CACHE_HOME": str(base / "cache"), "PYTHONUNBUFFERED": "1"}
        self.errors = ""
        self.said: list[str] = []

    def run(self, *lines: str, **variables: str) -> list[Snap]:
        (self.base / "script.xsh").write_text("\n".join([START, *lines, ""]))
        done = subprocess.run(
            [*self.command, str(self.base / "script.xsh")],
            capture_output=True,
            text=True,
            check=False,
            env=self.variables | variables,
            cwd=self.base,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        self.errors = done.stderr
        rows = done.stdout.splitlines()
        self.said = [row for row in rows if not row.startswith("@")]
        return [Snap(row[1:]) for row in rows if row.startswith("@")]

    def hooked(self, *lines: str, **variables: str) -> list[Snap]:
        """Run lines in a shell with the hook, each followed by a look at what is active."""
        read = f"exec(open({str(self.hook('xonsh'))!r}).read())"
        return self.run("$XONSH_INTERACTIVE = True", read, read, *(f"{line}\nsnap()" for line in lines), **variables)


class Snap:
    def __init__(self, line: str) -> None:
        content = json.loads(line)
        self.all, self.programs, self.prompt = content["all"], content["programs"], content["prompt"]
        self.names, self.aliases, self.box = content["names"], content["aliases"], content["box"]
        self.everything = [self.all, self.programs, self.prompt, self.aliases]

    def changes(self, before: Snap) -> dict[str, str | None]:
        names = self.programs.keys() | before.programs.keys()
        return {name: self.programs.get(name) for name in names if self.programs.get(name) != before.programs.get(name)}


@pytest.fixture
def xonsh(tmp_path: Path) -> Xonsh:
    return Xonsh(tmp_path)


def line(root: Path) -> str:
    return activation_line("xonsh", str(root))


def cd(folder: Path | str) -> str:
    return f"cd @({str(folder)!r})"


def code_of(command: str) -> str:
    """Run a command that may fail, and tell its exit code."""
    return f"try:\n    {command}\n    print(0)\nexcept Exception as error:\n    print(error.returncode)"


def test_stepping_in_and_out_leaves_every_variable_as_it_was(xonsh: Xonsh) -> None:
    one, two, named = xonsh.box("one"), xonsh.box("project/.venv"), xonsh.box("named", "given")
    before, first, twice, second, third, after, bare, within, end = xonsh.run(
        "$PYTHONHOME = '/somewhere'", "snap()", line(one), "snap()", line(one), "snap()", line(two), "snap()",
        line(named), "snap()", "deactivate", "snap()",
        # Nothing was set that can be unset.
        "del $PYTHONHOME\ndel $PROMPT", "snap()", line(one), "snap()", "deactivate", "snap()",
    )  # fmt: skip
    assert first.changes(before) == {
        "VIRTUAL_ENV": str(one), "VIRTUAL_ENV_PROMPT": "one", "PATH": f"{one}/bin:/usr/bin::/bin", "PYTHONHOME": None,
    }  # fmt: skip
    assert twice.everything == first.everything
    shown = [snap.prompt for snap in (before, first, second, third)]
    assert shown == ["mine> ", "(one) mine> ", "(project) mine> ", "(given) mine> "]
    assert second.programs["PATH"] == f"{two}/bin:/usr/bin::/bin"
    assert after.everything == before.everything
    assert end.everything == bare.everything
    assert within.prompt.count("(one) ") == 1
    assert after.names == end.names == first.names == ["_capsa_state"]


def test_the_name_is_shown_once_whatever_the_prompt_is(xonsh: Xonsh) -> None:
    one = xonsh.box("one", "a {RED} {b")
    steps = [line(one), "snap()", "deactivate", "snap()"]
    prompts = ["'{env_name}field> '", "'plain> '", "lambda: 'made> '", "lambda: '{env_name}both> '", "'{user'"]
    given = [f"$PROMPT = {prompt}" for prompt in prompts[:4]]
    given.append("$PROMPT = 'quiet> '\n$VIRTUAL_ENV_DISABLE_PROMPT = '1'")
    snaps = xonsh.run(*(each for start in given for each in (start, *steps)))
    name = "(a {{RED}} {{b) "  # the braces are doubled for the colours
    assert [snap.prompt for snap in snaps] == [
        f"{name}field> ", "field> ", f"{name}plain> ", "plain> ", f"{name}made> ", "made> ", f"{name}both> ", "both> ",
        "quiet> ", "quiet> ",
    ]  # fmt: skip


def test_what_other_ways_in_had_set_comes_back(xonsh: Xonsh) -> None:
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": "/outer/bin:/usr/bin:/bin"}
    one = xonsh.box("one")
    before, within, after, theirs = xonsh.run(
        "snap()", line(one), "snap()", "deactivate", "snap()",
        # Scripts of other tools have a way out of their own.
        "def _out(args):\n    del $VIRTUAL_ENV\n    print('theirs')\naliases['deactivate'] = _out",
        line(one), "deactivate", "snap()", **given,
    )  # fmt: skip
    assert within.programs["PATH"] == f"{one}/bin:/usr/bin:/bin"
    assert after.everything == before.everything
    assert xonsh.said == ["theirs"]
    assert theirs.box is None


def test_finds_its_place_by_any_way_to_it_or_says_why_not(xonsh: Xonsh) -> None:
    moved, copied, named = xonsh.box("made").rename(xonsh.base / "moved"), xonsh.base / "copy/bin", xonsh.box("named")
    copied.mkdir(parents=True)
    shutil.copy(named / "bin/activate.xsh", copied)
    (xonsh.base / "link").symlink_to(moved)
    gone = xonsh.box("gone")
    (gone / "pyvenv.cfg").unlink()
    ways = ["moved/bin/activate.xsh", "moved/lib/../bin/activate.xsh", "link/bin/activate.xsh", "copy/bin/activate.xsh"]
    snaps = xonsh.run(*(f"source {way}\nsnap()\ndeactivate" for way in ways), "snap()", code_of(line(gone)), "snap()")
    assert [snap.box for snap in snaps[:4]] == [str(moved), str(moved), str(xonsh.base / "link"), str(named)]
    assert f"capsa: there is no box in {gone}" in xonsh.errors
    assert snaps[-1].everything == snaps[-2].everything


def test_hostile_names_execute_nothing(xonsh: Xonsh) -> None:
    roots = [xonsh.box(name, name) for name in HOSTILE] + [xonsh.box("plain", "\x1b]0;owned\x07")]
    snaps = xonsh.run(*(f"{line(root)}\nran-here\nsnap()" for root in roots))
    assert [snap.box for snap in snaps] == [str(root) for root in roots]
    assert xonsh.said == [f"{root}/bin/ran-here" for root in roots]
    shown = [snap.prompt.replace("{{", "{").replace("}}", "}") for snap in snaps]
    assert shown == [*(f"({name}) mine> " for name in HOSTILE), "(?]0;owned?) mine> "]
    assert not list(xonsh.base.rglob("hit"))


def test_real_boxes_and_the_real_program(tmp_path: Path) -> None:
    capsa, xonsh = Capsa(tmp_path / "capsa"), Xonsh(tmp_path)
    capsa.done("create", "box", "--no-pip")
    root = capsa.folder / "box"
    python = "python -c 'import sys; print(sys.prefix)'"
    hook = f"exec(open({str(xonsh.hook('xonsh', *capsa.command()))!r}).read())"
    snaps = xonsh.run(
        line(root), python, "deactivate", hook, f"capsa activate {root}", python, "snap()",
        "capsa deactivate", "snap()", code_of("capsa activate nowhere"), **capsa.variables,
    )  # fmt: skip
    assert xonsh.said == [str(root), str(root), "1"]
    assert [snap.box for snap in snaps] == [str(root), None]
    assert "nowhere" in xonsh.errors


def test_trusted_projects_are_stepped_into_and_left_by_cd(xonsh: Xonsh) -> None:
    one, inner, box = xonsh.project("one"), xonsh.project("one/inner", prompt="the inner one"), xonsh.box("box")
    hostile = [xonsh.project(name, prompt=name) for name in HOSTILE]
    snaps = xonsh.hooked(
        "cd .", cd(one), cd(one / "sub/deep"), cd(inner / "sub"), cd(one), cd("/"),
        # Who steps out by hand stays out until he leaves the project.
        cd(one), "deactivate", cd(one / "sub"), cd("/"), cd(one), "capsa deactivate", cd(one / "sub"), cd(inner),
        # A box that was entered by hand is left by hand.
        line(box), cd(one), f"capsa activate {box}", cd("/"), cd(one), "capsa deactivate", cd(one / "sub"),
        *map(cd, hostile), cd("/"),
    )  # fmt: skip
    boxes = [snap.box.removeprefix(f"{xonsh.base}/") if snap.box else "" for snap in snaps]
    assert boxes[:6] == ["", "one/.venv", "one/.venv", "one/inner/.venv", "one/.venv", ""]
    assert boxes[6:14] == ["one/.venv", "", "", "", "one/.venv", "", "", "one/inner/.venv"]
    assert boxes[14:21] == ["box", "box", "box", "box", "box", "", ""]
    assert boxes[21:] == [*(f"{name}/.venv" for name in HOSTILE), ""]
    before, first, by_hand = snaps[0], snaps[1], snaps[16]
    path = f"{one}/.venv/bin:/usr/bin::/bin"
    assert first.changes(before) == {"VIRTUAL_ENV": f"{one}/.venv", "VIRTUAL_ENV_PROMPT": "one", "PATH": path}
    assert [snap.prompt for snap in (first, snaps[3], by_hand)] == [
        "(one) mine> ", "(the inner one) mine> ", "(by hand) mine> ",
    ]  # fmt: skip
    assert snaps[5].everything == snaps[-1].everything == before.everything
    assert xonsh.errors == ""
    assert not list(xonsh.base.rglob("hit"))


def test_what_is_not_trusted_is_not_stepped_into_and_says_so_once(xonsh: Xonsh) -> None:
    one, other, foreign = xonsh.project("one", is_trusted=False), xonsh.project("other"), xonsh.project("foreign")
    xonsh.trust(f"broken\n\tx\n{one}\nid of one\t{one}2\tx\nid of one\t{one}\n")
    (other / ".venv/.capsa/id").write_text("a new one\n")
    give(foreign, STRANGER, -1)
    names = ["open", "above/it", "box", "programs", "theirs", "sticky", "tmp/fine", "group", "strange", "link", "led"]
    projects = {name: xonsh.project(name) for name in names}
    for path, mode in (
        ("open", 0o757), ("above", 0o777), ("box/.venv", 0o777), ("programs/.venv/bin", 0o757), ("sticky", 0o1777),
        ("tmp", 0o1777), ("group", 0o775), ("strange", 0o775),
    ):  # fmt: skip
        (xonsh.base / path).chmod(mode)
    give(projects["group"], -1, os.getegid())
    give(projects["strange"], -1, STRANGER)
    give(projects["theirs"] / ".venv/bin", STRANGER, -1)
    for name, mode in (("link", 0o755), ("led", 0o777)):
        box = (projects[name] / ".venv").rename(xonsh.base / f"{name}-target")
        (projects[name] / ".venv").symlink_to(box)
        box.chmod(mode)
    folders = [one, one / "sub", other, one, other, foreign, *projects.values()]
    # The list becomes a folder, then the box vanishes that is active: no errors.
    last = [cd(one), f"rm {xonsh.trusted}/list", f"mkdir {xonsh.trusted}/list", cd(projects["tmp/fine"])]
    snaps = xonsh.hooked(*map(cd, folders), cd(projects["tmp/fine"]), f"rm -r {projects['tmp/fine']}/.venv", *last)
    entered = [Path(snap.box).parent.relative_to(xonsh.base).as_posix() for snap in snaps if snap.box]
    assert entered == ["tmp/fine", "group", "link", "tmp/fine", "tmp/fine"]
    assert xonsh.errors.splitlines() == [UNTRUSTED, OTHER, *[UNSAFE] * 8]


def test_everything_else_goes_to_the_program(xonsh: Xonsh) -> None:
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": "/outer/bin:/usr/bin:/bin"}
    commands = ["run --json -h 'a b' '*' -- -x", "activate --help", "activate bad", ""]
    snaps = xonsh.run(
        f"exec(open({str(xonsh.hook('xonsh'))!r}).read())",
        "echo piped | capsa pass through", "print($(echo also | capsa pass through) + ' captured')",
        *(code_of(f"capsa {command}") for command in commands), "snap()",
        code_of("capsa deactivate"), "snap()", code_of("capsa deactivate"),
        # Not a shell that somebody types at: cd does nothing.
        cd(xonsh.project("one")), "snap()", **given,
    )  # fmt: skip
    assert [row for row in xonsh.said if row] == [
        "piped", "also captured", "<run><--json><-h><a b><*><--><-x>", "7", "<activate><--help>", "7", "3", "<>", "7",
        "0", "1",
    ]  # fmt: skip
    assert [snap.box for snap in snaps] == ["/outer", None, None]
    assert snaps[1].programs["PATH"] == "/usr/bin:/bin"
    assert xonsh.errors == "error: bad is not a box\ncapsa: no box is active\n"
