"""The shells that tests want beside bash, tried for once: by apt, pip and npm, as this machine has them set up.

What is not to be had is told in one line, and its tests skip by name. `.dev/shells` is the prefix of pip and of npm.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import subprocess

from workshop import provision
from workshop.environment import DEV, locked, make_bare, stamp
from workshop.step import BIN, PYTHON_NAME, StepError, digest, read, run_quietly, say, variables, write

XONSH, NUSHELL = "0.25.0", "0.108.0"
# The program, and the packages of Debian that have it, the first that is known counts.
DEBIAN = {
    "zsh": ("zsh",), "fish": ("fish",), "tcsh": ("tcsh",), "ksh93": ("ksh93u+m", "ksh"), "mksh": ("mksh",),
    "elvish": ("elvish",), "yash": ("yash",), "busybox": ("busybox",),
}  # fmt: skip
FOLDER = os.path.join(DEV, "shells")
PATIENCE = 80  # seconds for one step that asks a server


def get_shells(python: str) -> None:
    """Try once, with the Python of `.dev/`, to get the shells that are not here; never fails, never tries again.

    Another try begins when the file `.dev/stamp-shells` is deleted, or when a version above changes.
    """
    names, mark = (*DEBIAN, "xonsh", "nu"), digest([*DEBIAN, XONSH, NUSHELL])
    with locked(os.path.join(DEV, "lock")):
        if read(stamp("shells")) == mark:
            return
        write(stamp("shells"), mark)  # before the try: one that is killed was one too
        missing = [name for name in names if not program(name)]
        if not missing:
            return
        say(f"trying once to get shells for the tests: {', '.join(missing)}")
        for get in (get_by_apt, get_xonsh, get_nushell):
            with contextlib.suppress(StepError, OSError):
                get(missing, python)
        if lacking := [name for name in missing if not program(name)]:
            say(f"not to be had here, so their tests skip: {', '.join(lacking)}")


def program(name: str) -> str | None:
    """Return the path of a shell: in `.dev/shells`, or on PATH."""
    # What npm calls `nu` starts Node, which starts nu; the program itself lies deeper.
    own = os.path.join(FOLDER, BIN), *glob.glob(os.path.join(FOLDER, "node_modules", "@nushell", "*", "bin"))
    return shutil.which(name, path=os.pathsep.join(own)) or shutil.which(name)


def get_by_apt(missing: list[str], _python: str) -> None:
    """Install packages of the system, as root on a system with apt."""
    apt, wanted = shutil.which("apt-get"), [name for name in missing if name in DEBIAN]
    if not wanted or not apt or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    quiet = [apt, "-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10"]
    own = variables(DEBIAN_FRONTEND="noninteractive")
    with contextlib.suppress(StepError):  # the lists that are here may do
        run_quietly([*quiet, "update"], own, what="apt-get", timeout=PATIENCE)
    known = known_packages()
    packages = [next((choice for choice in DEBIAN[name] if choice in known), "") for name in wanted]
    install = [*quiet, "install", "-y", "--no-install-recommends"]
    asked = [package for package in packages if package]
    if asked:
        run_quietly([*install, "--download-only", *asked], own, what="apt-get", timeout=PATIENCE)
        # Without a network; and with more time, as nobody likes a package that was stopped halfway.
        run_quietly([*install, "--no-download", *asked], own, what="apt-get", timeout=5 * PATIENCE)


def known_packages() -> set[str]:
    """Return the names of all packages that apt knows: one unknown name would spoil the whole request."""
    command = [shutil.which("apt-cache") or "apt-cache", "pkgnames"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"apt-cache failed: {error}") from error
    return set(done.stdout.split())


def get_xonsh(missing: list[str], python: str) -> None:
    """Put xonsh into an environment of its own."""
    if "xonsh" not in missing:
        return
    make_bare(FOLDER)
    inside = os.path.join(FOLDER, BIN, PYTHON_NAME)
    command = [python, "-m", "pip", "--python", inside, "install", "--quiet", "--disable-pip-version-check"]
    patience = ["--retries", "0", "--timeout", "10"]
    try:
        run_quietly([*command, *patience, f"xonsh=={XONSH}"], provision.pip_variables(), what="pip", timeout=PATIENCE)
    except StepError:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(FOLDER, BIN, "xonsh"))  # of an install that was stopped halfway
        raise


def get_nushell(missing: list[str], _python: str) -> None:
    """Put nushell below `node_modules`, where there is npm; no script of a package is run."""
    npm = shutil.which("npm")
    if "nu" not in missing or not npm:
        return
    os.makedirs(FOLDER, exist_ok=True)
    command = [npm, "install", "--prefix", FOLDER, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    patience = ["--fetch-retries=0", "--no-update-notifier"]
    try:
        run_quietly([*command, *patience, f"nushell@{NUSHELL}"], variables(), what="npm", timeout=PATIENCE)
    except StepError:
        shutil.rmtree(os.path.join(FOLDER, "node_modules"), ignore_errors=True)
        raise
