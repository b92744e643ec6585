"""Real shells step into real boxes and out again; those that are not here are skipped by name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.wish import Wish
from capsa.interpreter.probe import probe
from capsa.shell.line import activation_line
from capsa.shell.scripts import scripts
from support.run import Capsa
from support.shells import HOSTILE, program_of

POSIX = {
    "bash": ["bash", "--norc", "--noprofile"],
    "bash as sh": ["bash", "--norc", "--noprofile", "--posix"],
    "zsh": ["zsh", "-f"],
    "dash": ["dash"],
    "ksh93": ["ksh93"],
    "mksh": ["mksh"],
    "busybox": ["busybox", "sh"],
    "yash": ["yash", "--norcfile", "--noprofile"],
}
KNOWS_ITS_PLACE = {"bash", "bash as sh", "zsh", "ksh93", "fish"}
# What changes of itself from one line to the next.
VOLATILE = re.compile(
    r"_|!|#|\$|\?|\*|-|0|@|BASH_\w+|PIPESTATUS|RANDOM|SRANDOM|SECONDS|LINENO|EPOCH\w+|FUNCNAME|pipestatus|status|argv|"
    r"TTYIDLE|history\w*|\.sh\.\w+|OPTIND|aliases|functions\w*|commands|parameters|PPID|LINES|COLUMNS|KSH_VERSION|BASHPID|"
    r"OLDPWD|_\w+_|KSH_MATCH|_AST_FEATURES"
)


def command_of(name):
    command = {**POSIX, "fish": ["fish", "--no-config"]}[name]
    return [program_of(command[0]), *command[1:]]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return probe(sys.executable, variables={}, folder=str(tmp_path_factory.mktemp("probe")))


@pytest.fixture(scope="module")
def make_box(python):
    def make(root, prompt=""):
        create(Wish(root=str(root), interpreter=python, scripts=scripts(str(root), prompt), prompt=prompt), Linker())
        return root

    return make


@pytest.fixture(scope="module")
def boxes(make_box, tmp_path_factory):
    """Boxes that no test changes: ask for one by its name."""
    base = tmp_path_factory.mktemp("boxes")
    made = {}

    def box(name, prompt=""):
        if name not in made:
            made[name] = make_box(base / name, prompt)
        return made[name]

    return box


@pytest.fixture(scope="module")
def full_box(tmp_path_factory):
    capsa = Capsa(tmp_path_factory.mktemp("full"))
    capsa.done("create", "box")
    return capsa.folder / "box"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    root = tmp_path_factory.mktemp("venv") / "theirs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    return root


class Shell:
    """Runs scripts in one shell; ``snap NAME`` in a script notes all variables under that name."""

    def __init__(self, name, base):
        self.command = command_of(name)
        self.is_fish = name == "fish"
        self.base = base
        self.variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(base / "home"), "TERM": "dumb"}
        self.variables["LC_ALL"] = "C.UTF-8"
        (base / "home").mkdir()

    def line(self, root):
        return activation_line("fish" if self.is_fish else "sh", str(root))

    def run(self, script, *options, **variables):
        script = re.sub(
            r"^snap (\w+)$",
            f"/usr/bin/env -0 >'{self.base}'/\\1.env; set >'{self.base}'/\\1.set",
            script,
            flags=re.MULTILINE,
        )
        (self.base / "script").write_text(script)
        done = subprocess.run(
            [*self.command, *options, str(self.base / "script")],
            capture_output=True,
            text=True,
            check=False,
            env=self.variables | variables,
            cwd=self.base,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr, done.stderr
        return done.stdout

    def exported(self, name):
        rows = (self.base / f"{name}.env").read_bytes().split(b"\0")
        rows = [os.fsdecode(row).partition("=") for row in rows if row]
        return {key: value for key, _, value in rows if key not in {"_", "SHLVL", "_AST_FEATURES"}}

    def everything(self, name):
        rows = (self.base / f"{name}.set").read_text(errors="replace").splitlines()
        return sorted(row for row in rows if not VOLATILE.fullmatch(re.split(r"[= ]", row)[0]))

    def same(self, before, after):
        assert self.exported(after) == self.exported(before)
        assert self.everything(after) == self.everything(before)


@pytest.fixture(params=[*POSIX, "fish"])
def shell(request, tmp_path):
    (tmp_path / "shell").mkdir()
    return Shell(request.param, tmp_path / "shell")


@pytest.fixture(params=list(POSIX))
def posix(request, tmp_path):
    (tmp_path / "shell").mkdir()
    return Shell(request.param, tmp_path / "shell")


SEE = 'command -v python; python -c "import sys; print(sys.prefix)"; echo "$VIRTUAL_ENV"; echo "$VIRTUAL_ENV_PROMPT"'


def seen(root, prompt):
    return f"{root}/bin/python\n{root}\n{root}\n{prompt}\n"


def test_stepping_in_and_out_leaves_every_variable_as_it_was(shell, boxes):
    root = boxes("box")
    out = shell.run(f"snap before\n{shell.line(root)}\n{SEE}\nsnap inside\ndeactivate\nsnap after\n")
    assert out == seen(root, "box")
    inside, before = shell.exported("inside"), shell.exported("before")
    assert {key: value for key, value in inside.items() if before.get(key) != value} == {
        "VIRTUAL_ENV": str(root),
        "VIRTUAL_ENV_PROMPT": "box",
        "PATH": f"{root}/bin:{before['PATH']}",
    }
    shell.same("before", "after")


def test_pip_is_that_of_the_box(shell, full_box):
    out = shell.run(f"snap before\n{shell.line(full_box)}\npip --version\ndeactivate\nsnap after\n")
    assert f"from {full_box}/lib/python" in out
    shell.same("before", "after")


def test_works_where_every_slip_ends_the_shell(posix, boxes):
    root, other = boxes("box"), boxes("other")
    lines = ["set -eu", "snap before", posix.line(root), posix.line(other), SEE, "deactivate", "snap after", "echo end"]
    assert posix.run("\n".join(lines)) == seen(other, "other") + "end\n"
    posix.same("before", "after")


def test_python_home_goes_and_comes_back(shell, boxes):
    root = boxes("box")
    shell.run(f"snap before\n{shell.line(root)}\nsnap inside\ndeactivate\nsnap after\n", PYTHONHOME="/somewhere")
    assert "PYTHONHOME" not in shell.exported("inside")
    shell.same("before", "after")
    assert shell.exported("after")["PYTHONHOME"] == "/somewhere"


def test_python_home_that_is_not_exported_stays_so(shell, boxes):
    root = boxes("box")
    assign = "set -g PYTHONHOME /x" if shell.is_fish else "PYTHONHOME=/x"
    shell.run(f"{assign}\nsnap before\n{shell.line(root)}\nsnap inside\ndeactivate\nsnap after\n")
    assert "PYTHONHOME" not in shell.exported("inside")
    shell.same("before", "after")


def test_what_an_outer_shell_had_set_comes_back(shell, boxes):
    root = boxes("box")
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": "/outer/bin:/usr/bin:/bin"}
    shell.run(f"snap before\n{shell.line(root)}\nsnap inside\ndeactivate\nsnap after\n", **given)
    assert shell.exported("inside")["VIRTUAL_ENV"] == str(root)
    shell.same("before", "after")


def test_twice_is_once(shell, boxes):
    root = boxes("box")
    line = shell.line(root)
    shell.run(f"snap before\n{line}\nsnap once\n{line}\nsnap twice\ndeactivate\nsnap after\n")
    shell.same("once", "twice")
    shell.same("before", "after")


def test_from_box_to_box(shell, boxes):
    first, second = boxes("first"), boxes("second")
    out = shell.run(
        f"snap before\n{shell.line(first)}\n{shell.line(second)}\n{SEE}\nsnap inside\ndeactivate\nsnap after\n"
    )
    assert out == seen(second, "second")
    assert str(first) not in shell.exported("inside")["PATH"]
    shell.same("before", "after")


@pytest.mark.parametrize("is_ours_first", [True, False])
def test_goes_together_with_the_scripts_of_pythons_own_venv(shell, boxes, theirs, is_ours_first):
    ours = boxes("ours")
    one, two = (ours, theirs) if is_ours_first else (theirs, ours)
    out = shell.run(f"snap before\n{shell.line(one)}\n{shell.line(two)}\n{SEE}\nsnap inside\ndeactivate\nsnap after\n")
    assert out.startswith(f"{two}/bin/python\n{two}\n{two}\n")
    assert str(one) not in shell.exported("inside")["PATH"]
    # Their way out exports PS1; everything else is as it was.
    after = shell.exported("after")
    after.pop("PS1", None)
    assert after == shell.exported("before")


def test_the_prompt_can_be_left_alone(shell, boxes):
    root = boxes("box")
    read = "fish_prompt" if shell.is_fish else 'echo "$PS1"'
    start = "function fish_prompt; echo mine; end" if shell.is_fish else "PS1=mine"
    script = f"{start}\n{shell.line(root)}\n{read}\ndeactivate\n{read}\n"
    assert shell.run(script) == "(box) mine\nmine\n"
    assert shell.run(script, VIRTUAL_ENV_DISABLE_PROMPT="1") == "mine\nmine\n"


def test_no_prompt_is_invented(posix, boxes):
    root = boxes("box")
    script = f'unset PS1\nset -u\n{posix.line(root)}\necho "${{PS1-none}}"\ndeactivate\necho "${{PS1-none}}"\n'
    assert posix.run(script) == "none\nnone\n"


def test_the_status_of_the_last_command_reaches_the_own_prompt_of_fish(make_box, tmp_path):
    (tmp_path / "shell").mkdir()
    fish = Shell("fish", tmp_path / "shell")
    root = make_box(tmp_path / "box")
    start = "function fish_prompt; echo status $status; end"
    assert fish.run(f"{start}\n{fish.line(root)}\nfalse\nfish_prompt\n") == "(box) status 1\n"


def test_the_name_shown_is_the_one_given_or_that_of_the_folder(shell, boxes):
    named = boxes("one/.venv", prompt="given")
    plain = boxes("two/.venv")
    script = "\n".join(f'{shell.line(root)}\necho "$VIRTUAL_ENV_PROMPT"' for root in (named, plain))
    assert shell.run(script) == "given\ntwo\n"


def test_finds_its_place_by_any_way_to_it(shell, boxes, tmp_path, request):
    root, link = boxes("box"), tmp_path / "link"
    link.symlink_to(root)
    name, word = ("activate.fish", "source") if shell.is_fish else ("activate", ".")
    does_know = request.node.callspec.params["shell"] in KNOWS_ITS_PLACE
    ways = {
        f"cd '{root}'; {word} bin/{name}": root,
        f"cd '{root}/bin'; {word} ./{name}": root,
        f"cd '{root}/lib'; {word} ../bin/{name}": root,
        f"cd /; {word} '{root}/bin/../bin//{name}'": root,
        f"cd /; {word} '{link}/bin/{name}'": link if does_know else root,
    }
    out = shell.run("".join(f'{way}\necho "$VIRTUAL_ENV"\ndeactivate\n' for way in ways))
    assert out.splitlines() == list(map(str, ways.values()))


def test_a_moved_box_still_activates_or_says_why_not(shell, make_box, tmp_path, request):
    root = make_box(tmp_path / "box")
    moved = root.rename(tmp_path / "moved")
    if request.node.callspec.params["shell"] in KNOWS_ITS_PLACE:
        out = shell.run(f'{shell.line(moved)}\ncommand -v python; echo "$VIRTUAL_ENV_PROMPT"')
        assert out == f"{moved}/bin/python\nmoved\n"
        return
    out = shell.run(f"snap before\n{shell.line(moved)} 2>&1 || echo refused\nsnap after\n")
    assert out.startswith(f"capsa: there is no box in {root}\n")
    assert out.endswith("refused\n")
    shell.same("before", "after")


def test_a_script_that_is_a_copy_elsewhere_means_the_box_it_was_made_for(shell, make_box, tmp_path):
    root = make_box(tmp_path / "box")
    (tmp_path / "a" / "bin").mkdir(parents=True)
    for name in ("activate", "activate.fish"):
        shutil.copy(root / "bin" / name, tmp_path / "a" / "bin" / name)
    assert shell.run(f'{shell.line(tmp_path / "a")}\necho "$VIRTUAL_ENV"\n') == f"{root}\n"


def test_a_cd_of_the_users_own_is_not_called(posix, boxes):
    root = boxes("box")
    define = 'cd () { echo called >&2; }\nalias pwd="echo aliased"\n'
    assert posix.run(f'{define}. "{root}/lib/../bin/activate"\necho "$VIRTUAL_ENV"\n') == (f"{root}\n")


def typed(shell, roots, setup=""):
    """Type at a shell that shows its prompt, stepping into each box in turn; return all that it says."""
    lines = [setup]
    for root in roots:
        lines += [shell.line(root), 'printf "at:%s:end\\n" "$VIRTUAL_ENV"', "ran-here", "deactivate"]
    done = subprocess.run(
        [*shell.command, "-i"],
        input="\n".join([*lines, "exit 0", ""]),
        capture_output=True,
        text=True,
        check=False,
        env=shell.variables,
        cwd=shell.base,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_hostile_folders_execute_nothing(shell, boxes):
    roots = [boxes(name) for name in HOSTILE]
    for root in roots:
        (root / "bin" / "ran-here").write_text("#!/bin/sh\nprintf 'ran:%s:end\\n' \"$0\"\n")
        (root / "bin" / "ran-here").chmod(0o755)
    text = typed(shell, roots)
    assert [root for root in roots if f"at:{root}:end" not in text] == []
    assert [root for root in roots if f"ran:{root}/bin/ran-here:end" not in text] == []
    assert not list(shell.base.rglob("hit"))


def test_hostile_prompts_execute_nothing_and_are_shown(shell, boxes, request):
    roots = [boxes(f"prompt{number}", prompt=name) for number, name in enumerate(HOSTILE)]
    text = typed(shell, roots, "PS1='$ '" if not shell.is_fish else "")
    assert [root for root in roots if f"at:{root}:end" not in text] == []
    assert not list(shell.base.rglob("hit"))
    # ksh shows the number of the command for an exclamation mark, busybox what a backslash means: no more than that.
    name = request.node.callspec.params["shell"]
    if name in {"bash", "dash", "ksh93", "mksh"}:
        shown = [prompt for prompt in HOSTILE if name == "bash" or "!" not in prompt]
        assert [prompt for prompt in shown if f"({prompt}) $ " not in text] == []


@pytest.mark.parametrize(
    "option", ["promptsubst", "nopromptsubst", "promptbang", "ksharrays", "shwordsplit", "rcquotes", "extendedglob"]
)
def test_hostile_names_execute_nothing_under_the_options_of_zsh(boxes, tmp_path, option):
    (tmp_path / "shell").mkdir()
    zsh = Shell("zsh", tmp_path / "shell")
    roots = [boxes(name) for name in HOSTILE]
    # Whoever turns substitution on later must not be surprised either.
    lines = [f"setopt {option}", "PS1='$ '"]
    for root in roots:
        lines += [zsh.line(root), '(setopt promptsubst; print -rP -- "$PS1")', "deactivate"]
    out = zsh.run("\n".join(lines))
    assert not list(zsh.base.rglob("hit"))
    if option != "promptbang":
        assert out.splitlines() == [f"({name}) $ " for name in HOSTILE]


def test_a_prompt_with_control_characters_shows_none(shell, make_box, tmp_path):
    root = make_box(tmp_path / "\x1b]0;owned\x07box")
    read = "fish_prompt" if shell.is_fish else 'echo "$PS1"'
    out = shell.run(f"{'' if shell.is_fish else 'PS1=x'}\n{shell.line(root)}\n{read}\n")
    assert "\x1b]" not in out


def test_the_script_is_not_run_by_mistake(boxes):
    root = boxes("box")
    assert not os.access(Path(root) / "bin" / "activate", os.X_OK)
