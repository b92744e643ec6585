"""Making a box: capsa's fast path beside `python -m venv`, `uv venv` and an interpreter that does nothing.

    .dev/bin/python benchmarks/create_bare.py --uv PATH-TO-UV --python PATH-TO-PYTHON

Every round makes each kind of box once, in a new folder, in an order of its own. capsa runs as `dev.py install` starts
it: `python -I -S` and a launcher that adds one folder; with bytecode. Wall time is a median, CPU time (user and system)
the least: on a busy machine only the second travels. System calls are counted by strace, where it is.
"""

import argparse
import compileall
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")
LAUNCHER = "import sys; sys.path.insert(0, {folder!r}); from capsa.__main__ import start; start()\n"
MODULES = ("argparse", "json", "re", "dataclasses", "typing", "pathlib", "subprocess", "shutil", "collections")
NOISE = ("CAPSA_", "PIP_", "PYTHON", "VIRTUAL_ENV", "UV_")


def prepare(folder):
    """Lay out a capsa with bytecode and its launcher; return the launcher and the variables for all commands."""
    shutil.copytree(SOURCE, f"{folder}/src", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(f"{folder}/src", quiet=1)
    with open(f"{folder}/launcher.py", "w") as file:
        file.write(LAUNCHER.format(folder=f"{folder}/src"))
    variables = {name: value for name, value in os.environ.items() if not name.startswith(NOISE)}
    variables |= {"HOME": folder, "CAPSA_CACHE_DIR": f"{folder}/cache", "UV_CACHE_DIR": f"{folder}/uv-cache"}
    return f"{folder}/launcher.py", variables


def commands(launcher, options):
    """Return {title: command without the path of the box}."""
    capsa = [options.python, "-I", "-S", launcher, "create", "-q", "-p", options.python]
    found = {
        "python -I -S, nothing": [options.python, "-I", "-S", "-c", "pass"],
        "capsa create --no-pip": [*capsa, "--no-pip"],
        "capsa create": capsa,
        "python -m venv --without-pip": [options.python, "-m", "venv", "--without-pip"],
    }
    if options.uv:
        uv = [options.uv, "venv", "-q", "--offline", "--no-config", "--no-project", "-p", options.python]
        found["uv venv"] = uv
        if options.seeded:
            found["uv venv --seed"] = [word for word in uv if word != "--offline"] + ["--seed"]
            found["python -m venv"] = [options.python, "-m", "venv"]
    return found


def timed(command, variables, folder):
    """Run a command; return its wall time and its CPU time in milliseconds."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=variables, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def measure(kinds, variables, folder, rounds):
    """Return {title: (median wall, least CPU)} of interleaved rounds; the first of each is not counted."""
    times = {title: [] for title in kinds}
    for number in range(-1, rounds):
        for title in random.sample(list(kinds), len(kinds)):
            box = f"{folder}/boxes/{number}-{len(times[title])}-{abs(hash(title))}"
            taken = timed([*kinds[title], *([] if "nothing" in title else [box])], variables, folder)
            if number >= 0:
                times[title].append(taken)
        shutil.rmtree(f"{folder}/boxes")
    return {
        title: (statistics.median(wall for wall, _ in found), min(cpu for _, cpu in found))
        for title, found in times.items()
    }


def count_calls(command, variables, folder):
    """Return {system call: count} of everything a command does."""
    report = f"{folder}/strace"
    traced = ["strace", "-f", "-c", "-o", report, *command]
    subprocess.run(traced, env=variables, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with open(report) as file:
        rows = [line.split() for line in file]
    # "% time", seconds, usecs/call, calls, errors where there were any, name.
    return {row[-1]: int(row[3]) for row in rows if row[4:] and row[3].isdigit()}


def show_calls(kinds, variables, folder):
    """Print the system calls of each kind of box, without those of an interpreter that does nothing."""
    idle = count_calls(kinds["python -I -S, nothing"], variables, folder)
    for number, (title, command) in enumerate(kinds.items()):
        calls = count_calls([*command, f"{folder}/strace-{number}"], variables, folder)
        total = calls.pop("total")
        own = {name: count - idle.get(name, 0) for name, count in calls.items()}
        most = sorted(((count, name) for name, count in own.items() if count > 0), reverse=True)[:6]
        print(f"{title}: {total} system calls; {', '.join(f'{name} +{count}' for count, name in most)}")


def show_imports(python, rounds):
    """Print what each module adds to the start of an interpreter, in milliseconds of CPU time."""
    times = {code: [] for code in ("pass", *(f"import {name}" for name in MODULES))}
    for _ in range(rounds):
        for code, found in times.items():
            found.append(timed([python, "-I", "-S", "-c", code], dict(os.environ), "/")[1])
    bare = min(times.pop("pass"))
    print("imports: " + ", ".join(f"{code[7:]} +{min(found) - bare:.1f}" for code, found in times.items()))


def main():
    """Measure and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=os.path.realpath(sys.executable))
    parser.add_argument("--uv", help="the program of uv, to compare with")
    parser.add_argument("--seeded", action="store_true", help="also the others with pip: slow, and uv asks its index")
    parser.add_argument("--rounds", type=int, default=31)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        launcher, variables = prepare(folder)
        kinds = commands(launcher, options)
        # Once by the slow path, which asks the interpreter and puts its pip into the store.
        site = os.path.dirname(os.path.dirname(__import__("packaging").__file__))
        first = [sys.executable, "-m", "capsa", "create", "-q", "-p", options.python, f"{folder}/first"]
        subprocess.run(first, env=variables | {"PYTHONPATH": f"{folder}/src:{site}"}, check=True)
        for title, (wall, cpu) in measure(kinds, variables, folder, options.rounds).items():
            print(f"{title}: {wall:.1f} ms wall (median), {cpu:.1f} ms CPU (least)", flush=True)
        if shutil.which("strace"):
            show_calls(kinds, variables, folder)
        show_imports(options.python, options.rounds)


if __name__ == "__main__":
    main()
