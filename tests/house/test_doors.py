"""Law 5: streams, the disk, processes and the surroundings are each reached through one room."""

import ast
import dataclasses

import pytest

from house.sources import aliases, dotted, parse, uphold, uses

STREAMS = (
    "print",
    "input",
    "breakpoint",
    "sys.stdout",
    "sys.stderr",
    "sys.stdin",
    "sys.__stdout__",
    "sys.__stderr__",
    "logging",
)
_CHANGES = (
    "rename", "renames", "replace", "unlink", "remove", "rmdir", "removedirs", "link", "symlink", "mkdir", "makedirs",
    "truncate", "ftruncate", "chmod", "fchmod", "lchmod", "chown", "lchown", "utime", "mkfifo", "mknod", "fsync",
    "sync", "sendfile", "copy_file_range", "write", "O_CREAT", "O_WRONLY", "O_RDWR", "O_TRUNC", "O_APPEND",
)  # fmt: skip
DISK = (
    *(f"{module}.{name}" for module in ("os", "posix") for name in _CHANGES),
    *("shutil", "tempfile", "pathlib", "zipfile", "tarfile", "fcntl"),
)
PROCESSES = (
    "subprocess", "multiprocessing", "pty", "os.system", "os.popen", "os.fork", "os.forkpty", "os.posix_spawn",
    "os.posix_spawnp", "os.startfile", "os.kill", "os.killpg", "concurrent.futures.ProcessPoolExecutor",
    *(f"os.{kind}{tail}" for kind in ("exec", "spawn") for tail in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    *(f"posix.{name}" for name in ("execv", "execve", "fork", "posix_spawn", "system")),
)  # fmt: skip
SURROUNDINGS = (
    "os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "posix.environ", "os.getcwd", "os.getcwdb",
    "posix.getcwd", "os.chdir", "os.path.expanduser", "os.path.expandvars", "os.path.abspath", "os.get_terminal_size",
    "os.isatty", "os.getlogin", "getpass", "time.ctime", "time.localtime", "sys.argv",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "urllib.request.getproxies", "site", "platform", "locale",
)  # fmt: skip
READERS = frozenset({"capsa", "capsa.__main__", "capsa.cli.main", "capsa.cli.entry", "capsa.cli.hot"})


def _used(source, forbidden, why):
    for node, name in uses(source):
        if any(name == word or name.startswith(f"{word}.") for word in forbidden):
            yield source.at(node, f"{name} {why}")


def streams(source):
    """Return where something is written for people outside of ``terminal`` and ``cli``."""
    if source.room not in {"capsa.terminal", "capsa.cli", "capsa.__main__"}:
        yield from _used(source, STREAMS, "is for terminal and cli")


def disk(source):
    """Return where the disk is changed outside of ``disk``."""
    if source.room == "capsa.disk":
        return
    # The wheel maker of the fakes packs in memory.
    if source.module == "capsa.cli.entry":  # gives standard output up for the null device when its reader has gone
        source = dataclasses.replace(source, text=source.text.replace("os.open(os.devnull, os.O_WRONLY)", "0"))
    yield from _used(source, set(DISK) - {"zipfile"} if source.room == "capsa.testing" else DISK, "is for disk")
    known = aliases(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            if dotted(node.func, known) in {"open", "io.open", "os.fdopen"} and not _is_for_reading(node):
                yield source.at(node, "opens a file for writing, which is for disk")
            if isinstance(node.func, ast.Attribute) and node.func.attr in {"write_text", "write_bytes"}:
                yield source.at(node, f".{node.func.attr}() is for disk")


def _is_for_reading(call):
    mode = call.args[1] if len(call.args) > 1 else None
    mode = next((item.value for item in call.keywords if item.arg == "mode"), mode)
    return mode is None or (isinstance(mode, ast.Constant) and not set(str(mode.value)) & set("wax+"))


def processes(source):
    """Return where a process is started outside of ``process``."""
    if source.room != "capsa.process":
        yield from _used(source, PROCESSES, "is for process")


def surroundings(source):
    """Return where the environment, the folder, home, the terminal or the clock is read below the command line.

    A clock may be handed on as a function, to who must ask it again and again (retries, the age of a page).
    """
    if source.module in READERS:
        return
    # Who starts processes may say in which folder they are.
    forbidden = set(SURROUNDINGS) - {"os.chdir"} if source.room == "capsa.process" else SURROUNDINGS
    yield from _used(source, forbidden, "comes in as a value of model.Surroundings")
    known = aliases(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func, known) in {"time.time", "time.time_ns"}:
            yield source.at(node, "asks the clock, which comes in as a value or as a function")


@pytest.mark.parametrize("law", [streams, disk, processes, surroundings])
def test_each_door_belongs_to_one_room(law):
    uphold(law)


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (streams, "print('done')"),
        (streams, "import sys\nsys.stderr.write('done')"),
        (streams, "from sys import stdout\nstdout.write('done')"),
        (disk, "import os\nos.replace(a, b)"),
        (disk, "import os as system\nsystem.unlink(a)"),
        (disk, "from os import makedirs\nmakedirs(a)"),
        (disk, "import shutil\nshutil.rmtree(a)"),
        (disk, "open(path, 'w')"),
        (disk, "open(path, mode='ab')"),
        (disk, "open(path, mode)"),
        (disk, "import os\nos.open(path, os.O_CREAT)"),
        (processes, "import subprocess\nsubprocess.run([])"),
        (processes, "import os\nos.execv(a, b)"),
        (surroundings, "import os\nos.environ['HOME']"),
        (surroundings, "from os import environ\nenviron.get('HOME')"),
        (surroundings, "import os\nos.path.expanduser('~')"),
        (surroundings, "import time\ntime.time()"),
        (surroundings, "from datetime import datetime\ndatetime.now()"),
    ],
)
def test_the_law_notices(law, text):
    assert list(law(parse(text)))


@pytest.mark.parametrize(
    ("law", "module", "text"),
    [
        (streams, "capsa.terminal.table", "import sys\nsys.stdout.write('x')"),
        (disk, "capsa.disk.atomic", "import os\nos.replace(a, b)"),
        (disk, "capsa.cache.store", "with open(path, 'rb') as stream: stream.read()"),
        (processes, "capsa.process.run", "import subprocess\nsubprocess.run([])"),
        (surroundings, "capsa.cli.main", "import os\nos.environ"),
        (surroundings, "capsa.transport.retry", "import time\ntime.monotonic()"),
    ],
)
def test_the_law_lets_the_room_do_its_work(law, module, text):
    assert not list(law(parse(text, module)))
