"""The machine on which `dev.py bench` runs: what the report tells of it, and what may spoil the figures."""

from __future__ import annotations

import os
import platform

QUIET = 0.3  # of the cores, by the load average of a minute

# Variables that a child keeps; everything else of this session stays out.
KEPT = ("LANG", "LC_ALL", "LD_LIBRARY_PATH")


def facts(root: str) -> dict[str, str]:
    """Return what the report tells: the system, cores, file system of the runs, load at this moment."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "cores": str(os.cpu_count() or 0),
        "file system": file_system(root),
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def warnings(root: str) -> list[str]:
    """Return what makes the figures worth less, a sentence each."""
    load, cores, found = os.getloadavg()[0], os.cpu_count() or 1, []
    if load > QUIET * cores:
        found.append(f"the machine is not quiet: load {load:.2f} on {cores} cores; read ratios, not milliseconds")
    if file_system(root) == "tmpfs":
        found.append("the runs lie in memory (tmpfs); TMPDIR names another place")
    return found


def file_system(path: str) -> str:
    """Return the type of the file system that holds a path, "unknown" where /proc does not tell."""
    if not os.path.exists("/proc/mounts"):
        return "unknown"
    kind, longest = "unknown", -1
    real = os.path.realpath(path)
    with open("/proc/mounts", encoding="utf-8", errors="replace") as stream:
        mounts = [line.split()[1:3] for line in stream]
    for place, name in mounts:
        point = place.replace("\\040", " ").rstrip("/")
        if (real + "/").startswith(point + "/") and len(point) >= longest:
            kind, longest = name, len(point)
    return kind


def clean_variables(index: str, python: str) -> dict[str, str]:
    """Return the variables of every child: a bare session, no settings of this machine, one index, one Python first.

    Bytecode is written as Python likes: PYTHONDONTWRITEBYTECODE is among what is left out. capsa does not compile in
    the background, as that would fall into the next run: what is stored has a line of its own.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    path = os.pathsep.join([os.path.dirname(python), os.environ.get("PATH", os.defpath)])
    return kept | {
        "PATH": path,
        "CAPSA_INDEX_URL": index,
        "CAPSA_COMPILE_BYTECODE": "never",
        "UV_DEFAULT_INDEX": index,
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_INDEX_URL": index,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
