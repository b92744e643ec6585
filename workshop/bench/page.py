"""Pages of a simple index that lies still on disk (PEP 503 names, PEP 691 JSON, PEP 658 and 714 metadata). Pure.

Real pages are long: those of the large set together list 15,713 releases with 95,795 files in 42.5 MB, and reading them
is a good part of what a resolver does. A mirror of the chosen files alone would hide that, so a page may be padded with
invented releases, older than any real one, that no resolver has a reason to choose and whose files do not exist.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

KIND = "application/vnd.pypi.simple.v1+json"
RELEASES = 96  # invented ones a page: 15,713 over 164 pages
TAGS = (
    "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "cp312-cp312-macosx_11_0_arm64", "cp312-cp312-win_amd64", "py3-none-any",
)  # fmt: skip
_UPLOADED = "2016-05-0{day}T12:{minute:02}:00.000000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredFile:
    """A wheel that lies in the mirror, with the sha256 of itself and of its METADATA."""

    filename: str
    sha256: str
    size: int
    requires_python: str
    metadata_sha256: str


def normalize(name: str) -> str:
    """Return a project's name as indexes write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def split_wheel(filename: str) -> tuple[str, str]:
    """Return the normalized project and the version that a wheel's file name tells (PEP 427)."""
    project, version, *_ = filename.split("-")
    return normalize(project), version


def format_page(project: str, files: Sequence[MirroredFile], *, releases: int = 0) -> str:
    """Return the page of a project with its files and with so many invented releases before them."""
    rows = [*_invented(project, releases), *(_row(file) for file in files)]
    versions = [f"0.0.0.{number}" for number in range(releases)] + [split_wheel(file.filename)[1] for file in files]
    document = {"meta": {"api-version": "1.1"}, "name": project, "versions": versions, "files": rows}
    return json.dumps(document, separators=(",", ":"))


def _row(file: MirroredFile) -> dict[str, Any]:
    row = {
        "filename": file.filename,
        "url": f"../../files/{file.filename}",
        "hashes": {"sha256": file.sha256},
        "size": file.size,
        "upload-time": "2020-01-01T12:00:00.000000Z",
        "yanked": False,
        "core-metadata": {"sha256": file.metadata_sha256},
    }
    return row | ({"requires-python": file.requires_python} if file.requires_python else {})


def _invented(project: str, releases: int) -> Iterator[dict[str, Any]]:
    escaped = project.replace("-", "_")
    for number in range(releases):
        names = [f"{escaped}-0.0.0.{number}-{tag}.whl" for tag in TAGS] + [f"{escaped}-0.0.0.{number}.tar.gz"]
        for filename in names:
            sha256 = hashlib.sha256(filename.encode()).hexdigest()
            row: dict[str, Any] = {
                "filename": filename,
                "url": f"../../files/{sha256[:2]}/{sha256[2:4]}/{sha256[4:]}/{filename}",
                "hashes": {"sha256": sha256},
                "requires-python": ">=3.8",
                "size": 100_000 + number,
                "upload-time": _UPLOADED.format(day=1 + number % 9, minute=number % 60),
                "yanked": False,
            }
            yield row | ({} if filename.endswith(".tar.gz") else {"core-metadata": {"sha256": sha256}})
