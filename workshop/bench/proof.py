"""What a run left behind, held against what it should have: no figure of a failure is ever shown."""

from __future__ import annotations

import glob
import os
import re

from workshop.bench.page import normalize
from workshop.bench.scene import BOX, Parcel, Proof
from workshop.step import BIN, PYTHON_NAME, read

SEEDS = frozenset({"pip", "setuptools", "wheel"})


def shortcoming(proof: Proof, here: str, parcel: Parcel) -> str:
    """Return what is wrong with the folder of a run, "" when it is as it should be."""
    box = os.path.join(here, BOX)
    found = installed(box)
    if proof.has_box and not is_box(box):
        return "it made no box"
    if proof.has_pip is not None and ("pip" in found) != proof.has_pip:
        return "the box has no pip" if proof.has_pip else "the box has a pip"
    if proof.has_packages and (wrong := difference(parcel.packages, found)):
        return f"the box holds other packages than the set: {wrong}"
    if proof.lock and (missing := unlocked(os.path.join(here, proof.lock), parcel.packages)):
        return f"{proof.lock} does not name {', '.join(missing)}"
    return ""


def is_box(box: str) -> bool:
    """Whether a folder is a virtual environment with a Python that is there (PEP 405)."""
    return os.path.exists(os.path.join(box, "pyvenv.cfg")) and os.path.exists(os.path.join(box, BIN, PYTHON_NAME))


def installed(box: str) -> dict[str, str]:
    """Return {project: version} of what a box holds, by the names of its dist-info folders."""
    found = {}
    places = ("lib/python*/site-packages", "Lib/site-packages")
    for path in (path for place in places for path in glob.glob(os.path.join(glob.escape(box), place, "*.dist-info"))):
        name, _, version = os.path.basename(path)[: -len(".dist-info")].partition("-")
        found[normalize(name)] = version
    return found


def difference(wanted: dict[str, str], found: dict[str, str]) -> str:
    """Return how two sets of packages differ, in few words; the seeds of a box are never too much."""
    parts = [f"{name} {version} is not there" for name, version in wanted.items() if found.get(name) != version]
    parts += [f"{name} is too much" for name in sorted(found.keys() - wanted.keys() - SEEDS)]
    return "; ".join(parts[:5])


def unlocked(lock: str, packages: dict[str, str]) -> list[str]:
    """Return the projects that a lock file (PEP 751, or uv's own) does not name."""
    named = {normalize(name) for name in re.findall(r'^name\s*=\s*"([^"]+)"', read(lock), flags=re.MULTILINE)}
    return [name for name in sorted(packages) if name not in named]
