"""A box and an unpacked wheel for tests of what stands between them; neither needs a store or a commit."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from capsa.model.environment import Environment
from capsa.model.installation import Installation
from capsa.model.interpreter import Interpreter
from capsa.model.layout import Layout
from capsa.model.manifest import Manifest
from capsa.model.receipt import ReceiptEntry
from capsa.model.record import RecordRow, encode_digest, format_record

SITE = "lib/python3.11/site-packages"


def interpreter(**changes: object) -> Interpreter:
    """Return the facts of an invented CPython 3.11 on Linux, with changes."""
    facts: dict[str, object] = {
        "executable": "/opt/python/bin/python3.11",
        "base_executable": "/opt/python/bin/python3.11",
        "prefix": "/opt/python",
        "base_prefix": "/opt/python",
        "version": "3.11.7",
        "version_info": [3, 11, 7],
        "implementation": "cpython",
        "implementation_version": "3.11.7",
        "cache_tag": "cpython-311",
        "magic": "a70d0d0a",
        "soabi": "cpython-311-x86_64-linux-gnu",
        "is_debug": False,
        "is_free_threaded": False,
        "bits": 64,
        "platform": "linux",
        "platform_tag": "linux-x86_64",
        "libc": ["glibc", 2, 36],
        "markers": {
            "python_full_version": "3.11.7",
            "python_version": "3.11",
            "platform_release": "6.1.0",
            "platform_machine": "x86_64",
            "sys_platform": "linux",
        },
        "lib_name": "python3.11",
        "platlib_dir": "lib",
        "stdlib": "/opt/python/lib/python3.11",
        "ensurepip_wheel": "",
        "is_externally_managed": False,
    }
    return Interpreter(facts | changes)


def box(root: Path | str, *, platform: str = "linux", python: Interpreter | None = None) -> Environment:
    """Return a box at ``root``; on Linux its site-packages is made when the folder is there."""
    python = python or interpreter(platform=platform)
    layout = Layout(str(root), lib_name=python.lib_name, platform=python.platform)
    if Path(root).is_dir():
        Path(layout.site).mkdir(parents=True, exist_ok=True)
    return Environment(root=str(root), layout=layout, interpreter=python)


def unpack(  # noqa: PLR0913 - one keyword a part of a wheel; all but two are optional
    folder: Path,
    files: dict[str, bytes],
    *,
    name: str = "sample",
    programs: tuple[str, ...] = (),
    is_purelib: bool = True,
    console: dict[str, str] | None = None,
    gui: dict[str, str] | None = None,
) -> tuple[Manifest, str]:
    """Lay out a wheel as the store would, ready RECORD and INSTALLER included; return (manifest, tree)."""
    tree = folder / "tree"
    info = f"{name}-1.0.dist-info"
    contents = {f"{info}/METADATA": f"Name: {name}\nVersion: 1.0\n".encode(), f"{info}/INSTALLER": b"capsa\n"} | files
    rows = []
    for path, content in sorted(contents.items()):
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        mode = 0o555 if path in programs else 0o444
        target.chmod(mode)
        rows.append((path, len(content), 0, mode, hashlib.sha256(content).hexdigest()))
    lines = [
        RecordRow(path=path, algorithm="sha256", digest=encode_digest(digest), size=size)
        for path, size, _, _, digest in rows
    ]
    record = tree / info / "RECORD"
    record.write_text(format_record((*lines, RecordRow(path=f"{info}/RECORD"))), encoding="utf-8")
    record.chmod(0o444)
    for place in (record, *(tree / path for path in contents)):
        os.utime(place, ns=(0, 0))
    size, digest = record.stat().st_size, hashlib.sha256(record.read_bytes()).hexdigest()
    facts = {
        "project": name,
        "release": "1.0",
        "filename": f"{name}-1.0-py3-none-any.whl",
        "sha256": "ab" * 32,
        "size": 1000,
        "requires_python": "",
        "is_purelib": is_purelib,
        "info": info,
        "files": rows,
        "record": (f"{info}/RECORD", size, 0, 0o444, digest),
        "console_scripts": list((console or {}).items()),
        "gui_scripts": list((gui or {}).items()),
    }
    return Manifest(facts), str(tree)


def entry(manifest: Manifest) -> ReceiptEntry:
    """Return the receipt's line for a package laid out by `unpack`."""
    return ReceiptEntry(
        name=manifest.project,
        version=manifest.release,
        filename=manifest.filename,
        sha256=manifest.sha256,
        url="https://index.example/files/x.whl",
        info=f"{SITE}/{manifest.info}",
    )


def put_in(root: Path, installation: Installation) -> None:
    """Do by copying what a commit does by links."""
    for source, target, *_ in installation.links:
        place = root / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(Path(installation.source) / source, place)
    for file in installation.written:
        place = root / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
        place.chmod(file.mode)
