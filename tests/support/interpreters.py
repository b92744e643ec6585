"""The real Pythons of this machine that a box may hold, found as pyenv keeps them; at least the one that runs tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from capsa.model.interpreter import Interpreter

# Read while tests are collected: later the home is an empty one.
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path(os.environ.get("HOME", "/")) / ".pyenv")

# What `capsa.interpreter` asks, asked independently of it.
_PROBE = """
import json, platform, struct, sys, sysconfig
variables = sysconfig.get_config_vars()
name, version = platform.libc_ver()
release = [int(part) for part in version.split(".")[:2]] if name == "glibc" else []
full = platform.python_version()
print(json.dumps({
    "executable": sys.executable, "base_executable": sys.executable, "prefix": sys.prefix,
    "base_prefix": sys.base_prefix, "version": full, "version_info": list(sys.version_info[:3]),
    "implementation": sys.implementation.name, "implementation_version": full,
    "cache_tag": sys.implementation.cache_tag, "magic": "", "soabi": variables.get("SOABI") or "",
    "is_debug": bool(variables.get("Py_DEBUG")), "is_free_threaded": bool(variables.get("Py_GIL_DISABLED")),
    "bits": struct.calcsize("P") * 8, "platform": sys.platform, "platform_tag": sysconfig.get_platform(),
    "libc": ["glibc", *release] if release else [], "markers": {
        "python_full_version": full, "platform_release": platform.release(), "platform_machine": platform.machine()},
    "lib_name": "python%d.%d" % sys.version_info[:2], "platlib_dir": "lib", "stdlib": "", "ensurepip_wheel": "",
    "is_externally_managed": False}))
"""


def pythons() -> dict[str, str]:
    """Return {minor version: absolute path} of the real CPythons 3.8 and newer; never empty."""
    found = {}
    for program in sorted(_PYENV.glob("versions/*/bin/python")):
        minor = re.fullmatch(r"3\.(\d+)(?:\.\d+)?(?:(?:a|b|rc)\d+)?", program.parts[-3])
        if minor and int(minor[1]) >= 8:
            found[f"3.{minor[1]}"] = str(program)
    found.setdefault(f"3.{sys.version_info[1]}", sys.executable)
    return found


def kinds() -> dict[str, str | None]:
    """Return every kind of Python that boxes are made for, and its absolute path, or None where it is not here."""
    minors = pythons()
    found = {f"3.{minor}": minors.get(f"3.{minor}") for minor in range(8, 16)}
    free = [f"3.{minor}t" for minor in range(13, 16)]
    return {
        **found,
        "of the system": shutil.which("python3", path="/usr/bin"),
        "PyPy": _first(["pypy3", "pypy"], ["pypy*"]),
        "debug": _first(["python3-dbg", "python3d"], ["*-debug"]),
        "free-threaded": _first([f"python{name}" for name in free], [f"{name[:-1]}*t" for name in free]),
    }


def _first(names: list[str], versions: list[str]) -> str | None:
    kept = [str(program) for name in versions for program in sorted(_PYENV.glob(f"versions/{name}/bin/python3"))]
    return next(filter(None, [*map(shutil.which, names), *kept]), None)


def probe(python: str) -> Interpreter:
    """Return the facts of a real Python."""
    finished = subprocess.run([python, "-I", "-c", _PROBE], capture_output=True, text=True, check=True, timeout=60)
    return Interpreter(json.loads(finished.stdout))
