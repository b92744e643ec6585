"""The programme of `dev.py bench`: every scene, and how each tool plays it, as data. Pure.

The rules for all: the same Python, the same pages, settings by variables; a tool is used as its documents tell.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import replace

from workshop.bench.scene import Contender, Parcel, Proof, Scene, Step

NOTHING, BARE, SEEDED = Proof(), Proof(has_box=True, has_pip=False), Proof(has_box=True, has_pip=True)
FILLED = Proof(has_box=True, has_packages=True)
LOCK, LOCKS = "pylock.toml", {"uv": "uv.lock"}  # the standard's name, and who has a lock of its own


def step(line: str, part: str = "") -> Step:
    """Return a step out of one line, in which blanks part the words."""
    return Step(words=tuple(line.split()), part=part)


def steps(*lines: str) -> tuple[Step, ...]:
    """Return a step for each line."""
    return tuple(step(line) for line in lines)


# An empty box of each tool's own making, and the packages put into it.
BOXES = {
    "capsa": step("{capsa} create --no-pip -p {python} {box}", "create"),
    "uv": step("{uv} venv -p {python} {box}", "create"),
    "pip": step("{virtualenv} -p {python} {box}", "create"),
}
INSTALLS = {
    "capsa": step("{capsa} install --env {box} {requirements}", "install"),
    "uv": step("{uv} pip install -p {box} {requirements}", "install"),
    "pip": step("{box}/bin/pip install {requirements}", "install"),
}
WAIT_FOR_SPARES = """
import glob, os, time
end = time.monotonic() + 20
while len(glob.glob(os.environ["CAPSA_CACHE_DIR"] + "/spare-v1/*/*")) < 2 and time.monotonic() < end:
    time.sleep(0.02)
"""
SPARES_ARE_THERE = Step(words=("{python}", "-c", WAIT_FOR_SPARES))
IMPORT = Step(words=("{box}/bin/python", "-c", "{import}"), part="import")


def programme(parcel: Parcel) -> tuple[Scene, ...]:
    """Return every scene for one set of packages; those without a set are the same for each."""
    return (start(), create_bare(), create_pip(), *install_scenes(), first_import(), *project_scenes(parcel))


def start() -> Scene:
    """Return the scene in which nothing is done: how long each program takes to come up."""
    lines = {
        "capsa": "{capsa} --version",
        "uv": "{uv} --version",
        "pip": "{tools} -m pip --version",
        "virtualenv": "{virtualenv} --version",
        "python -I -S": "{python} -I -S -c pass",
    }
    played = [Contender(name=name, tool=name, timed=steps(line), proof=NOTHING) for name, line in lines.items()]
    title = "start: say the version and leave"
    return Scene(name="start", title=title, contenders=tuple(played), rounds=(21, 21), has_set=False)


def create_bare() -> Scene:
    """Return the scene of a box without pip."""
    lines = {
        "capsa": "{capsa} create --no-pip -p {python} {box}",
        "uv": "{uv} venv -p {python} {box}",
        "virtualenv": "{virtualenv} --no-seed -p {python} {box}",
        "venv": "{python} -m venv --without-pip {box}",
    }
    played = [Contender(name=name, tool=name, timed=steps(line), proof=BARE) for name, line in lines.items()]
    title = "create: a bare box"
    return Scene(name="create-bare", title=title, contenders=tuple(played), rounds=(21, 21), has_set=False)


def create_pip() -> Scene:
    """Return the scene of a box with pip."""
    lines = {
        "capsa": "{capsa} create -p {python} {box}",
        "uv": "{uv} venv --seed -p {python} {box}",
        "virtualenv": "{virtualenv} -p {python} {box}",
        "venv": "{python} -m venv {box}",
    }
    played = [Contender(name=name, tool=name, timed=steps(line), proof=SEEDED) for name, line in lines.items()]
    # Spares are made in the background, so each run waits, untimed, until the last one's are there.
    first = step("{capsa} create -p {python} {here}/first")
    played[0] = replace(played[0], once=(first,), before=(SPARES_ARE_THERE,))
    linked = step("env CAPSA_SPARES=0 {capsa} create -p {python} {box}")
    played.insert(1, Contender(name="capsa, linked", tool="capsa", cache="linked", timed=(linked,), proof=SEEDED))
    title = "create: a box with pip"
    return Scene(name="create-pip", title=title, contenders=tuple(played), rounds=(11, 11), has_set=False)


def install_scenes() -> tuple[Scene, ...]:
    """Return the scenes of one install: with an empty cache, with a full one, and with nothing to do."""
    into_new = tuple(
        Contender(name=tool, tool=tool, before=(BOXES[tool],), timed=(INSTALLS[tool],), proof=FILLED) for tool in BOXES
    )
    again = tuple(
        Contender(name=tool, tool=tool, once=(BOXES[tool], INSTALLS[tool]), timed=(INSTALLS[tool],), proof=FILLED)
        for tool in BOXES
    )
    cold, warm = "install: a new box, an empty cache", "install: a new box, a full cache"
    return (
        Scene(name="install-cold", title=cold, contenders=into_new, rounds=(7, 5), is_cold=True, is_heavy=True),
        Scene(name="install-warm", title=warm, contenders=into_new, rounds=(11, 5), is_heavy=True),
        Scene(name="install-noop", title="install: nothing to do", contenders=again, rounds=(21, 11), is_kept=True),
    )


def first_import() -> Scene:
    """Return the scene from no box at all to five packages imported, with full caches."""
    played = [
        Contender(name=tool, tool=tool, timed=(BOXES[tool], INSTALLS[tool], IMPORT), proof=FILLED) for tool in BOXES
    ]
    compiled = step("{uv} pip install --compile-bytecode -p {box} {requirements}", "install")
    played.insert(2, Contender(name="uv, compiled", tool="uv", timed=(BOXES["uv"], compiled, IMPORT), proof=FILLED))
    # In a cache of its own, where the first round leaves the bytecode as the background would have done.
    stored = step("{capsa} install --compile --env {box} {requirements}", "install")
    timed = (BOXES["capsa"], stored, IMPORT)
    played.insert(1, Contender(name="capsa, stored", tool="capsa", cache="stored", timed=timed, proof=FILLED))
    return Scene(
        name="first-import",
        title="from no box to the first import of five packages, a full cache",
        contenders=tuple(played),
        rounds=(11, 5),
        apart=("install", "import"),
        is_heavy=True,
    )


def project_scenes(parcel: Parcel) -> tuple[Scene, ...]:
    """Return the scenes of a project: lock with a full cache, sync and run with nothing to do."""
    files = (("pyproject.toml", project_file(parcel)),)
    ready = {
        "capsa": steps("{capsa} create --no-pip -p {python} {box}", "{capsa} lock", "{capsa} sync"),
        "uv": steps("{uv} venv -p {python} {box}", "{uv} lock", "{uv} sync"),
    }
    look = {tool: Step(words=(f"{{{tool}}}", "run", "python", "-c", "{import}")) for tool in ready}
    synced = tuple(
        Contender(name=tool, tool=tool, once=ready[tool], timed=steps(f"{{{tool}}} sync"), proof=FILLED, files=files)
        for tool in ready
    )
    ran = tuple(
        Contender(
            name=tool, tool=tool, once=(*ready[tool], look[tool]), timed=steps(f"{{{tool}}} run true"),
            proof=FILLED, files=files,
        )
        for tool in ready
    )  # fmt: skip
    again = tuple(
        Contender(
            name=tool, tool=tool, once=ready[tool], timed=steps(f"{{{tool}}} lock"), files=files,
            proof=Proof(lock=LOCKS.get(tool, LOCK)),
        )
        for tool in ready
    )  # fmt: skip
    return (
        Scene(name="lock-warm", title="lock: no lock yet, a full cache", contenders=lockers(files), rounds=(11, 7)),
        Scene(name="lock-noop", title="lock: nothing to do", contenders=again, rounds=(21, 11), is_kept=True),
        Scene(name="sync-noop", title="sync: nothing to do", contenders=synced, rounds=(21, 11), is_kept=True),
        Scene(name="run", title="run: `true` in a synced project", contenders=ran, rounds=(21, 11), is_kept=True),
    )


def lockers(files: tuple[tuple[str, str], ...]) -> tuple[Contender, ...]:
    """Return who locks, and how; all but `uv lock` solve for the one interpreter, that one for what the file names."""
    lines = {
        "capsa": ("capsa", "{capsa} lock -p {python}"),
        "uv": ("uv", "{uv} pip compile -p {python} --format pylock.toml -o {here}/pylock.toml {here}/pyproject.toml"),
        "uv lock": ("uv", "{uv} lock -p {python}"),
        "pip lock": ("pip", "{tools} -m pip lock -o {here}/pylock.toml {requirements}"),
    }
    return tuple(
        Contender(
            name=name, tool=tool, timed=steps(line), files=files,
            proof=Proof(lock=LOCKS["uv"] if name == "uv lock" else LOCK),
        )
        for name, (tool, line) in lines.items()
    )  # fmt: skip


def project_file(parcel: Parcel) -> str:
    """Return the pyproject.toml of a project that is no package and asks for one set.

    uv solves for every platform and Python that it may, and the mirror has the wheels of this one only.
    """
    version = ".".join(map(str, sys.version_info[:3]))
    here = (
        f"sys_platform == '{sys.platform}' and platform_machine == '{platform.machine()}'"
        f" and implementation_name == '{sys.implementation.name}'"
    )
    wanted = "".join(f'    "{requirement}",\n' for requirement in parcel.requirements)
    return (
        f'[project]\nname = "sample"\nversion = "1"\nrequires-python = "=={version}"\n'
        f'dependencies = [\n{wanted}]\n\n[tool.uv]\nenvironments = ["{here}"]\n'
    )
