"""fish and tcsh with the hook of capsa: real shells, typed into; each rule of the hook once."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from capsa.shell.scripts import scripts
from support.hooked import OTHER, UNSAFE, UNTRUSTED
from support.run import Capsa
from support.shells import HOSTILE
from support.typed import Typed

FACTS = """
case "$1 $2" in
    "activate --facts") printf '%s\\n' "{box}" "{box}/bin" "by hand" ;;
    *) echo "got:" "$@"; exit 7 ;;
esac"""


@pytest.fixture(params=["fish", "tcsh"])
def shell(request, tmp_path):
    (tmp_path / "shell").mkdir()
    return Typed(request.param, tmp_path / "shell")


def boxes(seen):
    return [one.box for one in seen]


def with_script(shell, project):
    """Give a project the activation scripts; return the line that reads the one for the shell."""
    for name, text in scripts(f"{project}/.venv", "").items():
        (project / ".venv" / "bin" / name).write_bytes(text)
    return f"source '{project}/.venv/bin/activate.{'fish' if shell.kind == 'fish' else 'csh'}'"


def test_a_trusted_project_is_stepped_into_and_left_by_cd(shell):
    one = shell.project("one")
    inner = shell.project("one/inner", prompt="the inner one")
    two = shell.project("two")
    deep = two / "1/2/3/4/5/6/7/8/9/10/11"
    deep.mkdir(parents=True)
    seen = shell.type(
        "true", shell.cd(one), "cd sub/deep", shell.cd(inner / "sub"), shell.cd(one), shell.cd(deep),
        shell.cd("/usr/bin"), shell.cd(shell.base),
    )  # fmt: skip
    inside = [f"{folder}/.venv" for folder in (one, one, inner, one, two)]
    assert boxes(seen) == ["none", *inside, "none", "none"]
    assert [one.prompt for one in seen] == ["none", "one", "one", "the inner one", "one", "two", "none", "none"]
    before = seen[0].path
    assert [one.path for one in seen] == [before, *(f"{box}/bin:{before}" for box in inside), before, before]
    if shell.kind == "fish":
        assert [one.ps1 for one in seen[:2]] == ["$ ", "(one) $ "]
    assert seen[-1].ps1 == seen[0].ps1
    assert shell.exported(7) == shell.exported(0)
    assert shell.is_quiet()
    assert not [line for one in seen for line in one.said]


def test_who_starts_in_the_folder_of_a_project_is_stepped_in_from_the_start(shell):
    shell.project("one")
    assert boxes(shell.type("true", before=("cd one/sub",))) == [f"{shell.base}/one/.venv"]


def test_who_steps_out_by_hand_stays_out_until_he_leaves_the_project(shell):
    one, other = shell.project("one"), shell.project("other")
    for way in ("deactivate", "capsa deactivate"):
        seen = shell.type(
            shell.cd(one), way, "cd sub", "cd deep", shell.cd(other), shell.cd(one), way, "cd /", shell.cd(one)
        )
        inside = f"{one}/.venv"
        assert boxes(seen) == [inside, "none", "none", "none", f"{other}/.venv", inside, "none", "none", inside], way
        assert shell.is_quiet()


def test_what_is_not_trusted_says_so_once(shell):
    one, two = shell.project("one", is_trusted=False), shell.project("two", is_trusted=False)
    shell.trust(f"id of two\t{two}2\ttwo\n")
    shell.trust(f"id of two\t{shell.base}\ttwo\n")
    seen = shell.type(
        shell.cd(one), "cd sub", "cd /", shell.cd(one), shell.cd(two), "cd /", shell.cd(two), "capsa deactivate"
    )
    assert set(boxes(seen)) == {"none"}
    assert [one.said for one in seen[:7]] == [(UNTRUSTED,), (), (), (), (UNTRUSTED,), (), ()]


def test_another_box_than_the_trusted_one_is_not_stepped_into(shell):
    one, empty = shell.project("one"), shell.project("empty")
    for project, text in ((one, "id of one more\n"), (empty, "")):
        (project / ".venv" / ".capsa" / "id").write_text(text)
    seen = shell.type(shell.cd(one), "cd /", shell.cd(one), shell.cd(empty))
    assert set(boxes(seen)) == {"none"}
    assert [one.said for one in seen] == [(OTHER,), (), (), (OTHER,)]


@pytest.mark.parametrize("kind", ["none", "folder", "unreadable"])
def test_without_a_list_nothing_is_trusted(shell, kind):
    one = shell.project("one", is_trusted=kind == "unreadable")
    for name in ("list", "list.csh"):
        if kind == "folder":
            (shell.trusted / name).mkdir()
        elif kind == "unreadable":
            (shell.trusted / name).unlink()
            (shell.trusted / name).symlink_to("nowhere")
    assert boxes(shell.type(shell.cd(one))) == ["none"]
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
    seen = shell.type(*(shell.cd(project) for project in projects.values()))
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
    seen = shell.type(*(shell.cd(project) for project in projects.values()))
    assert set(boxes(seen)) == {"none"}
    assert [one.said for one in seen] == [(), (UNSAFE,), (UNSAFE,), (UNSAFE,)]


def test_the_real_path_of_a_project_counts(shell):
    real, moved = shell.project("real"), shell.project("moved")
    (shell.base / "link").symlink_to(real)
    (shell.base / "far").mkdir()
    moved.rename(shell.base / "far" / "moved")
    moved.symlink_to(shell.base / "far" / "moved")
    seen = shell.type("cd link/sub", shell.cd(real), "cd ../link", shell.cd(moved), shell.cd(shell.base / "far/moved"))
    assert boxes(seen) == [f"{real}/.venv"] * 3 + ["none"] * 2
    assert [one.said for one in seen[3:]] == [(UNTRUSTED,), (UNTRUSTED,)]


def test_a_box_that_is_a_link_is_judged_by_where_it_leads(shell):
    fine, bad, far = shell.project("fine"), shell.project("bad"), shell.project("far")
    for project in (fine, bad):
        (shell.base / f"for {project.name}").mkdir()
        (project / ".venv").rename(shell.base / f"for {project.name}" / "box")
        (project / ".venv").symlink_to(shell.base / f"for {project.name}" / "box")
    (far / ".venv" / "bin").rename(shell.base / "for bad" / "programs")
    (far / ".venv" / "bin").symlink_to(shell.base / "for bad" / "programs")
    (shell.base / "for bad").chmod(0o777)
    seen = shell.type(shell.cd(fine), "cd sub", shell.cd(bad), shell.cd(far))
    assert boxes(seen) == [f"{shell.base}/for fine/box"] * 2 + ["none"] * 2
    assert [one.said for one in seen[2:]] == [(UNSAFE,), (UNSAFE,)]


def test_a_box_entered_by_hand_is_left_alone(shell):
    one, hand = shell.project("one"), shell.project("hand", is_trusted=False)
    shell.answer(FACTS.format(box=f"{hand}/.venv"))
    inside, own = f"{hand}/.venv", f"{one}/.venv"
    for way in ("capsa activate", with_script(shell, hand)):
        seen = shell.type(
            way, shell.cd(one), shell.cd(hand), "cd /", "capsa deactivate", shell.cd(one), way, "cd /", "deactivate"
        )
        assert boxes(seen) == [inside, inside, inside, inside, "none", own, inside, inside, "none"], way
        assert seen[-1].path == shell.variables["PATH"], way
        assert seen[-1].ps1 == "$ "
        assert shell.is_quiet()


def test_a_box_entered_by_cd_and_then_by_its_script_counts_as_entered_by_hand(shell):
    one = shell.project("one")
    seen = shell.type(shell.cd(one), with_script(shell, one), "cd /", "deactivate")
    assert boxes(seen) == [f"{one}/.venv"] * 3 + ["none"]
    assert seen[-1].path == shell.variables["PATH"]


def test_a_box_of_pythons_own_that_was_entered_by_hand_is_left_alone(shell, tmp_path):
    one, theirs = shell.project("one"), tmp_path / "theirs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", theirs], check=True)
    read = f"source {theirs}/bin/activate.{'fish' if shell.kind == 'fish' else 'csh'}"
    seen = shell.type("true", shell.cd(one), read, "cd /", "capsa deactivate", shell.cd(one), "cd /")
    assert boxes(seen) == ["none", f"{one}/.venv", str(theirs), str(theirs), "none", f"{one}/.venv", "none"]
    assert seen[4].path == seen[6].path == seen[0].path
    assert seen[4].ps1 == seen[6].ps1 == "$ "
    assert shell.is_quiet()


def test_the_words_after_capsa_and_its_status_pass_through(shell):
    shell.answer(FACTS.format(box="/a box/.venv"))
    seen = shell.type(
        "capsa", "capsa list 'a  b' '' '*' '$x' \"it's\" 'x<2' -n", "capsa activate --json", "capsa activate x -h",
        "capsa deactivate --help", "capsa activate", "capsa deactivate", "capsa deactivate", "capsa words >kept",
    )  # fmt: skip
    assert [one.code for one in seen] == [7, 7, 7, 7, 7, 0, 0, 1, 7]
    got = ["", " list a  b  * $x it's x<2 -n", " activate --json", " activate x -h", " deactivate --help"]
    assert re.findall("got:(.*)", shell.output) == got
    assert (shell.base / "kept").read_text() == "got: words\n"
    assert (seen[5].box, seen[5].prompt) == ("/a box/.venv", "by hand")
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
    shell.trust(f"id of one\t{one}\tone\n")
    for name in ("list", "list.csh"):
        (shell.trusted / name).rename(shell.base / name)
    shell.answer(f"cp '{shell.base}/list' '{shell.base}/list.csh' '{shell.trusted}'; [ $# = 1 ]")
    seen = shell.type(shell.cd(one), "capsa trust more", "capsa trust")
    assert boxes(seen) == ["none", "none", f"{one}/.venv"]
    assert [one.code for one in seen[1:]] == [1, 0]


def test_a_box_of_the_outer_shell_is_left_alone_and_can_be_left(shell):
    one = shell.project("one")
    path = "/first:/outer/bin:/usr/bin:/outer/bin:/bin"
    given = {"VIRTUAL_ENV": "/outer", "VIRTUAL_ENV_PROMPT": "outer", "PATH": path}
    seen = shell.type(shell.cd(one), "cd /", "capsa deactivate", shell.cd(one), "cd /", "capsa deactivate", **given)
    assert boxes(seen) == ["/outer", "/outer", "none", f"{one}/.venv", "none", "none"]
    assert seen[1].path == path
    assert seen[2].path == seen[4].path == "/first:/usr/bin:/bin"
    assert seen[2].prompt == "none"
    assert seen[5].said == ("capsa: no box is active",)


def test_hostile_projects_and_prompts_execute_nothing(shell):
    projects = [shell.project(name, prompt=name) for name in HOSTILE]
    seen = shell.type(*(shell.cd(project) for project in projects))
    assert boxes(seen) == [f"{project}/.venv" for project in projects]
    assert [one.prompt for one in seen] == HOSTILE
    assert not list(shell.base.rglob("hit"))


def test_hostile_answers_and_arguments_execute_nothing(shell):
    project = shell.project(HOSTILE[-1], is_trusted=False)
    answers = [shell.base / f"answer{number}" for number in range(len(HOSTILE))]
    for answer, name in zip(answers, HOSTILE, strict=True):
        answer.write_text(f"{project}/.venv\n{project}/.venv/bin\n{name}\n")
    shell.answer(f"shift 2; printf '%s\\n' \"$1\" >>'{shell.base}/words'; cat \"$2\"")
    lines = [f"capsa activate {shell.quote(name)} {answer}" for answer, name in zip(answers, HOSTILE, strict=True)]
    seen = shell.type(*lines)
    assert boxes(seen) == [f"{project}/.venv"] * len(HOSTILE)
    assert [one.prompt for one in seen] == HOSTILE
    assert (shell.base / "words").read_text().splitlines() == HOSTILE
    assert not list(shell.base.rglob("hit"))


def test_the_hook_read_twice_is_read_once(shell):
    one, other = shell.project("one"), shell.project("other", is_trusted=False)
    again = shell.hook()
    seen = shell.type(
        shell.cd(one), again, "cd sub", "deactivate", "cd deep", again, shell.cd(other), again, "cd /", shell.cd(one),
        "cd /",
    )  # fmt: skip
    inside = f"{one}/.venv"
    expected = [inside, inside, inside, "none", "none", "none", "none", "none", "none", inside, "none"]
    assert boxes(seen) == expected
    assert [one.said for one in seen if one.said] == [(UNTRUSTED,)]
    assert seen[-1].path == shell.variables["PATH"]
    assert shell.is_quiet()


def test_the_status_of_the_last_command_is_kept(shell):
    one = shell.project("one")
    fail = "/bin/sh -c 'exit 3'"
    seen = shell.type(f"{shell.cd(one)}; {fail}", fail, f"cd /; {fail}", "cd /")
    assert [one.code for one in seen] == [3, 3, 3, 0]
    assert boxes(seen) == [f"{one}/.venv", f"{one}/.venv", "none", "none"]


def test_a_shell_that_is_not_interactive_gets_the_command_alone(shell):
    one = shell.project("one")
    shell.answer(FACTS.format(box="/by/hand"))
    script = shell.base / "script"
    see = "printenv VIRTUAL_ENV || echo none"
    lines = [shell.hook(), shell.cd(one), see, "capsa activate", see, "capsa deactivate", see]
    if shell.kind == "tcsh":
        lines.append("alias cwdcmd; alias precmd")
    script.write_text("\n".join([*lines, ""]))
    command = [part for part in shell.command if part != "-i"]
    done = subprocess.run(
        [*command, str(script)], env=shell.variables, cwd=shell.base, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["none", "/by/hand", "none"]
    assert done.stderr == ""


def test_a_folder_that_vanishes_is_no_trouble(shell):
    one = shell.project("one")
    seen = shell.type(shell.cd(one / "sub"), f"rm -r '{one}'", "cd /", "capsa deactivate")
    assert boxes(seen) == [f"{one}/.venv", f"{one}/.venv", "none", "none"]
    assert shell.is_quiet()


def test_no_process_runs_for_another_folder(shell):
    if shutil.which("strace") is None:
        pytest.skip("strace is not here")
    shell.project("one/two", is_trusted=False)
    trace = shell.base / "trace"
    lines = [shell.hook(), "echo BEGIN", "cd one/sub", "cd /usr/bin", "cd /", ":", "echo END", "exit 0"]
    (shell.base / "one" / "sub").mkdir()
    subprocess.run(
        ["strace", "-f", "-e", "trace=process,write", "-o", trace, *shell.command],
        input="\n".join([*lines, ""]), text=True, check=True, env=shell.variables, cwd=shell.base, capture_output=True,
    )  # fmt: skip
    between = re.search(r"BEGIN(.*)END", trace.read_text(), re.DOTALL)[1]
    assert not re.findall(r"fork|execve|clone\((?!.*CLONE_THREAD)", between)


def test_with_the_real_capsa(shell, tmp_path):
    capsa = Capsa(tmp_path / "real")
    project = capsa.folder / "a project"
    project.mkdir()
    data = tmp_path / "real" / "data $x `y`"
    variables = {**capsa.variables, **shell.variables, "CAPSA_DATA_DIR": str(data)}
    hook = capsa.run("hook", shell.kind, **variables)
    assert hook.code == 0, hook.errors
    (shell.base / "printed").write_text(hook.output)
    read = 'eval "`cat {}`"' if shell.kind == "tcsh" else "source {}"
    seen = shell.type(
        read.format(f"{shell.base}/printed"), shell.cd(project), "capsa create --no-pip", "capsa trust", "python -V",
        "cd ..", "cd 'a project'", "deactivate", "capsa activate", "cd ..", "capsa deactivate",
        **variables,
    )  # fmt: skip
    inside = f"{project}/.venv"
    assert boxes(seen) == ["none"] * 3 + [inside, inside, "none", inside, "none", inside, inside, "none"], shell.errors
    assert seen[-1].path == shell.variables["PATH"]
    assert sys.executable not in seen[-1].path
    assert not capsa.run("hook", shell.kind, **variables).errors
