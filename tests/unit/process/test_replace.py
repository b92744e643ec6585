"""A process becomes another program: its number, its signals, its words."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.process.replace import CommandError, replace, wait

SOURCE = str(Path(__file__).parents[3] / "src")
START = "import os, sys; sys.path.insert(0, {source!r}); from capsa.process.replace import {function}; "
CALL = "sys.exit({function}(sys.argv[1], sys.argv[1:], dict(os.environ)))"


@pytest.fixture
def start():
    with contextlib.ExitStack() as stack:

        def run(function, *words, **options):
            code = (START + CALL).format(source=SOURCE, function=function)
            command = [sys.executable, "-I", "-c", code, *words]
            pipes = {"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True}
            process = stack.enter_context(subprocess.Popen(command, **pipes, **options))
            stack.callback(process.kill)
            return process

        yield run


def python(text):
    return (sys.executable, "-I", "-c", text)


def first_line(process):
    return process.stdout.readline().strip()


def test_the_program_has_the_number_of_the_process_that_became_it(start):
    process = start("replace", *python("import os; print(os.getpid())"))
    assert int(first_line(process)) == process.pid
    assert process.wait(20) == 0


@pytest.mark.parametrize("function", ["replace", "wait"])
def test_the_exit_code_and_odd_words_are_passed_on(function, start):
    words = ["a b", "--json", "", "$(no)", "'", "é"]
    process = start(function, *python("import sys; print(sys.argv[1:]); sys.exit(3)"), *words)
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, output.strip()) == (3, str(words))


def test_a_signal_ends_the_program_as_if_nothing_stood_in_between(start):
    process = start("replace", *python("import time; print('on', flush=True); time.sleep(20)"))
    assert first_line(process) == "on"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == -signal.SIGTERM


def test_who_waits_passes_signals_on_and_tells_them_as_a_shell_does(start):
    process = start("wait", *python("import time; print('on', flush=True); time.sleep(20)"))
    assert first_line(process) == "on"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 128 + signal.SIGTERM


def test_who_waits_leaves_ctrl_c_to_the_program(start):
    text = (
        "import sys, time\n"
        "try:\n    print('on', flush=True); time.sleep(20)\n"
        "except KeyboardInterrupt:\n    sys.exit(5)\n"
    )
    process = start("wait", *python(text), start_new_session=True)
    assert first_line(process) == "on"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 5


def test_the_pipe_signal_is_not_ignored_as_python_ignores_it(start):
    if sys.platform != "linux":
        pytest.skip("what is ignored is read from /proc")
    # Python itself ignores it at its start, so that the program is another one.
    process = start("replace", "/bin/sh", "-c", "grep SigIgn /proc/$$/status")
    ignored = int(process.communicate(timeout=20)[0].split()[1], 16)
    assert not ignored & 1 << (signal.SIGPIPE - 1)


def test_what_the_caller_ignores_stays_ignored(start):
    process = start("replace", "/bin/sh", "-c", "kill -INT $$; echo alive", preexec_fn=_ignore_interrupts)
    assert process.communicate(timeout=20)[0] == "alive\n"


def _ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def refused(path):
    with pytest.raises(CommandError) as caught:
        replace(str(path), [str(path)], {})
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN, "a failure leaves this process as it was"
    return str(caught.value), caught.value.hints


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "tool"
    path.write_text("#!/nowhere/python\n")
    path.chmod(0o755)
    return path


def test_a_first_line_that_names_nothing_is_told(program):
    assert refused(program)[0] == f"{program} can't be run: the program that its first line names is missing"


def test_a_text_without_a_first_line_is_told_with_a_way_to_run_it(program):
    program.write_text("echo hello\n")
    sentence, hints = refused(program)
    assert sentence == f"{program} can't be run: it is no program, and no first line says what runs it"
    assert hints == (f"name that program: `capsa run sh {program}`",)


def test_a_file_that_may_not_be_run_is_told(program):
    program.chmod(0o644)
    if os.access(program, os.X_OK):
        pytest.skip("this user may run everything")
    assert refused(program)[0] == f"{program} can't be run: permission denied"


def test_a_variable_that_no_process_can_hold_is_told(program):
    with pytest.raises(CommandError, match="can't be run: embedded null"):
        replace(str(program), ["x"], {"A": "a\0b"})


def test_who_waits_tells_what_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="can't be run"):
        wait(str(tmp_path / "gone"), ["gone"], {})


def test_words_that_are_too_long_for_the_system_are_told():
    with pytest.raises(CommandError, match="its arguments and variables are too long for this system"):
        replace("/bin/sh", ["sh", "x" * 50_000_000], {})
