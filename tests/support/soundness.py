"""Is a box whole, is a store sound? Every file by sha256, from outside: by RECORD and by the store's manifests."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from capsa.cache.page import read_page
from capsa.cache.seed import read_manifest

# What a box itself consists of, beside what packages brought; as of `capsa create`.
_OWN = ("pyvenv.cfg", ".gitignore", "CACHEDIR.TAG", ".lock")
_OWN_PROGRAMS = ("activate", "Activate", "python", "pypy")
# What may lie in .capsa between two commands.
_PAPERS = frozenset({"id", "lock", "receipt", "seal", "history", "damaged"})


def contents(root: Path) -> dict[str, str]:
    """What packages and people put into a box: path -> sha256 and permission bits; not bytecode, not capsa's own."""
    return {
        str(path.relative_to(root)): f"{path.stat().st_mode & 0o777:o} {sha256_of(path)}"
        for path in _files(root)
        if ".capsa" not in path.relative_to(root).parts and path.suffix != ".pyc"
    }


def box_faults(root: Path, *, is_settled: bool = True) -> list[str]:
    """What is wrong with a box: by the RECORD of each package, and by what no RECORD names.

    It is settled when a verb has changed it since a kill: only then notes that were not whole yet are gone too.
    """
    (site,) = root.glob("lib/*/site-packages")
    found = [f".capsa: {name} is left over" for name in _leftovers(root, is_settled=is_settled)]
    owned: set[str] = set()
    names: dict[str, str] = {}
    for info in sorted(site.glob("*.dist-info")):
        name = info.name.partition("-")[0].lower()
        if name in names:
            found.append(f"{info.name} and {names[name]} are both there")
        names[name] = info.name
        found.extend(f"{info.name}: {fault}" for fault in _package_faults(root, site, info, owned))
    for path in contents(root):
        first, _, rest = path.partition("/")
        is_own = path in _OWN or (first == "bin" and rest.startswith(_OWN_PROGRAMS))
        if not is_own and path not in owned:
            found.append(f"{path} belongs to nobody")
    return found


def _package_faults(root: Path, site: Path, info: Path, owned: set[str]) -> Iterator[str]:
    record = info / "RECORD"
    if not record.exists() or not (info / "METADATA").exists():
        yield "has no RECORD or no METADATA"
        return
    for row in csv.reader(record.read_text(encoding="utf-8").splitlines()):
        path = Path(os.path.normpath(site / row[0]))
        owned.add(str(path.relative_to(root)))
        if row[0].endswith(".pyc"):
            continue  # pip lists what it compiled; anybody may compile anew
        if not path.is_file():
            yield f"{row[0]} is missing"
        elif row[1] and row[1] != f"sha256={_digest(path)}":
            yield f"{row[0]} has another hash"
        elif row[2] and int(row[2]) != path.stat().st_size:
            yield f"{row[0]} has another size"


def _leftovers(root: Path, *, is_settled: bool) -> list[str]:
    own = root / ".capsa"
    strays = {str(path.relative_to(own)) for path in own.rglob(".capsa-*")}
    odd = {path.name for path in own.iterdir()} - _PAPERS - strays
    return sorted(odd | (strays if is_settled else set()))


def store_faults(cache: Path, *, is_full: bool = True) -> list[str]:
    """What is wrong with the archives of a store: by the manifest of each, every file, by its sha256 where full."""
    found = []
    for folder in sorted(cache.glob("archive-v1/*/*")):
        manifest = read_manifest(str(cache), folder.name)
        if manifest is None:
            found.append(f"{folder.name} has no manifest")
            continue
        rows = {row[0]: row for row in (*manifest.files, manifest.record)}
        there = {str(path.relative_to(folder / "tree")) for path in _files(folder / "tree")}
        found.extend(f"{manifest.filename}: {path} is extra" for path in there - rows.keys())
        found.extend(f"{manifest.filename}: {path} is missing" for path in rows.keys() - there)
        found.extend(
            f"{manifest.filename}: {path} is not what it was"
            for path in there & rows.keys()
            if not _is_as_written(folder / "tree" / path, (*rows[path][1:4], rows[path][4] if is_full else None))
        )
        if not (cache / "project-v1" / manifest.project / folder.name).exists():
            found.append(f"{manifest.filename} can't be found by its project")
        found.extend(_bytecode_faults(folder))
    return found


def _bytecode_faults(folder: Path) -> Iterator[str]:
    for place in folder.iterdir():
        if place.name in {"tree", "manifest"}:
            continue
        document = read_page(str(place / "manifest"))
        if not isinstance(document, dict):
            yield f"{place} has no manifest"
            continue
        for _, target, size, mtime_ns, mode in document["modules"]:
            if target and not _is_as_written(place / "tree" / target, (size, mtime_ns, mode, None)):
                yield f"{place}: {target} is not what it was"


def _is_as_written(path: Path, facts: tuple[int, int, int, str | None]) -> bool:
    size, mtime_ns, mode, sha256 = facts
    if not path.is_file():
        return False
    status = path.lstat()
    is_same = (status.st_size, status.st_mtime_ns, status.st_mode & 0o7777) == (size, mtime_ns, mode)
    return is_same and sha256 in {None, sha256_of(path)}


def store_hashes(cache: Path) -> dict[str, tuple[str, int]]:
    """Every file of the archives, by path: its sha256 and its inode. To be compared before and after."""
    files = (path for path in _files(cache) if "archive-v1" in path.relative_to(cache).parts)
    return {str(path.relative_to(cache)): (sha256_of(path), path.stat().st_ino) for path in files}


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(path: Path) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode("ascii")


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
