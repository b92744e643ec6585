"""Detached processes, started by a process of their own: none of ours may be their parent or hold their streams."""

import json
import os
import subprocess
import sys
import time

import pytest

from capsa.process.detach import detach
from support.run import SOURCE

# What is detached: tells what it is like, in a file that it renames into its place.
WORK = """
import json, os, sys
from capsa.process.detach import settle
def work(path, word):
    settle()
    facts = {"word": word, "session": os.getsid(0), "own": os.getpid(), "parent": os.getppid(), "folder": os.getcwd(),
             "nice": os.nice(0), "open": sorted(int(name) for name in os.listdir("/proc/self/fd")),
             "streams": [os.readlink("/proc/self/fd/%d" % number) for number in range(3)],
             "variables": sorted(os.environ)}
    with open(path + ".part", "w") as stream:
        json.dump(facts, stream)
    os.rename(path + ".part", path)
"""
START = """
import os, sys
from capsa.process.detach import detach
left_open = os.dup(1)
os.set_inheritable(left_open, True)
given = {"PATH": os.environ["PATH"], "PYTHONPATH": "x", "KEPT": "1"}
work = ("detached_work", "work", (sys.argv[1], "a b'$(c)"))
print(detach(work, python=sys.executable, variables=given, is_ending=sys.argv[2] == "ends"))
"""


@pytest.fixture(params=["ends", "goes on"])
def facts(tmp_path, request):
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("there is no /proc here")
    (tmp_path / "detached_work.py").write_text(WORK)
    path = tmp_path / "facts.json"
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{SOURCE}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-c", START, str(path), request.param]
    # Returns when the pipes are closed: who was detached does not hold them.
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True\n"
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    return json.loads(path.read_text())


def test_it_stands_for_itself(facts):
    assert facts["session"] == facts["own"]
    assert facts["folder"] == "/"
    assert facts["nice"] == 19
    assert facts["streams"] == ["/dev/null"] * 3
    assert all(number < 4 for number in facts["open"]), "the fourth is the listing itself"


def test_words_come_through_unchanged_and_variables_of_python_do_not(facts):
    assert facts["word"] == "a b'$(c)"
    assert "KEPT" in facts["variables"]
    assert "PYTHONPATH" not in facts["variables"]


def test_a_program_that_is_not_there_is_nobodys_failure(tmp_path):
    assert detach(("x", "y", ("", "")), python=str(tmp_path / "none"), variables={}), "the shell finds out, on its own"


def test_where_there_is_no_shell_nothing_is_started(monkeypatch):
    monkeypatch.setattr("capsa.process.detach._SHELL", "/nowhere/sh")
    assert not detach(("x", "y", ("", "")), python=sys.executable, variables={})
