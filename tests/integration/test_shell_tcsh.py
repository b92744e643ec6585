"""tcsh, and a plain csh where there is one: the activation script, and what is the hook's in these alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.shell.line import activation_line
from capsa.shell.quote import quote_csh
from capsa.shell.scripts import scripts
from support.hooked import UNTRUSTED
from support.pty import OnTerminal
from support.shells import HOSTILE, program_of
from support.typed import Typed

# What changes of itself from one line to the next.
VOLATILE = ("_\t", "_=", "status\t")
SEE = "which python; printenv VIRTUAL_ENV; printenv VIRTUAL_ENV_PROMPT"


def make_box(root, prompt=""):
    """Put into a folder what a script of a box looks at, and a program."""
    (root / "bin").mkdir(parents=True)
    (root / "pyvenv.cfg").touch()
    for name, text in scripts(str(root), prompt).items():
        (root / "bin" / name).write_bytes(text)
    for name in ("python", "ran-here"):
        (root / "bin" / name).write_text("#!/bin/sh\nprintf 'ran:%s:end\\n' \"$0\"\n")
        (root / "bin" / name).chmod(0o755)
    return root


class Csh:
    """Runs scripts in one shell; ``snap NAME`` in a script notes all variables and aliases under that name."""

    def __init__(self, name, base):
        self.program = program_of(name)
        self.base = base
        self.variables = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(base),
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, *lines, options=("-f",), without=(), **variables):
        script = "\n".join(lines) + "\n"
        place = quote_csh(str(self.base))
        note = f"/usr/bin/env >! {place}/\\1.env; set >! {place}/\\1.set; alias >! {place}/\\1.alias"
        script = re.sub(r"^snap (\w+)$", note, script, flags=re.MULTILINE)
        (self.base / "script").write_bytes(script.encode("utf-8", "surrogateescape"))
        given = {name: text for name, text in (self.variables | variables).items() if name not in without}
        done = subprocess.run(
            [self.program, *options, str(self.base / "script")],
            capture_output=True, check=False, env=given, cwd=self.base, timeout=60,
        )  # fmt: skip
        assert not done.stderr, done.stderr
        return os.fsdecode(done.stdout)

    def noted(self, name):
        files = [self.base / f"{name}.{kind}" for kind in ("env", "set", "alias")]
        return [sorted(row for row in file.read_text().split("\n") if not row.startswith(VOLATILE)) for file in files]

    def same(self, before, after):
        assert self.noted(after) == self.noted(before)


@pytest.fixture(params=["tcsh", "bsd-csh"])
def csh(request, tmp_path):
    (tmp_path / "shell").mkdir()
    return Csh(request.param, tmp_path / "shell")


@pytest.fixture
def tcsh(tmp_path):
    (tmp_path / "shell").mkdir()
    return Csh("tcsh", tmp_path / "shell")


def line(root):
    return activation_line("tcsh", str(root))


def test_stepping_in_and_out_leaves_every_variable_as_it_was(csh, tmp_path):
    root = make_box(tmp_path / "box")
    out = csh.run("set prompt = 'a  %m \\! [b] $x '", "snap before", line(root), SEE, "deactivate", "snap after")
    assert out == f"{root}/bin/python\n{root}\nbox\n"
    csh.same("before", "after")


@pytest.mark.parametrize(
    "setup",
    ["unset prompt", "set prompt = ''", "set prompt = (a b c)", "set noclobber noglob nonomatch", "set backslash_quote",
     "setenv PATH ''", "unsetenv PATH", "unsetenv PATH; unset path", "setenv PATH /usr/bin::/bin:",
     "setenv PYTHONHOME '/a  b'", "set PYTHONHOME = /x", "setenv VIRTUAL_ENV ''; setenv VIRTUAL_ENV_PROMPT ' x  y '",
     "setenv VIRTUAL_ENV /outer; setenv VIRTUAL_ENV_PROMPT -e", "set deactivate; alias other 'echo \\!* `x`'"],
)  # fmt: skip
def test_what_was_set_and_what_was_not_comes_back(tcsh, tmp_path, setup):
    first, second = make_box(tmp_path / "first"), make_box(tmp_path / "second")
    out = tcsh.run(
        "set prompt = '> '", setup, "snap before", line(first), line(first), "printenv VIRTUAL_ENV", line(second),
        "printenv VIRTUAL_ENV", "printenv PYTHONHOME", "deactivate", "snap after",
    )  # fmt: skip
    assert out == f"{first}\n{second}\n"
    tcsh.same("before", "after")


def test_works_where_every_slip_ends_the_shell(tcsh, tmp_path):
    first, second = make_box(tmp_path / "first"), make_box(tmp_path / "second")
    lines = ("set prompt = x", "snap before", line(first), line(second), SEE, "deactivate", "snap after", "echo end")
    out = tcsh.run(*lines, options=("-e", "-f"), PYTHONHOME="/x")
    assert out == f"{second}/bin/python\n{second}\nsecond\nend\n"
    tcsh.same("before", "after")


@pytest.mark.parametrize("is_ours_first", [True, False])
def test_goes_together_with_the_scripts_of_pythons_own_venv(tcsh, tmp_path, is_ours_first):
    ours, theirs = make_box(tmp_path / "ours"), tmp_path / "theirs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", theirs], check=True)
    one, two = (ours, theirs) if is_ours_first else (theirs, ours)
    out = tcsh.run(
        "set prompt = '> '", "snap before", line(one), line(two), "which python; printenv VIRTUAL_ENV; printenv PATH",
        "deactivate", "snap after",
    )  # fmt: skip
    assert out.splitlines()[:2] == [f"{two}/bin/python", str(two)]
    assert str(one) not in out
    environment, before = tcsh.noted("after")[0], tcsh.noted("before")[0]
    assert environment == before
    # Theirs does not know of all that ours keeps; ours is not misled by what it finds.
    again = tcsh.run(
        "set prompt = '> '", line(ours), f"source {theirs}/bin/activate.csh", "deactivate", line(ours), SEE
    )
    assert again == f"{ours}/bin/python\n{ours}\nours\n"


def test_the_prompt_can_be_left_alone(csh, tmp_path):
    root = make_box(tmp_path / "box", prompt="mine")
    script = ("set prompt = '> '", line(root), 'echo "$prompt"', "deactivate", 'echo "$prompt"')
    shown = {"tcsh": "(%$VIRTUAL_ENV_PROMPT)", "bsd-csh": "(mine)"}[Path(csh.program).name]
    assert csh.run(*script) == f"{shown} > \n> \n"
    assert csh.run(*script, VIRTUAL_ENV_DISABLE_PROMPT="") == f"{shown} > \n> \n"
    assert csh.run(*script, VIRTUAL_ENV_DISABLE_PROMPT="-e") == "> \n> \n"


def test_the_name_shown_is_the_one_given_or_that_of_the_folder(csh, tmp_path):
    named, plain = make_box(tmp_path / "one" / ".venv", prompt="given"), make_box(tmp_path / "two" / ".venv")
    see = "printenv VIRTUAL_ENV_PROMPT"
    assert csh.run(line(named), see, line(plain), see) == "given\ntwo\n"


def test_finds_its_place_by_any_way_to_it(tcsh, tmp_path):
    root = make_box(tmp_path / "box")
    (tmp_path / "link").symlink_to(root)
    (tmp_path / "outer.csh").write_text(f"{line(root)}\n")
    ways = [
        f"cd {root}; source bin/activate.csh",
        f"cd {root}/bin; source ./activate.csh",
        f"cd /; source {root}/bin/../bin//activate.csh",
        f"cd /; source {tmp_path}/link/bin/activate.csh",
        f"source {tmp_path}/outer.csh",
        f"alias in source {root}/bin/activate.csh\nin",
    ]
    assert tcsh.run(*(f"{way}; printenv VIRTUAL_ENV\ndeactivate" for way in ways)) == f"{root}\n" * len(ways)


def test_a_box_made_by_way_of_a_link_keeps_that_name(tcsh, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    root = make_box(tmp_path / "link" / "box")
    assert tcsh.run(line(root), "printenv VIRTUAL_ENV") == f"{root}\n"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no system here tells which files are open")
def test_a_moved_box_and_its_copy_still_activate(tcsh, tmp_path):
    root = make_box(tmp_path / "box")
    copy = tmp_path / "copy of `x` $y"
    shutil.copytree(root, copy)
    see = "printenv VIRTUAL_ENV; printenv VIRTUAL_ENV_PROMPT"
    assert tcsh.run(line(copy), see, line(root), see) == f"{copy}\n{copy.name}\n{root}\nbox\n"
    moved = root.rename(tmp_path / "-e")
    assert tcsh.run(line(moved), see) == f"{moved}\n-e\n"


def test_a_script_elsewhere_means_the_box_it_was_made_for_or_says_that_it_is_gone(csh, tmp_path):
    root = make_box(tmp_path / "box")
    (tmp_path / "a" / "bin").mkdir(parents=True)
    shutil.copy(root / "bin" / "activate.csh", tmp_path / "a" / "bin" / "activate.csh")
    read = line(tmp_path / "a")
    assert csh.run(read, "printenv VIRTUAL_ENV") == f"{root}\n"
    (root / "pyvenv.cfg").unlink()
    (csh.base / "inner").write_text(f"{read}\nexit $status\n")
    command = f"{csh.program} -f inner |& cat; {csh.program} -f inner >& /dev/null; echo $status"
    out = csh.run("snap before", command, f"({read}) >& /dev/null", "snap after")
    assert out.startswith(f"capsa: there is no box in {root}\nhint: ")
    assert out.endswith("\n1\n")
    csh.same("before", "after")


def test_hostile_folders_execute_nothing(csh):
    roots = [make_box(csh.base / name) for name in [*HOSTILE, "-e", "(", "x\x1b]0;owned\x07"]]
    lines = [
        part for root in roots for part in (line(root), "printenv VIRTUAL_ENV; printenv VIRTUAL_ENV_PROMPT; ran-here")
    ]
    out = csh.run("set prompt = '> '", *lines, "deactivate").split("\n")
    assert out == [part for root in roots for part in (str(root), root.name, f"ran:{root}/bin/ran-here:end")] + [""]
    assert not list(csh.base.rglob("hit"))


def test_hostile_prompts_are_shown_as_they_are_and_execute_nothing(tcsh):
    odd = ["^A ^[ \\033", "%{%}%?", "100%", "-e"]
    names = [*HOSTILE, *odd]
    roots = [make_box(tcsh.base / f"box{number}", prompt=name) for number, name in enumerate(names)]
    roots.append(make_box(tcsh.base / "last", prompt="x\x1b]0;owned\x07y\ttab"))
    shell = OnTerminal(
        [tcsh.program, "-f"], folder=tcsh.base, variables=tcsh.variables | {"TERM": "vt100"}, size=(240, 50)
    )
    shell.type("set prompt = 'first> '\n")
    shell.until(lambda text: "first> " in text.rpartition("\n")[2])
    for number, (root, name) in enumerate(zip(roots, [*names, None], strict=True)):
        shell.type(f"{line(root)}; set _old = ()\n")
        shown = "(environment) first> " if name is None else f"({name}) first> "
        shell.until(lambda text, shown=shown: shown in text)
        assert number or "(it's) first> " in shell.written
    shell.type("deactivate\nexit\n")
    assert shell.finish() == 0
    assert "owned" not in shell.written
    assert not list(tcsh.base.rglob("hit"))


@pytest.fixture
def typed(tmp_path):
    (tmp_path / "shell").mkdir()
    return Typed("tcsh", tmp_path / "shell")


def test_the_users_own_aliases_run_besides_those_of_the_hook(typed):
    one = typed.project("one")
    before = ("alias cwdcmd 'set _mine = \"$cwd:t:q\"; echo went `echo \\!*` \"it''s\"'", "alias precmd 'set _asked'")
    seen = typed.type(
        typed.hook(), typed.cd(one), "alias cwdcmd; alias precmd; echo mine:$_mine asked:$?_asked", before=before
    )
    assert seen[1].box == f"{one}/.venv"
    assert "mine:one asked:1" in typed.output
    assert typed.output.count("went") == 2
    assert len(re.findall("_capsa_at.*set _(?:mine|asked)", typed.output)) == 2
    assert typed.is_quiet()


def test_a_loop_that_changes_the_folder_is_noticed_at_the_prompt(typed):
    one = typed.project("one")
    seen = typed.type("foreach d (/ one)\ncd $d\ncd -\nend", "foreach d (one)\ncd $d\nend", "true")
    assert [one.box for one in seen[1:]] == [f"{one}/.venv"] * 2


@pytest.mark.parametrize(
    "options", ["set noclobber noglob nonomatch", "set backslash_quote rmstar", "set symlinks = chase"]
)
def test_the_hook_works_under_the_options_of_the_user(typed, options):
    one, other = typed.project("one"), typed.project("other", is_trusted=False)
    (typed.base / "link").symlink_to(one)
    typed.answer(f"printf '%s\\n' '{other}/.venv' '{other}/.venv/bin' 'by hand'")
    seen = typed.type(
        typed.cd(one), "cd sub", typed.cd(other), typed.cd(typed.base / "link"), "deactivate", "cd sub",
        "capsa activate", "cd /", "capsa deactivate",
        before=(options,),
    )  # fmt: skip
    inside, hand = f"{one}/.venv", f"{other}/.venv"
    assert [one.box for one in seen] == [inside, inside, "none", inside, "none", "none", hand, hand, "none"]
    assert seen[2].said == (UNTRUSTED,)
    assert typed.is_quiet()


def test_capsa_is_one_command_among_others(typed):
    typed.answer('case "$1" in in) cat ;; *) echo "got:$*"; exit 7 ;; esac')
    typed.type(
        "echo piped | capsa in | tr a-z A-Z", "capsa in <notes/../hook.txt", "false && capsa never",
        "true || capsa never", "capsa x && echo never", "capsa y || echo or", 'set x = "`capsa a b`"; echo "x:$x"',
        "capsa later & ; wait",
        before=("echo read from a file >! hook.txt",),
    )  # fmt: skip
    for text in ("PIPED", "read from a file", "got:x\n", "got:y\nor", "x:got:a b", "got:later"):
        assert text in typed.output
    assert "never" not in typed.output
    assert typed.is_quiet()


def test_a_list_that_is_no_list_is_no_trouble(typed):
    one = typed.project("one")
    (typed.trusted / "list.csh").write_text("if ('x == y) echo\nset _capsa_entry = (a b\n")
    # A slip makes tcsh forget what was typed ahead: so a line is typed when the one before it is done.
    shell = OnTerminal(typed.command[:2], folder=typed.base, variables=typed.variables, size=(240, 50))
    lines = [
        "set prompt = 'ready> '",
        typed.hook(),
        typed.cd(one),
        "printf 'at%s\\n' $?VIRTUAL_ENV",
        "cd /; alias cwdcmd",
    ]
    for count, text in enumerate(lines, start=1):
        shell.type(f"{text}\n")
        shell.until(lambda seen, count=count: seen.count("ready> ") > count and seen.endswith("ready> "))
    shell.type("exit\n")
    assert shell.finish() == 0
    assert "at0" in shell.written
    assert '"$_capsa_look:q"' in shell.written
    assert "Unmatched" not in shell.written
