"""elvish steps into boxes and out again, typed at on a terminal: only there code can define commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from capsa.shell.line import activation_line
from capsa.shell.quote import quote_elvish
from support.pty import OnTerminal
from support.run import Capsa
from support.shells import HOSTILE, program_of
from support.stepping import OTHER, STRANGER, UNSAFE, UNTRUSTED, Stepping, give

# `snap` notes what a program gets and the prompt; `code` runs what may fail and notes its exit code or the reason.
START = r"""
fn snap {
  /usr/bin/env -0 >> $E:SNAPS
  print "@prompt="(str:join '' [($edit:prompt)])"\x00@\x00" >> $E:SNAPS
}
fn code {|run~|
  try { run; echo 0 >> $E:SAID } catch e {
    var why = $e[reason]
    if (has-key $why exit-status) { echo $why[exit-status] >> $E:SAID } else { echo $why[content] >> $E:SAID }
  }
}
set edit:prompt = { put 'mine> ' }
edit:add-vars [&snap~=$snap~ &code~=$code~]
"""


class Elvish(Stepping):
    """Types lines at elvish, which reads no start file."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.program_of_shell = program_of("elvish")
        self.variables = {"PATH": "/usr/bin::/bin", "HOME": str(base / "home"), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        self.variables |= {"SNAPS": str(base / "snaps"), "SAID": str(base / "said")}
        (base / "start.elv").write_text(f"use str\n{START}")
        self.written = ""

    def type(self, *lines: str, **variables: str) -> list[Snap]:
        for name in ("snaps", "said"):
            (self.base / name).write_text("")
        shell = OnTerminal(
            [self.program_of_shell, "-norc"], folder=self.base, variables=self.variables | variables, size=(1000, 50)
        )
        shell.type("".join(f"{each}\r" for each in ("eval (slurp < start.elv)", *lines, "exit")))
        assert shell.finish() == 0
        self.written = shell.written
        rows = (self.base / "snaps").read_text().split("@\0")[:-1]
        return [Snap(row) for row in rows]

    def hooked(self, *lines: str, capsa: tuple[str, ...] = (), **variables: str) -> list[Snap]:
        """Run lines in a shell with the hook, each followed by a look at what is active."""
        read = f"eval (slurp < {quote_elvish(str(self.hook('elvish', *capsa)))})"
        steps = self.file(*(step for each in lines for step in (each, "snap")))
        return self.type(f"{read}; {read}", steps, **variables)

    def file(self, *lines: str) -> str:
        """Put lines into a file; return the one that runs them."""
        (self.base / "steps.elv").write_text("\n".join(lines))
        return f"eval (slurp < {self.base}/steps.elv) 2> {self.base}/errors"

    @property
    def said(self) -> list[str]:
        return (self.base / "said").read_text().splitlines()

    @property
    def errors(self) -> list[str]:
        return (self.base / "errors").read_text().splitlines()


class Snap:
    def __init__(self, row: str) -> None:
        pairs = [each.split("=", 1) for each in row.split("\0") if each]
        own = {"_", "PWD", "OLDPWD", "SHLVL"}
        self.everything = {name: value for name, value in pairs if name not in own}
        self.prompt = self.everything["@prompt"]
        self.path = self.everything.get("PATH")
        self.box = self.everything.get("VIRTUAL_ENV")

    def changes(self, before: Snap) -> dict[str, str | None]:
        names = self.everything.keys() | before.everything.keys()
        old, new = before.everything, self.everything
        return {name: new.get(name) for name in names if new.get(name) != old.get(name)}


@pytest.fixture
def elvish(tmp_path: Path) -> Elvish:
    return Elvish(tmp_path)


def line(root: Path) -> str:
    return activation_line("elvish", str(root))


def cd(folder: Path | str) -> str:
    return f"cd {quote_elvish(str(folder))}"


def inside(root: Path, prompt: str, path: str = "/usr/bin::/bin") -> dict[str, str | None]:
    shown = f"({prompt}) mine> "
    return {"VIRTUAL_ENV": str(root), "VIRTUAL_ENV_PROMPT": prompt, "PATH": f"{root}/bin:{path}", "@prompt": shown}


def test_stepping_in_and_out_leaves_every_variable_as_it_was(elvish: Elvish) -> None:
    one, two, named = elvish.box("one"), elvish.box("project/.venv"), elvish.box("named", "given")
    before, first, twice, second, third, after, again, end, bare, within, last = elvish.type(
        "snap", line(one), "snap", line(one), "snap", line(two), "snap", f"{line(two)}; {line(named)}", "snap",
        "deactivate", "snap", line(one), "snap", "deactivate", "snap", "code { deactivate }",
        "unset-env PATH; unset-env PYTHONHOME", "snap", line(one), "snap", "deactivate", "snap",
        PYTHONHOME="/somewhere",
    )  # fmt: skip
    assert first.changes(before) == inside(one, "one") | {"PYTHONHOME": None}
    assert twice.everything == again.everything == first.everything
    assert second.changes(before) == inside(two, "project") | {"PYTHONHOME": None}
    assert third.changes(before) == inside(named, "given") | {"PYTHONHOME": None}
    assert after.everything == end.everything == before.everything
    assert within.path == f"{one}/bin"
    assert last.everything == bare.everything
    assert bare.path is None
    assert elvish.said == ["capsa: no box is active"]
    assert "Exception" not in elvish.written


def test_what_an_outer_shell_had_set_comes_back(elvish: Elvish) -> None:
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": "/outer/bin:/usr/bin:/bin"}
    one = elvish.box("one")
    before, within, after = elvish.type("snap", line(one), "snap", "deactivate", "snap", **given)
    assert within.path == f"{one}/bin:/usr/bin:/bin"
    assert after.everything == before.everything


def test_the_prompt_can_be_left_alone(elvish: Elvish) -> None:
    one = elvish.box("one")
    steps = [line(one), "snap", "deactivate", "set-env VIRTUAL_ENV_DISABLE_PROMPT ''", line(one), "snap"]
    snaps = elvish.type(*steps, VIRTUAL_ENV_DISABLE_PROMPT="1")
    assert [snap.prompt for snap in snaps] == ["mine> ", "(one) mine> "]


def test_goes_by_where_the_box_was_made(elvish: Elvish) -> None:
    one, moved, copied = elvish.box("one"), elvish.box("made"), elvish.base / "copy/bin"
    copied.mkdir(parents=True)
    shutil.copy(one / "bin/activate.elv", copied)
    moved.rename(elvish.base / "moved")
    reads = [f"code {{ eval (slurp < {name}/bin/activate.elv) }}" for name in ("copy", "moved")]
    snaps = elvish.type(reads[0], "snap", "deactivate", "snap", reads[1], "snap")
    assert snaps[0].box == str(one)
    assert elvish.said == ["0", f"capsa: there is no box in {moved}; if it was moved: `capsa create --upgrade PATH`"]
    assert snaps[2].everything == snaps[1].everything


def test_scripts_get_the_variables_too(tmp_path: Path) -> None:
    capsa = Capsa(tmp_path)
    capsa.done("create", "box", "--no-pip")
    root = capsa.folder / "box"
    script = f"{line(root)} &on-end={{|made| set out = $made[deactivate~] }}\npython -c 'import sys; print(sys.prefix)'"
    text = f"var out = $nil\n{script}\n$out\necho $E:PATH (has-env VIRTUAL_ENV)"
    done = subprocess.run(
        [program_of("elvish"), "-norc", "-c", text], capture_output=True, text=True, check=True, timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.splitlines() == [str(root), "/usr/bin:/bin $false"]
    assert done.stderr == ""


def test_hostile_names_execute_nothing(elvish: Elvish) -> None:
    roots = [elvish.box(name, name) for name in HOSTILE] + [elvish.box("plain", "\x1b]0;owned\x07")]
    snaps = elvish.type(elvish.file(*(f"{line(root)}; ran-here >> said; snap" for root in roots)))
    assert [snap.box for snap in snaps] == [str(root) for root in roots]
    assert elvish.said == [f"{root}/bin/ran-here" for root in roots]
    assert [snap.prompt for snap in snaps] == [*(f"({name}) mine> " for name in HOSTILE), "(?]0;owned?) mine> "]
    assert elvish.errors == []
    assert not list(elvish.base.rglob("hit"))


def test_trusted_projects_are_stepped_into_and_left_by_cd(elvish: Elvish) -> None:
    one, inner, box = elvish.project("one"), elvish.project("one/inner", prompt="the inner one"), elvish.box("box")
    hostile = [elvish.project(name, prompt=name) for name in HOSTILE]
    snaps = elvish.hooked(
        "cd .", cd(one), cd(one / "sub/deep"), cd(inner / "sub"), cd(one), cd("/"),
        # Who steps out by hand stays out until he leaves the project.
        cd(one), "deactivate", cd(one / "sub"), cd("/"), cd(one), "capsa deactivate", cd(one / "sub"), cd(inner),
        # A box that was entered by hand is left by hand.
        line(box), cd(one), f"capsa activate {box}", cd("/"), cd(one), "capsa deactivate", cd(one / "sub"),
        *map(cd, hostile), cd("/"), cd(one), line(one.parent / "box"), "deactivate", cd(one / "sub"),
    )  # fmt: skip
    boxes = [snap.box.removeprefix(f"{elvish.base}/") if snap.box else "" for snap in snaps]
    assert boxes[:6] == ["", "one/.venv", "one/.venv", "one/inner/.venv", "one/.venv", ""]
    assert boxes[6:14] == ["one/.venv", "", "", "", "one/.venv", "", "", "one/inner/.venv"]
    assert boxes[14:21] == ["box", "box", "box", "box", "box", "", ""]
    assert boxes[21:] == [*(f"{name}/.venv" for name in HOSTILE), "", "one/.venv", "box", "", ""]
    assert snaps[1].changes(snaps[0]) == inside(one / ".venv", "one")
    assert snaps[3].changes(snaps[0]) == inside(inner / ".venv", "the inner one")
    assert snaps[16].changes(snaps[0]) == inside(box, "by hand")
    assert snaps[5].everything == snaps[-1].everything == snaps[0].everything
    assert elvish.errors == []
    assert not list(elvish.base.rglob("hit"))


def test_what_is_not_trusted_is_not_stepped_into_and_says_so_once(elvish: Elvish) -> None:
    one, other, foreign = elvish.project("one", is_trusted=False), elvish.project("other"), elvish.project("foreign")
    elvish.trust(f"broken\n\tx\n{one}\nid of one\t{one}2\tx\nid of one\t{one}\n")
    (other / ".venv/.capsa/id").write_text("a new one\n")
    give(foreign, STRANGER, -1)
    names = ["open", "above/it", "box", "programs", "theirs", "sticky", "tmp/fine", "group", "strange", "link", "led"]
    projects = {name: elvish.project(name) for name in names}
    for path, mode in (
        ("open", 0o757), ("above", 0o777), ("box/.venv", 0o777), ("programs/.venv/bin", 0o757), ("sticky", 0o1777),
        ("tmp", 0o1777), ("group", 0o775), ("strange", 0o775),
    ):  # fmt: skip
        (elvish.base / path).chmod(mode)
    give(projects["group"], -1, os.getegid())
    give(projects["strange"], -1, STRANGER)
    give(projects["theirs"] / ".venv/bin", STRANGER, -1)
    for name, mode in (("link", 0o755), ("led", 0o777)):
        box = (projects[name] / ".venv").rename(elvish.base / f"{name}-target")
        (projects[name] / ".venv").symlink_to(box)
        box.chmod(mode)
    folders = [one, one / "sub", other, one, other, foreign, *projects.values()]
    # The list becomes a folder, then the box vanishes that is active: no errors.
    last = [cd(one), f"rm {elvish.trusted}/list; mkdir {elvish.trusted}/list", cd(projects["tmp/fine"])]
    snaps = elvish.hooked(*map(cd, folders), cd(projects["tmp/fine"]), f"rm -r {projects['tmp/fine']}/.venv", *last)
    entered = [Path(snap.box).parent.relative_to(elvish.base).as_posix() for snap in snaps if snap.box]
    assert entered == ["tmp/fine", "group", "link", "tmp/fine", "tmp/fine"]
    # What runs after a change of folder writes to the terminal itself.
    assert re.findall(r"(?:capsa|Exception): [^\r\n\x1b]*", elvish.written) == [UNTRUSTED, OTHER, *[UNSAFE] * 8]


def test_everything_else_goes_to_the_program(elvish: Elvish) -> None:
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": "/outer/bin:/usr/bin:/bin"}
    commands = ["run --json -h 'a b' '*' -- -x >> said", "activate --help >> said", "activate bad", ">> said"]
    snaps = elvish.hooked(
        "echo piped | capsa pass through >> said", *(f"code {{ capsa {command} }}" for command in commands),
        "code { capsa deactivate }", "code { capsa deactivate }", **given,
    )  # fmt: skip
    assert elvish.said == [
        "piped", "<run><--json><-h><a b><*><--><-x>", "7", "<activate><--help>", "7", "3", "<>", "7", "0",
        "capsa: no box is active",
    ]  # fmt: skip
    assert [snap.box for snap in snaps] == ["/outer"] * 5 + [None] * 2
    assert snaps[-1].path == "/usr/bin:/bin"
    assert elvish.errors == ["error: bad is not a box"]


def test_the_real_program_tells_the_hook_what_it_needs(tmp_path: Path) -> None:
    capsa, elvish = Capsa(tmp_path / "capsa"), Elvish(tmp_path)
    capsa.done("create", "box", "--no-pip")
    root = capsa.folder / "box"
    told = tuple(capsa.command())
    snaps = elvish.hooked(f"capsa activate {root}", "deactivate", capsa=told, **capsa.variables)
    assert elvish.errors == []
    assert [snap.box for snap in snaps] == [str(root), None]
    assert snaps[0].prompt == "(box) mine> "
