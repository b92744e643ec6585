import hashlib
import importlib.util
import os
import stat
import subprocess
import sys

import pytest

from capsa.cache.bytecode import kind_of, tag_of
from capsa.errors import InterpreterError
from capsa.interpreter.compiler import Compiled, Compiler, Task, needed
from capsa.interpreter.probe import probe
from support.interpreters import pythons
from support.session import this_python

MTIME_NS = 1_577_836_800 * 10**9
# Deeper than the parser of any Python goes, in some by way of the stack of C.
DEEP = "x = " + "-" * 300_000 + "1\n"


def compiler_of(python):
    facts = probe(python, variables={}, folder="/")
    return Compiler(python, *tag_of(kind_of(facts)), {})


def task(tmp_path, name, content, **changes):
    source = tmp_path / "sources" / name
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    os.utime(source, ns=(MTIME_NS, MTIME_NS))
    facts = {
        "source": str(source),
        "target": f"{name}.pyc",
        "name": f"sample/{name}",
        "mtime_ns": MTIME_NS,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return Task(**facts | changes)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("python", pythons().values(), ids=pythons().keys())
def test_every_python_compiles_what_it_then_loads_without_a_look_at_the_source(tmp_path, folder, python):
    tasks = [task(tmp_path, "lamp.py", b"light = 1\n", target="deep/__pycache__/lamp.pyc")]
    assert compiler_of(python).compile(tasks, str(folder), 0o444) == Compiled()
    made = folder / "deep/__pycache__/lamp.pyc"
    status = made.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_mtime_ns) == (0o444, MTIME_NS)
    # Where Python looks for it, beside a source that would say something else but for its size and time.
    source = tmp_path / "box" / "lamp.py"
    source.parent.mkdir()
    source.write_bytes(b"light = 2\n")
    os.utime(source, ns=(MTIME_NS, MTIME_NS))
    text = (
        "import importlib.util, os, shutil, sys; place = importlib.util.cache_from_source(sys.argv[1]);"
        "os.makedirs(os.path.dirname(place)); shutil.copy(sys.argv[2], place); sys.path.insert(0, sys.argv[3]);"
        "import lamp; print(lamp.light, (lambda: 0).__code__.co_filename, sys.version_info[1])"
    )
    command = [python, "-I", "-S", "-c", text, str(source), str(made), str(source.parent)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0] == "1"


def test_the_bytecode_names_time_and_size_of_the_source_whatever_the_epoch_says(tmp_path, folder):
    compiler = Compiler(sys.executable, *tag_of(kind_of(this_python())), {"SOURCE_DATE_EPOCH": "1"})
    compiler.compile([task(tmp_path, "lamp.py", b"light = 1\n")], str(folder), 0o444)
    head = (folder / "lamp.py.pyc").read_bytes()[:16]
    assert head[:4] == importlib.util.MAGIC_NUMBER
    assert [int.from_bytes(head[at : at + 4], "little") for at in (4, 8, 12)] == [0, MTIME_NS // 10**9, 10]


def test_one_bad_module_harms_no_other(tmp_path, folder):
    contents = [b"a = 1\n", b"def\n", b"a = '\x00'\n", b"# coding: nowhere\n", b"\xff\xfe", b"b = 2\n"]
    tasks = [task(tmp_path, f"m{number}.py", content) for number, content in enumerate(contents)]
    compiled = compiler_of(sys.executable).compile(tasks, str(folder), 0o444)
    assert compiled == Compiled(bad=frozenset({1, 2, 3, 4}))
    assert sorted(os.listdir(folder)) == ["m0.py.pyc", "m5.py.pyc"]


@pytest.mark.parametrize("python", pythons().values(), ids=pythons().keys())
def test_a_module_that_brings_the_compiler_down_is_passed_over(tmp_path, folder, python):
    tasks = [task(tmp_path, name, text) for name, text in (("a.py", b"a = 1\n"), ("b.py", DEEP.encode()))]
    tasks.append(task(tmp_path, "c.py", b"c = 1\n"))
    assert compiler_of(python).compile(tasks, str(folder), 0o444) == Compiled(bad=frozenset({1}))
    assert sorted(os.listdir(folder)) == ["a.py.pyc", "c.py.pyc"]


def test_a_compiler_that_dies_goes_on_behind_the_module_at_hand(tmp_path, folder):
    fake = tmp_path / "python"
    fake.write_text(
        f"#!/bin/sh\necho begin t m\necho 0 ok\n[ -e {tmp_path}/twice ] && exit 0\n>{tmp_path}/twice\nkill -SEGV $$\n"
    )
    fake.chmod(0o755)
    tasks = [task(tmp_path, f"{number}.py", b"") for number in range(3)]
    assert Compiler(str(fake), "t", "m", {"PATH": os.environ["PATH"]}).compile(tasks, str(folder), 0o444) == Compiled(
        bad=frozenset({1})
    )


def test_a_compiler_that_is_killed_from_outside_blames_no_module(tmp_path, folder):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho begin t m\nkill -KILL $$\n")
    fake.chmod(0o755)
    with pytest.raises(InterpreterError, match=r"can't compile modules \(exit code -9\)"):
        Compiler(str(fake), "t", "m", {}).compile([task(tmp_path, "a.py", b"")], str(folder), 0o444)


def test_a_module_that_takes_for_ever_is_passed_over(tmp_path, folder, monkeypatch):
    monkeypatch.setattr("capsa.interpreter.compiler._PATIENCE", 0.2)
    tasks = [task(tmp_path, "a.py", b"x = f(1)\n" * 400_000), task(tmp_path, "b.py", b"")]
    assert compiler_of(sys.executable).compile(tasks, str(folder), 0o444) == Compiled(bad=frozenset({0}))


def test_a_source_that_is_another_one_than_was_meant_is_not_compiled(tmp_path, folder):
    tasks = [task(tmp_path, "a.py", b"a = 2\n", sha256=hashlib.sha256(b"a = 1\n").hexdigest())]
    tasks.append(task(tmp_path, "b.py", b"", source=str(tmp_path / "missing")))
    assert compiler_of(sys.executable).compile(tasks, str(folder), 0o444) == Compiled(odd=frozenset({0, 1}))
    assert os.listdir(folder) == []


@pytest.mark.parametrize("target", ["../out.pyc", "/tmp/out.pyc", "a/../../out.pyc", "", "a//b.pyc", "..\\out.pyc"])
def test_nothing_is_written_outside_of_the_folder(tmp_path, folder, target):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InterpreterError, match="is not below the folder"):
        compiler_of(sys.executable).compile([task(tmp_path, "a.py", b"", target=target)], str(folder), 0o444)
    assert [path for path in sorted(tmp_path.rglob("*")) if "sources" not in path.parts] == before


def test_what_is_there_is_not_written_over(tmp_path, folder):
    os.symlink(tmp_path / "elsewhere", folder / "a.pyc")
    with pytest.raises(InterpreterError, match="File exists"):
        compiler_of(sys.executable).compile([task(tmp_path, "a.py", b"", target="a.pyc")], str(folder), 0o444)
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_of_a_module_is_run(tmp_path, folder):
    text = f"open({str(tmp_path / 'trace')!r}, 'w')\n".encode()
    compiler_of(sys.executable).compile([task(tmp_path, "a.py", text)], str(folder), 0o444)
    assert not (tmp_path / "trace").exists()


def test_another_python_than_was_meant_is_refused(tmp_path, folder):
    compiler = Compiler(sys.executable, "cpython-30", "00000000", {})
    with pytest.raises(InterpreterError, match="is another Python now: it says `begin cpython-"):
        compiler.compile([task(tmp_path, "a.py", b"")], str(folder), 0o444)
    with pytest.raises(InterpreterError, match="can't compile modules"):
        Compiler("/bin/false", "cpython-30", "00", {}).compile([task(tmp_path, "a.py", b"")], str(folder), 0o444)
    with pytest.raises(InterpreterError, match="there is no such program"):
        Compiler("/nowhere/python", "x", "0", {}).compile([task(tmp_path, "a.py", b"")], str(folder), 0o444)


def test_a_compiler_is_told_where_libraries_are_and_no_secret():
    assert needed({"PATH": "/bin", "LD_LIBRARY_PATH": "/lib", "TOKEN": "x", "PYTHONPATH": "y"}) == {
        "PATH": "/bin",
        "LD_LIBRARY_PATH": "/lib",
    }
