"""The environment of this checkout, `.dev/`: made with the standard library alone, kept while it is right.

Works with any Python 3.11 or newer, also with one that lacks ensurepip. Touches no other environment.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator

from workshop import provision
from workshop.step import BIN, PYTHON_NAME, ROOT, digest, read, run_quietly, say, write

DEV = os.path.join(ROOT, ".dev")
PYTHON = os.path.join(DEV, BIN, PYTHON_NAME)


def ensure(group: str | None = None) -> str:
    """Return the Python of `.dev/`, with capsa's dependencies and those of a dependency group; make what is missing.

    A stamp is written last, so an environment without the right one was left half made, or belongs to another Python
    or another place: it is made anew.
    """
    os.makedirs(DEV, exist_ok=True)
    with locked(os.path.join(DEV, "lock")):
        identity = digest([sys.version, os.path.realpath(sys.executable), DEV])
        if read(stamp("python")) != identity or not os.path.exists(PYTHON) or not is_whole():
            make_environment()
            write(stamp("python"), identity)
        for name, title in ((None, "what capsa needs"), (group, f"the tools to {group}")):
            wanted = requirements(name)
            mark = digest(wanted)
            if read(stamp(name or "project")) != mark:
                say(f"installing {title}: {', '.join(project_name(text) for text in wanted)}")
                pip(["install", "--quiet", *wanted], what=f"installing {title}")
                write(stamp(name or "project"), mark)
            if group is None:
                break
    return PYTHON


def make_environment() -> None:
    """Make `.dev/` anew, with pip inside."""
    say(f"making .dev with Python {sys.version.split()[0]}")
    for entry in os.scandir(DEV):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif entry.name != "lock":
            os.unlink(entry.path)
    make_bare(DEV)
    provision.provide(PYTHON)


def make_bare(folder: str) -> None:
    """Make an environment without pip: what ensurepip would do is done here, faster, and also where it is missing."""
    venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False).create(folder)


def is_whole() -> bool:
    """Whether everything that the stamps promise lies in `.dev/` indeed."""
    site = site_folder(DEV)
    found = {name.split("-")[0].lower() for name in (os.listdir(site) if os.path.isdir(site) else ())}
    promised = ["pip"]
    for name in (None, "test", "lint"):
        wanted = requirements(name)
        if read(stamp(name or "project")) == digest(wanted):
            promised += [project_name(text).lower().replace("-", "_") for text in wanted]
    return all(name in found for name in promised)


def requirements(group: str | None) -> list[str]:
    """Return capsa's own dependencies (None) or those of a dependency group (PEP 735), out of pyproject.toml."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as stream:
        document = tomllib.load(stream)
    if group is None:
        return list(document["project"]["dependencies"])
    found: list[str] = []
    for item in document["dependency-groups"][group]:
        found += [item] if isinstance(item, str) else requirements(item["include-group"])
    return found


def project_name(requirement: str) -> str:
    """Return the name at the start of a requirement."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def pip(arguments: list[str], *, what: str) -> None:
    """Run the pip of `.dev/`, silent unless it fails."""
    run_quietly([PYTHON, "-m", "pip", *arguments], provision.pip_variables(), what=what)


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold a lock, so that two verbs at once do not make `.dev/` twice; where there is no flock, hope."""
    with open(path, "a", encoding="utf-8") as stream:
        if os.name != "nt":
            import fcntl  # noqa: PLC0415 - absent on Windows

            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def stamp(name: str) -> str:
    """Return the path of the file that says that a part of `.dev/` is finished."""
    return os.path.join(DEV, f"stamp-{name}")


def site_folder(environment: str) -> str:
    """Return the site-packages of an environment of the running Python."""
    return sysconfig.get_path("purelib", scheme="venv", vars={"base": environment, "platbase": environment})
