"""nushell steps into boxes and out again: one start for many checks, as a start is slow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from capsa.shell.line import activation_line
from support.pty import OnTerminal
from support.run import Capsa
from support.shells import HOSTILE, program_of
from support.stepping import OTHER, STRANGER, UNSAFE, UNTRUSTED, Stepping, give

# `snap` tells all variables of nu, what a program gets, and what the prompt shows; `go` is a cd of somebody who types.
# FILE_PWD and CURRENT_FILE are nu's own and tell of the file that it read last.
START = r"""
def snap [] {
    let own = [LAST_EXIT_CODE CMD_DURATION_MS FILE_PWD CURRENT_FILE config _]
    let all = $env | transpose name value | where name not-in $own | each {|row|
        let kind = $row.value | describe
        [$row.name (if $kind =~ closure { $kind } else { $row.value | to nuon })]
    }
    let prompt = $env.PROMPT_COMMAND?
    let prompt = if ($prompt | describe) == closure { do $prompt } else { $prompt }
    let programs = ^/usr/bin/env -0 | split row (char nul) | where ($it | split row "=" | first) not-in ["" ...$own]
    print ({all: $all, programs: $programs, prompt: $prompt} | to json -r)
}
def --env go [path: string] {
    cd $path
    do --env ($env.config.hooks.env_change.PWD | last)
    see
}
def see [] {
    print ([$env.VIRTUAL_ENV? $env.VIRTUAL_ENV_PROMPT? $env.PATH.0 (do $env.PROMPT_COMMAND)] | to json -r)
}
$env.PROMPT_COMMAND = {|| "mine> " }
"""


class Nu(Stepping):
    """Runs scripts in nu, which needs no configuration."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.command = [program_of("nu"), "-n"]
        self.variables = {"PATH": os.environ["PATH"], "HOME": str(base / "home"), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        self.errors = ""

    def run(self, *lines: str, start: str = START, code: int = 0, **variables: str) -> list[str]:
        (self.base / "script.nu").write_text("\n".join([start, *lines, ""]))
        done = subprocess.run(
            [*self.command, str(self.base / "script.nu")],
            capture_output=True,
            text=True,
            check=False,
            env=self.variables | variables,
            cwd=self.base,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        self.errors = done.stderr
        return done.stdout.splitlines()

    def snaps(self, *lines: str, **variables: str) -> list[Snap]:
        return [Snap(line) for line in self.run(*lines, **variables)]

    def hooked(self, *lines: str, **variables: str) -> list[list[str | None]]:
        """Run lines in a shell with the hook, each followed by a look at what is active."""
        self.command = [program_of("nu"), "-n", "-i"]
        source = f'source "{self.hook("nu")}"'
        seen = self.run(
            source, source, *(line if line.startswith("go ") else f"{line}\nsee" for line in lines), **variables
        )
        return [json.loads(line) for line in seen if line.startswith("[")]


class Snap:
    def __init__(self, line: str) -> None:
        content = json.loads(line)
        self.all = dict(content["all"])
        self.programs = dict(row.split("=", 1) for row in content["programs"])
        self.prompt = content["prompt"]
        self.everything = [self.all, self.programs, self.prompt]

    def changes(self, before: Snap) -> dict[str, str | None]:
        names = self.programs.keys() | before.programs.keys()
        return {name: self.programs.get(name) for name in names if self.programs.get(name) != before.programs.get(name)}


@pytest.fixture
def nu(tmp_path: Path) -> Nu:
    return Nu(tmp_path)


def line(root: Path) -> str:
    return activation_line("nu", str(root))


def go(folder: Path | str) -> str:
    return f"go {json.dumps(str(folder), ensure_ascii=False)}"


def inside(root: Path, before: Snap, prompt: str, **more: str | None) -> dict[str, str | None]:
    path = f"{root}/bin:{before.programs['PATH']}"
    return {"VIRTUAL_ENV": str(root), "VIRTUAL_ENV_PROMPT": prompt, "PATH": path, **more}


def test_stepping_in_and_out_leaves_every_variable_as_it_was(nu: Nu) -> None:
    one, two = nu.box("one"), nu.box("project/.venv")
    before, first, twice, second, after, again, end = nu.snaps(
        "snap", line(one), "snap", line(one), "snap", line(two), "snap", "deactivate", "snap", line(one), "snap",
        "deactivate", "snap", PYTHONHOME="/somewhere",
    )  # fmt: skip
    assert first.changes(before) == inside(one, before, "one", PYTHONHOME=None)
    assert twice.everything == again.everything == first.everything
    assert second.changes(before) == inside(two, before, "project", PYTHONHOME=None)
    assert [snap.prompt for snap in (before, first, second)] == ["mine> ", "(one) mine> ", "(project) mine> "]
    assert after.everything == end.everything == before.everything


def test_what_was_set_otherwise_while_the_box_was_active_stays(nu: Nu) -> None:
    one = nu.box("one")
    said = nu.run(
        line(one), "$env.NOTE = 1", "cd /", "deactivate", "print $env.NOTE $env.PWD", "$env.NOTE = 2", "cd /usr",
        line(one), "print $env.NOTE $env.PWD", "print (overlay list | where active == true | get name | to nuon)",
        "deactivate", "print (overlay list | where active == true | get name | to nuon)",
        "print (scope aliases | to nuon)",
    )  # fmt: skip
    assert said == ["1", "/", "2", "/usr", "[zero, activate]", "[zero]", "[]"]


def test_what_an_outer_shell_had_set_comes_back(nu: Nu) -> None:
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": f"/outer/bin:{nu.variables['PATH']}"}
    one = nu.box("one")
    before, within, after = nu.snaps("snap", line(one), "snap", "deactivate", "snap", **given)
    assert within.programs["PATH"] == f"{one}/bin:{nu.variables['PATH']}"
    assert after.everything == before.everything


def test_any_kind_of_prompt_and_path_will_do(nu: Nu) -> None:
    one = nu.box("one")
    steps = [line(one), "snap", "deactivate", "snap"]
    given = ["$env.PROMPT_COMMAND = 'text> '", "hide-env PROMPT_COMMAND", "$env.PATH = '/usr/bin:/bin'"]
    snaps = nu.snaps(*(each for start in given for each in (start, "snap", *steps)))
    for before, _, after in (snaps[:3], snaps[3:6], snaps[6:]):
        assert after.everything == before.everything
    assert [snap.prompt for snap in snaps[:6]] == ["text> ", "(one) text> ", "text> ", None, None, None]
    assert "PROMPT_COMMAND" not in snaps[4].all
    assert snaps[7].all["PATH"] == f'["{one}/bin", /usr/bin, /bin]'


def test_the_prompt_can_be_left_alone(nu: Nu) -> None:
    one = nu.box("one")
    steps = [line(one), "snap", "deactivate", "$env.VIRTUAL_ENV_DISABLE_PROMPT = ''", line(one), "snap"]
    snaps = nu.snaps(*steps, VIRTUAL_ENV_DISABLE_PROMPT="1")
    assert [snap.prompt for snap in snaps] == ["mine> ", "(one) mine> "]


def test_finds_its_place_by_any_way_to_it(nu: Nu) -> None:
    moved, copied, named = nu.box("made").rename(nu.base / "moved"), nu.base / "copy/bin", nu.box("named", "given")
    copied.mkdir(parents=True)
    shutil.copy(named / "bin/activate.nu", copied)
    (nu.base / "link").symlink_to(moved)
    show, back = "print $env.VIRTUAL_ENV $env.VIRTUAL_ENV_PROMPT", "deactivate"
    ways = ["overlay use moved/bin/activate.nu", f"overlay use {nu.base}/moved/lib/../bin/activate.nu"]
    ways += ["overlay use link/bin/activate.nu", "overlay use copy/bin/activate.nu"]
    said = nu.run(*(step for way in ways for step in (way, show, back)))
    assert said[::2] == [str(moved)] * 3 + [str(named)]
    assert said[1::2] == ["moved"] * 3 + ["given"]


def test_a_script_without_a_box_changes_nothing(nu: Nu) -> None:
    root = nu.box("gone")
    (root / "pyvenv.cfg").unlink()
    steps = ["snap", f"try {{ {line(root)} }} catch {{|error| print -e $error.msg }}", "snap"]
    before, after = nu.snaps(*steps)
    assert nu.errors == f"capsa: there is no box in {root}\n"
    assert after.everything == before.everything


def test_hostile_names_execute_nothing(nu: Nu) -> None:
    roots = [nu.box(name, name) for name in HOSTILE] + [nu.box("plain", "\x1b]0;owned\x07")]
    show = "print $env.VIRTUAL_ENV (^ran-here) (do $env.PROMPT_COMMAND)"
    said = nu.run(*(step for root in roots for step in (line(root), show, "deactivate")))
    assert said[::3] == [str(root) for root in roots]
    assert said[1::3] == [f"{root}/bin/ran-here" for root in roots]
    assert said[2::3] == [*(f"({name}) mine> " for name in HOSTILE), "(?]0;owned?) mine> "]
    assert not list(nu.base.rglob("hit"))


def test_a_real_python_runs_in_the_box(tmp_path: Path) -> None:
    capsa, nu = Capsa(tmp_path / "capsa"), Nu(tmp_path)
    capsa.done("create", "box", "--no-pip")
    root = capsa.folder / "box"
    said = nu.run(line(root), "print (^python -c 'import sys; print(sys.prefix)')", "which python | get path.0 | print")
    assert said == [str(root), f"{root}/bin/python"]


def test_trusted_projects_are_stepped_into_and_left_by_cd(nu: Nu) -> None:
    one, inner, two = nu.project("one"), nu.project("one/inner", prompt="the inner one"), nu.project("*?[a] $(x)")
    out = [None, None, nu.variables["PATH"].split(":")[0], "mine> "]
    boxes = [
        [f"{root}/.venv", prompt, f"{root}/.venv/bin", f"({prompt}) mine> "]
        for root, prompt in ((one, "one"), (inner, "the inner one"), (two, two.name))
    ]
    seen = nu.hooked(go(one), go(one / "sub/deep"), go(inner / "sub"), go(one), go(two), go(nu.base), go("/"))
    assert seen == [boxes[0], boxes[0], boxes[1], boxes[0], boxes[2], out, out]
    assert nu.errors == ""


def test_who_steps_out_by_hand_stays_out_until_he_leaves_the_project(nu: Nu) -> None:
    one, box = nu.project("one"), nu.box("box")
    for way in ("deactivate", "capsa deactivate"):
        seen = nu.hooked(go(one), way, go(one / "sub"), go("/"), go(one), f"capsa activate {box}", go("/"), way)
        roots = [each[0] for each in seen]
        assert roots == [f"{one}/.venv", None, None, None, f"{one}/.venv", str(box), str(box), None]
        assert seen[5][1:] == ["by hand", f"{box}/bin", "(by hand) mine> "]


def test_what_is_not_trusted_says_so_once(nu: Nu) -> None:
    one, other, foreign = nu.project("one", is_trusted=False), nu.project("other"), nu.project("foreign")
    nu.trust(f"broken\n\tx\n{one}\nid of one\t{one}2\tx\nid of one\t{one}\n")
    (other / ".venv/.capsa/id").write_text("a new one\n")
    give(foreign, STRANGER, -1)
    seen = nu.hooked(go(one), go(one / "sub"), go("/"), go(one), go(other), go("/"), go(other), go(foreign))
    assert {each[0] for each in seen} == {None}
    assert nu.errors.splitlines() == [UNTRUSTED, OTHER]


def test_where_others_may_write_no_box_is_stepped_into(nu: Nu) -> None:
    names = ["open", "above/it", "box", "programs", "theirs", "sticky", "tmp/fine", "group", "foreign", "link", "led"]
    projects = {name: nu.project(name) for name in names}
    for path, mode in (
        ("open", 0o757), ("above", 0o777), ("box/.venv", 0o777), ("programs/.venv/bin", 0o757), ("sticky", 0o1777),
        ("tmp", 0o1777), ("group", 0o775), ("foreign", 0o775),
    ):  # fmt: skip
        (nu.base / path).chmod(mode)
    give(projects["group"], -1, os.getegid())
    give(projects["foreign"], -1, STRANGER)
    give(projects["theirs"] / ".venv/bin", STRANGER, -1)
    for name, mode in (("link", 0o755), ("led", 0o777)):
        box = (projects[name] / ".venv").rename(nu.base / f"{name}-target")
        (projects[name] / ".venv").symlink_to(box)
        box.chmod(mode)
    seen = nu.hooked(*(step for project in projects.values() for step in (go(project), go("/"))))
    entered = [Path(box).parent.relative_to(nu.base).as_posix() for box, *_ in seen if box]
    assert entered == ["tmp/fine", "group", "link"]
    assert nu.errors.splitlines() == [UNSAFE] * 8


def test_a_box_that_was_entered_by_hand_is_left_by_hand(nu: Nu) -> None:
    one, box = nu.project("one"), nu.box("box")
    seen = nu.hooked(line(box), go(one), go("/"), "deactivate", go(one), line(box), go("/"), "capsa deactivate")
    assert [each[0] for each in seen] == [str(box), str(box), str(box), None, f"{one}/.venv", str(box), str(box), None]
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": f"/outer/bin:{nu.variables['PATH']}"}
    seen = nu.hooked(go(one), "capsa deactivate", go(one / "sub"), go("/"), go(one), **given)
    assert [each[0] for each in seen] == ["/outer", None, None, None, f"{one}/.venv"]
    assert seen[1][2] == nu.variables["PATH"].split(":")[0]


def test_everything_else_goes_to_the_program(nu: Nu) -> None:
    tell = "catch {|error| print $env.LAST_EXIT_CODE ($error.msg | str substring 0..30) }"
    said = nu.run(
        f'source "{nu.hook("nu")}"',
        "try { capsa run --json -h 'a b' '*' $'(1 + 1)' -- -x } " + tell,
        "let piped = 'piped' | capsa pass through; print $piped",
        "try { capsa activate --help } " + tell,
        "try { capsa activate bad } " + tell,
        "try { capsa } " + tell,
        "try { capsa deactivate } " + tell,
        "print ($env.VIRTUAL_ENV? | describe) ($env.config.hooks.env_change.PWD? | default [] | length)",
    )
    assert said[:3] == ["<run><--json><-h><a b><*><2><--><-x>", "7", "External command had a non-zero"[:31]]
    assert [each for each in said if each[0] in "<p0123456789"] == [
        said[0], "7", "piped", "<activate><--help>", "7", "3", "<>", "7", "1", "0",
    ]  # fmt: skip
    assert "capsa: no box is active" in said
    assert nu.errors == "error: bad is not a box\n"


def test_a_list_that_cannot_be_read_and_a_box_that_vanishes_are_no_errors(nu: Nu) -> None:
    one, two = nu.project("one"), nu.project("two")
    seen = nu.hooked(
        go(one), f"^rm -r {one}/.venv", go(one / "sub"), f"^rm {nu.trusted}/list", f"^mkdir {nu.trusted}/list", go(two)
    )
    assert [each[0] for each in seen] == [f"{one}/.venv", f"{one}/.venv", None, None, None, None]
    assert nu.errors in ("", f"{UNTRUSTED}\n")


def test_hostile_projects_execute_nothing(nu: Nu) -> None:
    projects = [nu.project(name, prompt=name) for name in HOSTILE]
    seen = nu.hooked(*map(go, projects))
    assert seen == [[f"{root}/.venv", root.name, f"{root}/.venv/bin", f"({root.name}) mine> "] for root in projects]
    assert not list(nu.base.rglob("hit"))


def test_the_hook_works_at_a_prompt_and_with_the_real_program(tmp_path: Path) -> None:
    capsa, nu = Capsa(tmp_path / "capsa"), Nu(tmp_path)
    capsa.done("create", "box", "--no-pip")
    one, root = nu.project("one"), capsa.folder / "box"
    (nu.base / "start.nu").write_text(f'source "{nu.hook("nu", *capsa.command())}"\n')
    shell = OnTerminal(
        [*nu.command, "--execute", f'source "{nu.base}/start.nu"'],
        folder=one,
        variables=capsa.variables | {"TERM": "dumb", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    out = nu.base / "out"
    out.touch()
    answers = 0

    def has_told(count: int) -> bool:
        nonlocal answers
        # nu asks the terminal where the cursor is.
        while shell.written.count("\x1b[6n") > answers:
            answers += 1
            shell.type("\x1b[1;1R")
        return len(out.read_text().splitlines()) >= count

    shell.until(lambda _: has_told(0))
    for count, typed in enumerate(("cd .", "cd /", f"capsa activate {root}", "cd /usr", "deactivate"), 1):
        shell.type(f"{typed}; $'($env.VIRTUAL_ENV?)(char nl)' | save -a {out}\r")
        shell.until(lambda _, count=count: has_told(count))
    shell.process.terminate()
    shell.finish()
    assert out.read_text().splitlines() == [f"{one}/.venv", f"{one}/.venv", str(root), str(root), ""]
