"""The mirror of `dev.py bench`: exactly the wheels that the sets come to, with their METADATA and pages, lying still.

Filled once by pip from the index that this machine has, for the Python that runs dev.py, and kept between runs.

    .dev/bench/mirror/KEY/wheels/SET/*.whl     as pip downloaded them
                          www/files/           the same by hard link, and *.whl.metadata
                          www/simple/PROJECT/  pages with the weight of real ones      www/lean/PROJECT/  what is there
                          sets.json            {set: {project: version}}; written last
"""

from __future__ import annotations

import email.parser
import glob
import hashlib
import json
import os
import shutil
import sys
import sysconfig
import zipfile

from workshop.bench.page import RELEASES, MirroredFile, format_page, split_wheel
from workshop.environment import DEV
from workshop.provision import pip_variables
from workshop.step import StepError, digest, read, run_quietly, say, write

BENCH = os.path.join(DEV, "bench")
SETS = {
    "small": ("requests",),
    "large": (
        "jupyterlab", "pandas", "scipy", "django", "sympy", "fastapi[standard]", "matplotlib", "celery[redis]", "boto3",
    ),
}  # fmt: skip
SEED = "seed"  # what boxes with pip are seeded with
SEEDED = ("pip", "setuptools", "wheel")
IMPORTS = {
    "small": ("requests", "urllib3", "idna", "certifi", "charset_normalizer"),
    "large": ("pandas", "scipy.stats", "django.db.models", "sympy", "matplotlib.pyplot"),
}
FORM = "1"  # of the tree; another number makes every mirror anew


def ensure_mirror(python: str) -> str:
    """Return the folder of a finished mirror; ``python`` is one that has pip and is of the version that boxes get."""
    wanted = {SEED: SEEDED, **SETS}
    identity = digest([FORM, sys.version.split()[0].rpartition(".")[0], sysconfig.get_platform(), json.dumps(wanted)])
    folder = os.path.join(BENCH, "mirror", identity[:16])
    if not read(os.path.join(folder, "sets.json")):
        shutil.rmtree(folder, ignore_errors=True)
        for name, requirements in wanted.items():
            say(f"filling the mirror, set {name}: {' '.join(requirements)}")
            download(python, requirements, os.path.join(folder, "wheels", name))
        publish(folder)
    return folder


def download(python: str, requirements: tuple[str, ...], folder: str) -> None:
    """Let pip solve some requirements and fetch the wheels, with the machine's own settings."""
    os.makedirs(folder)
    command = [python, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "-d", folder, *requirements]
    run_quietly(command, pip_variables(), what="filling the mirror of the benchmarks", timeout=3600)


def publish(folder: str) -> None:
    """Write the tree that is served, out of ``wheels/``; `sets.json` last."""
    site = os.path.join(folder, "www")
    os.makedirs(os.path.join(site, "files"))
    sets: dict[str, dict[str, str]] = {}
    projects: dict[str, dict[str, MirroredFile]] = {}
    for path in sorted(glob.glob(os.path.join(folder, "wheels", "*", "*"))):
        name = os.path.basename(path)
        if not name.endswith(".whl"):
            raise StepError(f"the mirror of the benchmarks holds wheels only, and pip brought {name}")
        project, version = split_wheel(name)
        sets.setdefault(os.path.basename(os.path.dirname(path)), {})[project] = version
        if name not in projects.setdefault(project, {}):
            projects[project][name] = mirrored(path, os.path.join(site, "files", name))
    for project, files in projects.items():
        for tree, releases in (("simple", RELEASES), ("lean", 0)):
            page = os.path.join(site, tree, project, "index.json")
            os.makedirs(os.path.dirname(page))
            write(page, format_page(project, list(files.values()), releases=releases))
    write(os.path.join(folder, "sets.json"), json.dumps(sets, indent=1, sort_keys=True))


def mirrored(path: str, target: str) -> MirroredFile:
    """Put a wheel and its METADATA at their places in the tree and return what a page says of them."""
    os.link(path, target)
    with zipfile.ZipFile(path) as archive:
        # The shortest: a vendored dist-info lies deeper.
        name = min((name for name in archive.namelist() if name.endswith(".dist-info/METADATA")), key=len)
        metadata = archive.read(name)
    with open(f"{target}.metadata", "wb") as stream:
        stream.write(metadata)
    with open(path, "rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    fields = email.parser.BytesHeaderParser().parsebytes(metadata)
    return MirroredFile(
        filename=os.path.basename(path),
        sha256=sha256,
        size=os.path.getsize(path),
        requires_python=str(fields.get("Requires-Python") or ""),
        metadata_sha256=hashlib.sha256(metadata).hexdigest(),
    )


def read_sets(folder: str) -> dict[str, dict[str, str]]:
    """Return what each set of a mirror comes to: {set: {project: version}}."""
    found: dict[str, dict[str, str]] = json.loads(read(os.path.join(folder, "sets.json")))
    return found
