"""bash, zsh, ksh93 and mksh with the hook of capsa: real shells, typed into; each rule of the hook once."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from capsa.shell.scripts import scripts
from support.hooked import HOOKED, OTHER, UNSAFE, UNTRUSTED, Hooked
from support.run import Capsa
from support.shells import HOSTILE

FACTS = """
case "$1 $2" in
    "activate --facts") printf '%s\\n' "{box}" "{box}/bin" "by hand" ;;
    *) echo "got:" "$@"; exit 7 ;;
esac"""


@pytest.fixture(params=list(HOOKED))
def shell(request, tmp_path):
    (tmp_path / "shell").mkdir()
    return Hooked(request.param, tmp_path / "shell")


def only(name, tmp_path):
    (tmp_path / "shell").mkdir()
    return Hooked(name, tmp_path / "shell")


def boxes(seen):
    return [one.box for one in seen]


def cd(folder):
    return f"cd {shlex.quote(str(folder))}"


def snap(name):
    return f"/usr/bin/env -0 >{name}.env"


def exported(shell, name):
    rows = (shell.base / f"{name}.env").read_bytes().split(b"\0")
    return sorted(row for row in rows if not re.match(rb"(_|PWD|OLDPWD|SHLVL|_AST_FEATURES|COLUMNS|LINES)=", row))


def test_a_trusted_project_is_stepped_into_and_left_by_cd(shell):
    one = shell.project("one")
    inner = shell.project("one/inner", prompt="the inner one")
    two = shell.project("two")
    seen = shell.type(
        snap("before"), cd(one), "cd sub/deep", cd(inner / "sub"), cd(one), cd(two), cd("/usr/bin"), cd(shell.base),
        snap("after"),
    )  # fmt: skip
    inside = [f"{folder}/.venv" for folder in (one, one, inner, one, two)]
    assert boxes(seen) == ["none", *inside, "none", "none", "none"]
    assert [one.prompt for one in seen] == ["none", "one", "one", "the inner one", "one", "two", *["none"] * 3]
    before = seen[0].path
    assert [one.path for one in seen] == [before, *(f"{box}/bin:{before}" for box in inside), *[before] * 3]
    shown = ["", "(one) ", "(one) ", "(the inner one) ", "(one) ", "(two) ", "", "", ""]
    assert [one.ps1 for one in seen] == [f"{name}$ " for name in shown]
    assert exported(shell, "after") == exported(shell, "before")
    assert shell.is_quiet()
    assert not [line for one in seen for line in one.said]


def test_who_stays_in_the_folder_of_a_project_is_stepped_in_from_the_start(shell):
    shell.project("one")
    before = ("cd one/sub",)
    assert boxes(shell.type("true", before=before)) == [f"{shell.base}/one/.venv"]


def test_who_steps_out_by_hand_stays_out_until_he_leaves_the_project(shell):
    one, other = shell.project("one"), shell.project("other")
    for way in ("deactivate", "capsa deactivate"):
        seen = shell.type(cd(one), way, "cd sub", "cd deep", cd(other), cd(one), way, cd("/"), cd(one))
        inside = f"{one}/.venv"
        assert boxes(seen) == [inside, "none", "none", "none", f"{other}/.venv", inside, "none", "none", inside], way
        assert shell.is_quiet()


def test_what_is_not_trusted_says_so_once(shell):
    one, two = shell.project("one", is_trusted=False), shell.project("two", is_trusted=False)
    shell.trust(f"id of two\t{two}2\ttwo\nid of two\t{shell.base}\ttwo\n")
    seen = shell.type(cd(one), "cd sub", cd("/"), cd(one), cd(two), cd("/"), cd(two))
    assert set(boxes(seen)) == {"none"}
    assert [one.said for one in seen] == [(UNTRUSTED,), (), (), (), (UNTRUSTED,), (), ()]


def test_another_box_than_the_trusted_one_is_not_stepped_into(shell):
    one, empty = shell.project("one"), shell.project("empty")
    for project, text in ((one, "id of one more\n"), (empty, "")):
        (project / ".venv" / ".capsa" / "id").write_text(text)
    seen = shell.type(cd(one), cd("/"), cd(one), cd(empty))
    assert set(boxes(seen)) == {"none"}
    assert [one.said for one in seen] == [(OTHER,), (), (), (OTHER,)]


def test_a_list_with_broken_lines_serves_for_the_rest(shell):
    shell.trust("\n\t\t\nword\nid\tno/path\tx\n\t/\t\nid of one\n")
    one = shell.project("one")
    (shell.trusted / "list").write_text((shell.trusted / "list").read_text().rstrip("\n"))
    assert boxes(shell.type(cd(one))) == [f"{one}/.venv"]
    assert shell.is_quiet()


@pytest.mark.parametrize("is_folder", [True, False])
def test_without_a_list_nothing_is_trusted(shell, is_folder):
    one = shell.project("one", is_trusted=False)
    if is_folder:
        (shell.trusted / "list").mkdir()
    assert boxes(shell.type(cd(one))) == ["none"]
    assert shell.is_quiet()


def test_where_others_may_write_no_box_is_stepped_into(shell):
    names = ["open", "above/it", "box", "programs", "sticky", "tmp/fine", "group", "foreign/group"]
    projects = {name: shell.project(name) for name in names}
    (projects["open"]).chmod(0o757)
    (projects["above/it"].parent).chmod(0o777)
    (projects["box"] / ".venv").chmod(0o757)
    (projects["programs"] / ".venv" / "bin").chmod(0o757)
    (projects["sticky"]).chmod(0o1777)
    (projects["tmp/fine"].parent).chmod(0o1777)
    (projects["group"]).chmod(0o775)
    if os.geteuid() == 0:
        (projects["foreign/group"].parent).chmod(0o775)
        os.chown(projects["foreign/group"].parent, -1, 12345)
    seen = shell.type(*(cd(project) for project in projects.values()))
    fine = {"tmp/fine", "group"} if os.geteuid() == 0 else {"tmp/fine", "group", "foreign/group"}
    assert boxes(seen) == [f"{projects[name]}/.venv" if name in fine else "none" for name in names]
    assert [one.said for one in seen] == [() if name in fine else (UNSAFE,) for name in names]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_belongs_to_somebody_else_is_not_stepped_into(shell):
    names = ["project", "above/it", "box", "programs"]
    projects = {name: shell.project(name) for name in names}
    os.chown(projects["project"], 12345, -1)
    os.chown(projects["above/it"].parent, 12345, -1)
    os.chown(projects["box"] / ".venv", 12345, -1)
    os.chown(projects["programs"] / ".venv" / "bin", 12345, -1)
    seen = shell.type(*(cd(project) for project in projects.values()))
    assert set(boxes(seen)) == {"none"}
    assert [one.said for one in seen] == [(), (UNSAFE,), (UNSAFE,), (UNSAFE,)]


def test_the_real_path_of_a_project_counts(shell):
    real, moved = shell.project("real"), shell.project("moved")
    (shell.base / "link").symlink_to(real)
    (shell.base / "far").mkdir()
    moved.rename(shell.base / "far" / "moved")
    moved.symlink_to(shell.base / "far" / "moved")
    seen = shell.type("cd link/sub", "PATH=/x:$PATH", cd(real), "cd ../link", cd(moved), cd(shell.base / "far/moved"))
    assert boxes(seen) == [f"{real}/.venv"] * 4 + ["none"] * 2
    assert [one.said for one in seen[4:]] == [(UNTRUSTED,), (UNTRUSTED,)]
    # From one way to the project to another nothing is left and entered anew.
    assert seen[3].path.startswith("/x:")


def test_a_box_that_is_a_link_is_judged_by_where_it_leads(shell):
    fine, bad = shell.project("fine"), shell.project("bad")
    for project in (fine, bad):
        (shell.base / f"for {project.name}").mkdir()
        (project / ".venv").rename(shell.base / f"for {project.name}" / "box")
        (project / ".venv").symlink_to(shell.base / f"for {project.name}" / "box")
    (shell.base / "for bad").chmod(0o777)
    seen = shell.type(cd(fine), "cd sub", cd(bad))
    assert boxes(seen) == [f"{shell.base}/for fine/box"] * 2 + ["none"]
    assert seen[2].said == (UNSAFE,)


def test_a_box_entered_by_hand_is_left_alone(shell):
    one, hand = shell.project("one"), shell.project("hand", is_trusted=False)
    shell.answer(FACTS.format(box=f"{hand}/.venv"))
    (hand / ".venv" / "bin" / "activate").write_bytes(scripts(f"{hand}/.venv", "")["activate"])
    inside = f"{hand}/.venv"
    for way in ("capsa activate", f". '{inside}/bin/activate'"):
        seen = shell.type(
            way, cd(one), cd(hand), cd("/"), "capsa deactivate", cd(one), way, cd("/"), "deactivate", "echo $PATH"
        )
        own = f"{one}/.venv"
        assert boxes(seen) == [inside, inside, inside, inside, "none", own, inside, inside, "none", "none"], way
        assert seen[-1].path == shell.variables["PATH"], way
        assert seen[-1].ps1 == "$ "
        assert shell.is_quiet()


def test_a_box_entered_by_cd_and_then_by_its_script_counts_as_entered_by_hand(shell):
    one = shell.project("one")
    (one / ".venv" / "bin" / "activate").write_bytes(scripts(f"{one}/.venv", "")["activate"])
    seen = shell.type(cd(one), ". .venv/bin/activate", cd("/"), "deactivate")
    assert boxes(seen) == [f"{one}/.venv"] * 3 + ["none"]
    assert seen[-1].path == shell.variables["PATH"]


def test_a_box_of_pythons_own_that_was_entered_by_hand_is_left_alone(shell, tmp_path):
    one, theirs = shell.project("one"), tmp_path / "theirs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", theirs], check=True)
    seen = shell.type(cd(one), f". {theirs}/bin/activate", cd("/"), "deactivate", cd(one), cd("/"))
    assert boxes(seen) == [f"{one}/.venv", str(theirs), str(theirs), "none", f"{one}/.venv", "none"]
    assert seen[3].path == seen[5].path == shell.variables["PATH"]


def test_the_words_after_capsa_and_its_status_pass_through(shell):
    shell.answer(FACTS.format(box="/a box/.venv"))
    seen = shell.type(
        "capsa", "capsa list 'a  b' '' '*' '$x'", "capsa activate --json", "capsa activate x -h", "capsa deactivate -h",
        "capsa activate", "capsa deactivate", "capsa deactivate",
    )  # fmt: skip
    assert [one.code for one in seen] == [7, 7, 7, 7, 7, 0, 0, 1]
    got = re.findall("got:.*", shell.output)
    assert got == ["got:", "got: list a  b  * $x", "got: activate --json", "got: activate x -h", "got: deactivate -h"]
    assert seen[5].box == "/a box/.venv"
    assert seen[5].prompt == "by hand"
    assert seen[7].said == ("capsa: no box is active",)


def test_an_answer_that_is_no_box_changes_nothing(shell):
    shell.answer('[ "$3" = none ] && { echo "error: there is no box" >&2; exit 3; }; printf "%s\\n" /x /x/bin')
    seen = shell.type("capsa activate none", "capsa activate")
    assert [one.code for one in seen] == [3, 1]
    assert set(boxes(seen)) == {"none"}
    assert "error: there is no box" in shell.errors
    assert "a new shell has the right one" in seen[1].said[0]


def test_a_capsa_that_is_gone_gives_way_to_the_one_on_path(shell):
    shell.program.unlink()
    (shell.base / "home" / "capsa").write_text("#!/bin/sh\necho from PATH: $*\n")
    (shell.base / "home" / "capsa").chmod(0o755)
    shell.type("capsa list", PATH=f"{shell.base}/home:/usr/bin:/bin")
    assert "from PATH: list" in shell.output


def test_a_trust_given_here_is_followed_at_once(shell):
    one = shell.project("one", is_trusted=False)
    shell.answer(f"printf 'id of one\\t%s\\tone\\n' '{one}' >'{shell.trusted}/list'")
    seen = shell.type(cd(one), "capsa trust")
    assert boxes(seen) == ["none", f"{one}/.venv"]


def test_a_box_of_the_outer_shell_is_left_alone_and_can_be_left(shell):
    one = shell.project("one")
    path = "/first:/outer/bin:/usr/bin:/outer/bin:/bin"
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": path}
    seen = shell.type(cd(one), cd("/"), "capsa deactivate", cd(one), cd("/"), "capsa deactivate", **given)
    assert boxes(seen) == ["/outer", "/outer", "none", f"{one}/.venv", "none", "none"]
    assert seen[1].path == path
    assert seen[2].path == seen[4].path == "/first:/usr/bin:/bin"
    assert seen[2].prompt == "none"
    assert seen[5].said == ("capsa: no box is active",)


def test_hostile_projects_and_prompts_execute_nothing(shell):
    projects = [shell.project(name, prompt=name) for name in HOSTILE]
    seen = shell.type(*(line for project in projects for line in (cd(project), "true")))
    assert boxes(seen[1::2]) == [f"{project}/.venv" for project in projects]
    assert [one.prompt for one in seen[1::2]] == HOSTILE
    assert not list(shell.base.rglob("hit"))


def test_hostile_answers_execute_nothing(shell):
    project = shell.project(HOSTILE[-1], is_trusted=False)
    for name in HOSTILE:
        (shell.base / "answer").write_text(f"{project}/.venv\n{project}/.venv/bin\n{name}\n")
        shell.answer(f"cat '{shell.base}/answer'")
        if name in HOSTILE[2:4] + HOSTILE[-1:]:
            seen = shell.type("capsa activate", "true", "deactivate")
            assert (seen[0].box, seen[0].prompt) == (f"{project}/.venv", name)
    assert not list(shell.base.rglob("hit"))


@pytest.mark.parametrize("options", ["set -eu", "set -o noglob; IFS=/.s", "set -o noclobber; set -a"])
def test_works_under_the_options_of_the_user(shell, options):
    one, other = shell.project("one"), shell.project("other", is_trusted=False)
    (shell.base / "link").symlink_to(one)
    shell.answer(FACTS.format(box=f"{other}/.venv"))
    seen = shell.type(
        cd(one), "cd sub", cd(other), cd(shell.base / "link"), "deactivate", "cd sub", "capsa activate", cd("/"),
        "capsa deactivate", "false && true", "capsa deactivate || false && :",
        before=(options,),
    )  # fmt: skip
    inside, hand = f"{one}/.venv", f"{other}/.venv"
    assert boxes(seen)[:6] == [inside, inside, "none", inside, "none", "none"]
    assert boxes(seen)[6:] == [hand, hand, "none", "none", "none"]
    assert seen[2].said == (UNTRUSTED,)
    assert [one.code for one in seen[9:]] == [1, 1]
    assert shell.is_quiet()


def test_aliases_of_the_user_do_not_get_into_the_hook(shell):
    one, other = shell.project("one"), shell.project("other")
    aliases = "alias capsa='echo no' deactivate='echo no' cd='cd -L' pwd='echo no' find='echo no' echo='echo -n'"
    seen = shell.type(cd(one), cd(other), "\\deactivate", "capsa deactivate", before=(aliases,))
    assert boxes(seen) == [f"{one}/.venv", f"{other}/.venv", "none", "none"]
    assert seen[3].code == 1


ODD = "ksharrays shwordsplit noglob nounset warncreateglobal cshnullglob ignorebraces rcquotes globsubst noequals"


def test_works_under_odd_options_of_zsh(tmp_path):
    zsh = only("zsh", tmp_path)
    one = zsh.project("o[n]e")
    (zsh.base / "link").symlink_to(one)
    seen = zsh.type(cd(one), "cd sub", cd("/"), cd(zsh.base / "link"), before=(f"setopt {ODD}; unsetopt bareglobqual",))
    assert boxes(seen) == [f"{one}/.venv", f"{one}/.venv", "none", f"{one}/.venv"]
    assert zsh.is_quiet()


def test_the_hook_read_twice_is_read_once(shell):
    one, other = shell.project("one"), shell.project("other", is_trusted=False)
    again = shell.hook()
    seen = shell.type(
        cd(one), again, "cd sub", "deactivate", "cd deep", again, cd(other), again, cd("/"), cd(one), cd("/")
    )
    inside = f"{one}/.venv"
    expected = [inside, inside, inside, "none", "none", "none", "none", "none", "none", inside, "none"]
    assert boxes(seen) == expected
    assert [one.said for one in seen if one.said] == [(UNTRUSTED,)]
    assert seen[-1].path == seen[0].path.partition(":")[2]
    assert shell.is_quiet()


def test_the_status_of_the_last_command_is_kept(shell):
    one = shell.project("one")
    seen = shell.type(f"{cd(one)}; false", "(exit 3)", f"{cd('/')}; (exit 4)", "cd /no/such/folder")
    assert [one.code for one in seen][:3] == [1, 3, 4]
    assert seen[3].code != 0
    assert boxes(seen) == [f"{one}/.venv", f"{one}/.venv", "none", "none"]


@pytest.mark.parametrize(
    "given", ["PROMPT_COMMAND='{mine}'", "PROMPT_COMMAND=('{mine}' 'm=$m+')", "unset PROMPT_COMMAND"]
)
def test_bash_keeps_the_users_own_commands_before_the_prompt(tmp_path, given):
    bash = only("bash", tmp_path)
    one = bash.project("one")
    before = given.format(mine='status=$?; m="$m mine$status"')
    bash.type(bash.hook(), cd(one), "(exit 3)", 'm="$m end"; echo "m:$m:"', before=(before,))
    counted = re.search("m:(.*):", bash.output)[1]
    if "mine" in given:
        assert "mine3" in counted
        assert f"(one) {counted}" != counted
    assert bash.output.count("m:") == 1
    seen = bash.type(bash.hook(), 'VIRTUAL_ENV_PROMPT="${#PROMPT_COMMAND[@]} ${PROMPT_COMMAND[*]}"', before=(before,))
    assert seen[1].prompt.count("_capsa_before_prompt") == 1
    assert seen[1].prompt.startswith("2" if "(" in given else "1")


def test_zsh_keeps_the_users_own_functions_and_its_prompts_cost_nothing(tmp_path):
    zsh = only("zsh", tmp_path)
    one = zsh.project("one")
    before = ("chpwd () { a=$PWD; }; mine () { b=$PWD; }; chpwd_functions=(mine); precmd_functions=(mine)",)
    show = "typeset -p chpwd_functions precmd_functions; echo $a $b"
    zsh.type(zsh.hook(), cd(one), show, "x=$(cd sub; cd /)", before=before)
    assert "chpwd_functions=( mine _capsa_at_cd )" in zsh.output
    assert "precmd_functions=( mine )" in zsh.output
    assert f"{one} {one}" in zsh.output


@pytest.mark.parametrize("name", ["ksh93", "mksh"])
def test_ksh_keeps_the_users_own_cd(tmp_path, name):
    ksh = only(name, tmp_path)
    one = ksh.project("one")
    before = ('function cd { command cd "$@" || return; mine=$PWD; }',)
    seen = ksh.type(ksh.hook(), cd(one), 'echo "mine:$mine"', "cd", "cd -", "cd one sub", "(cd /; true)", before=before)
    assert f"mine:{one}" in ksh.output
    inside = f"{one}/.venv"
    assert boxes(seen)[1:5] == [inside, inside, "none", inside]


def test_a_shell_that_is_not_interactive_gets_the_command_alone(shell):
    one = shell.project("one")
    shell.answer(FACTS.format(box="/by/hand"))
    script = shell.base / "script"
    lines = [shell.hook(), cd(one), 'echo "${VIRTUAL_ENV-none} ${PROMPT_COMMAND-none}"', "capsa activate"]
    script.write_text("\n".join([*lines, 'echo "$VIRTUAL_ENV"', "capsa deactivate", 'echo "${VIRTUAL_ENV-none}"', ""]))
    command = [part for part in shell.command if part != "-i"]
    done = subprocess.run(
        [*command, str(script)], env=shell.variables, cwd=shell.base, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["none none", "/by/hand", "none"]
    assert done.stderr == ""


def test_a_folder_that_vanishes_is_no_trouble(shell):
    one = shell.project("one")
    seen = shell.type(cd(one / "sub"), f"rm -r '{one}'", "cd ..; true", cd("/"))
    assert seen[3].box == "none"
    assert shell.is_quiet()


def test_no_process_runs_for_another_folder(shell):
    if shutil.which("strace") is None:
        pytest.skip("strace is not here")
    shell.project("one/two", is_trusted=False)
    trace = shell.base / "trace"
    lines = [shell.hook(), "echo BEGIN >&2", "cd one/two/sub", "cd /usr/bin", "cd /", "true", "echo END >&2", "exit 0"]
    subprocess.run(
        ["strace", "-f", "-e", "trace=process,write", "-o", trace, *shell.command],
        input="\n".join([*lines, ""]), text=True, check=True, env=shell.variables, cwd=shell.base, capture_output=True,
    )  # fmt: skip
    between = re.search(r'"BEGIN\\n"(.*)"END\\n"', trace.read_text(), re.DOTALL)[1]
    assert not re.findall(r"clone|fork|execve", between)


def test_with_the_real_capsa(tmp_path):
    shell = only("bash", tmp_path)
    capsa = Capsa(tmp_path / "real")
    project = capsa.folder / "a project"
    project.mkdir()
    variables = {**capsa.variables, **shell.variables, "CAPSA_DATA_DIR": str(tmp_path / "real" / "data")}
    hook = capsa.run("hook", shell.kind, **variables)
    assert hook.code == 0, hook.errors
    (shell.base / "printed").write_text(hook.output)
    seen = shell.type(
        f". {shell.base}/printed", cd(project), "capsa create --no-pip", "capsa trust", "python -V", "cd ..",
        "cd 'a project'", "deactivate", "capsa activate", "cd ..", "capsa deactivate",
        **variables,
    )  # fmt: skip
    inside = f"{project}/.venv"
    assert boxes(seen) == ["none"] * 3 + [inside, inside, "none", inside, "none", inside, inside, "none"], shell.errors
    assert seen[-1].path == shell.variables["PATH"]
    assert sys.executable not in seen[-1].path
