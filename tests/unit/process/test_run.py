import os
import signal
import sys
import threading
import time

import pytest

from capsa.process.run import StartError, run, run_logged


def start(text, tmp_path, *, timeout=20.0, variables=None, given=None):
    command = [sys.executable, "-I", "-c", text]
    return run(command, variables=variables or {}, folder=str(tmp_path), timeout=timeout, input=given)


def test_tells_the_exit_code_and_both_outputs(tmp_path):
    finished = start("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (finished.code, finished.output, finished.errors) == (3, "out\n", "err\n")


def test_passes_nothing_but_the_given_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    finished = start("import os; print(sorted(os.environ))", tmp_path, variables={"A": "b"})
    assert "SECRET" not in finished.output
    assert "'A'" in finished.output


def test_runs_in_the_folder_and_feeds_the_input(tmp_path):
    finished = start("import os, sys; print(os.getcwd(), sys.stdin.read())", tmp_path, given=b"fed")
    assert finished.output == f"{os.path.realpath(tmp_path)} fed\n"


def test_input_is_empty_unless_given(tmp_path):
    assert start("import sys; print(repr(sys.stdin.read()))", tmp_path).output == "''\n"


def test_words_reach_the_program_unchanged(tmp_path):
    words = ["$(echo no)", "a b", "'", "*"]
    command = [sys.executable, "-I", "-c", "import sys; print(sys.argv[1:])", *words]
    assert run(command, variables={}, folder=str(tmp_path), timeout=20).output == f"{words}\n"


def test_bytes_that_are_not_text_are_replaced(tmp_path):
    assert start("import sys; sys.stdout.buffer.write(b'a\\xff')", tmp_path).output == "a\ufffd"


def test_a_missing_program_is_a_sentence(tmp_path):
    with pytest.raises(StartError, match="can't start /nowhere/python: there is no such program"):
        run(["/nowhere/python"], variables={}, folder=str(tmp_path), timeout=5)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StartError, match=r"the folder .*/gone does not exist"):
        run([sys.executable, "-V"], variables={}, folder=str(tmp_path / "gone"), timeout=5)


def test_a_file_that_may_not_be_run_is_a_sentence(tmp_path):
    (tmp_path / "python").write_text("not a program")
    with pytest.raises(StartError, match="not a program that you may run"):
        run([str(tmp_path / "python")], variables={}, folder=str(tmp_path), timeout=5)


def wait_until_gone(process):
    for _ in range(500):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{process}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.01)
    return False


GRANDPARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-I", "-c", "import time; time.sleep(60)"])
open("child", "w").write(str(child.pid)); open("ready", "w").close()
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_one_that_takes_too_long_is_ended_with_all_it_started(tmp_path):
    with pytest.raises(StartError, match="gave no answer within 1 seconds") as caught:
        start(GRANDPARENT, tmp_path, timeout=1)
    assert caught.value.is_late
    assert wait_until_gone(int((tmp_path / "child").read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_interrupt_ends_it_with_all_it_started(tmp_path):
    def interrupt():
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        start(GRANDPARENT, tmp_path)
    thread.join()
    assert wait_until_gone(int((tmp_path / "child").read_text()))


def start_logged(text, tmp_path, *, log, timeout=20.0):
    command = [sys.executable, "-I", "-c", text]
    return run_logged(command, variables={}, folder=str(tmp_path), log=log, timeout=timeout)


def test_both_outputs_reach_the_log_in_the_order_of_events(tmp_path):
    pieces = []
    text = "import os, sys; os.write(1, b'a\\n'); os.write(2, b'b\\n'); os.write(1, b'c\\xff'); sys.exit(4)"
    assert start_logged(text, tmp_path, log=pieces.append, timeout=None) == 4
    assert b"".join(pieces) == b"a\nb\nc\xff"


def test_a_long_output_reaches_the_log_whole(tmp_path):
    pieces = []
    assert start_logged("print('x' * 1_000_000)", tmp_path, log=pieces.append) == 0
    assert len(b"".join(pieces)) == 1_000_001


def test_one_that_closes_its_output_is_waited_for(tmp_path):
    text = "import os, time; os.close(1); os.close(2); time.sleep(0.2); open('done', 'w').close(); os._exit(3)"
    assert start_logged(text, tmp_path, log=list, timeout=None) == 3
    assert (tmp_path / "done").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_it_leaves_behind_is_not_waited_for(tmp_path):
    text = GRANDPARENT.replace("time.sleep(60)\n", "print('done')\n")
    pieces = []
    assert start_logged(text, tmp_path, log=pieces.append, timeout=None) == 0
    child = int((tmp_path / "child").read_text())
    os.kill(child, signal.SIGKILL)
    assert b"".join(pieces) == b"done\n"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_logged_one_that_takes_too_long_is_ended_with_all_it_started(tmp_path):
    with pytest.raises(StartError, match="did not end within 1 seconds") as caught:
        start_logged(GRANDPARENT, tmp_path, log=list, timeout=1)
    assert caught.value.is_late
    assert wait_until_gone(int((tmp_path / "child").read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_when_the_log_can_not_be_written_it_is_ended_and_the_error_raised(tmp_path):
    def refuse(piece):
        raise OSError(28, f"no space for {piece!r}")

    text = GRANDPARENT.replace("time.sleep(60)\n", "print('said', flush=True); time.sleep(60)\n")
    with pytest.raises(OSError, match="no space for b'said"):
        start_logged(text, tmp_path, log=refuse, timeout=None)
    assert wait_until_gone(int((tmp_path / "child").read_text()))


def test_a_logged_program_that_is_missing_is_a_sentence(tmp_path):
    with pytest.raises(StartError, match="can't start /nowhere/python: there is no such program"):
        run_logged(["/nowhere/python"], variables={}, folder=str(tmp_path), log=list)
