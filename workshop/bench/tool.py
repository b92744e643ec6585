"""The tools that `dev.py bench` compares, below `.dev/bench/`: uv, pip, virtualenv, and the capsa of this checkout.

capsa is laid out as `dev.py install` leaves it: an environment of its own, bytecode, the launcher of `launcher.py`.
"""

from __future__ import annotations

import compileall
import glob
import os
import re
import shutil
import subprocess
import sys

from workshop.bench.mirror import BENCH
from workshop.environment import ensure, make_bare, pip, requirements, site_folder
from workshop.launcher import launcher_text
from workshop.step import BIN, PYTHON_NAME, SOURCE, StepError, digest, read, say, variables, write

TOOLS = os.path.join(BENCH, "tools")
OURS = os.path.join(BENCH, "capsa")


def ensure_tools() -> dict[str, str]:
    """Return {place: path of a program}: capsa, uv, virtualenv, tools (a Python with pip) and python (for boxes)."""
    ensure()
    fill(TOOLS, requirements("bench"), "the tools to compare with")
    fill(OURS, requirements(None), "what capsa needs")
    launcher = lay_out(OURS)
    programs = os.path.join(TOOLS, BIN)
    return {
        "capsa": launcher,
        "uv": os.path.join(programs, "uv"),
        "virtualenv": os.path.join(programs, "virtualenv"),
        "tools": os.path.join(programs, PYTHON_NAME),
        "python": plain_python(),
    }


def plain_python() -> str:
    """Return the Python that runs dev.py, outside of any box."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


def fill(folder: str, wanted: list[str], title: str) -> None:
    """Make an environment with some packages, unless it is there already."""
    mark = digest([sys.version, folder, *wanted])
    if read(f"{folder}.stamp") == mark:
        return
    say(f"installing {title}: {', '.join(wanted)}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    make_bare(folder)
    pip(["--python", os.path.join(folder, BIN, PYTHON_NAME), "install", "--quiet", *wanted], what=f"installing {title}")
    write(f"{folder}.stamp", mark)


def lay_out(home: str) -> str:
    """Copy capsa as it is at this moment, compile it and write its launcher; return the launcher."""
    site = site_folder(home)
    package = os.path.join(site, "capsa")
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(os.path.join(SOURCE, "capsa"), package, ignore=shutil.ignore_patterns("__pycache__"))
    if not compileall.compile_dir(package, quiet=2):
        raise StepError("capsa's modules could not all be compiled")
    launcher = os.path.join(home, "capsa")
    write(launcher, launcher_text(os.path.join(home, BIN, PYTHON_NAME), site), mode=0o755)
    return launcher


def versions(places: dict[str, str]) -> dict[str, str]:
    """Return {tool: version} of what is compared, and of the pip that a virtualenv is seeded with."""
    asked = {
        "capsa": [places["capsa"], "--version"],
        "uv": [places["uv"], "--version"],
        "virtualenv": [places["virtualenv"], "--version"],
        "pip": [places["tools"], "-m", "pip", "--version"],
        "Python": [places["python"], "--version"],
    }
    found = {tool: version_in(answer(command)) for tool, command in asked.items()}
    carried = glob.glob(os.path.join(site_folder(TOOLS), "virtualenv", "**", "pip-*.whl"), recursive=True)
    seeds = [version_in(os.path.basename(path)[len("pip-") :]) for path in carried]
    newest = max(seeds, key=lambda text: [int(part) for part in re.findall(r"\d+", text)], default="")
    return found | ({"pip of virtualenv": newest} if newest else {})


def answer(command: list[str]) -> str:
    """Return what a program prints."""
    done = subprocess.run(command, env=variables(), capture_output=True, text=True, check=False, timeout=60)
    return done.stdout or done.stderr


def version_in(text: str) -> str:
    """Return the first version in a text, "unknown" where there is none."""
    found = re.search(r"\d+(?:\.\d+)+(?:[a-z.]+\d+)?", text)
    return found[0] if found else "unknown"
