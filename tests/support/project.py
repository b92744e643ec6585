"""Source projects whose build backend lies in the source itself (PEP 517, backend-path), so that nothing is fetched."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# What a project says of itself stands in facts.json; what the backend was told is kept in the module that it makes.
BACKEND = r"""
import base64, hashlib, json, os, sys, zipfile

FACTS = json.load(open("facts.json"))
INFO = "{name}-{version}.dist-info".format(**FACTS)


def _log(hook):
    if FACTS["diary"]:
        with open(FACTS["diary"], "a") as diary:
            diary.write(hook + " " + FACTS["name"] + " " + sys.prefix + "\n")


def _metadata():
    lines = ["Metadata-Version: 2.1", "Name: " + FACTS["name"], "Version: " + FACTS["version"]]
    return "\n".join(lines + ["Requires-Dist: " + text for text in FACTS["demands"]]) + "\n"


def _wheel(folder, files):
    files = dict(files)
    files[INFO + "/METADATA"] = _metadata()
    files[INFO + "/WHEEL"] = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[INFO + "/entry_points.txt"] = "[console_scripts]\n{name} = {name}:main\n".format(**FACTS)
    rows = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append("{},sha256={},{}".format(path, digest, len(text.encode())))
    files[INFO + "/RECORD"] = "\n".join(rows + [INFO + "/RECORD,,"]) + "\n"
    name = "{name}-{version}-py3-none-any.whl".format(**FACTS)
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return name


def get_requires_for_build_wheel(config_settings=None):
    return FACTS["more"]


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    _log("metadata")
    os.makedirs(os.path.join(metadata_directory, INFO))
    with open(os.path.join(metadata_directory, INFO, "METADATA"), "w") as stream:
        stream.write(_metadata())
    return INFO


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _log("wheel")
    print("the backend of", FACTS["name"], "is at work")
    if FACTS["fails"]:
        print("the compiler said: no such header", file=sys.stderr)
        raise SystemExit(3)
    text = open(FACTS["name"] + ".py").read() + "settings = " + repr(config_settings) + "\n"
    return _wheel(wheel_directory, {FACTS["name"] + ".py": text})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    _log("editable")
    return _wheel(wheel_directory, {FACTS["name"] + ".pth": os.getcwd() + "\n"})


if not FACTS["asks"]:
    del prepare_metadata_for_build_wheel
"""


def make_project(  # noqa: PLR0913 - one keyword a fact; all but two are optional
    folder: Path,
    name: str,
    *,
    version: str = "1.0",
    demands: Sequence[str] = (),
    requires: Sequence[str] = (),
    more: Sequence[str] = (),
    diary: Path | None = None,
    fails: bool = False,
    asks: bool = True,
) -> Path:
    """Write a project into ``folder`` and return it.

    ``demands`` are its dependencies, ``requires`` what its build requires, ``more`` what its backend asks for besides.
    The backend notes what it was asked for in ``diary``; ``fails`` makes its wheels fail, ``asks`` False leaves out the
    hook that tells the metadata.
    """
    folder.mkdir(parents=True)
    facts = {
        "name": name,
        "version": version,
        "demands": list(demands),
        "more": list(more),
        "diary": str(diary) if diary else "",
        "fails": fails,
        "asks": asks,
    }
    (folder / "facts.json").write_text(json.dumps(facts))
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = {json.dumps(list(requires))}\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / f"{name}.py").write_text('light = 1\n\n\ndef main():\n    print("light", light)\n')
    return folder


def pack(project: Path, folder: Path, *, name: str = "", extra: Mapping[str, str] = {}) -> Path:
    """Pack a project as an sdist into ``folder`` and return its path; ``extra`` are more files by path."""
    facts = json.loads((project / "facts.json").read_text())
    stem = f"{facts['name']}-{facts['version']}"
    contents = {path.name: path.read_bytes() for path in sorted(project.iterdir()) if path.is_file()}
    contents |= {path: text.encode() for path, text in extra.items()}
    target = folder / (name or f"{stem}.tar.gz")
    with tarfile.open(target, "w:gz") as archive:
        for path, content in contents.items():
            member = tarfile.TarInfo(f"{stem}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target
