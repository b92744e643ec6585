"""How an unpacked wheel lands in a box: each member's place, and the files that are made for this box alone.

Follows the wheel specification (PEP 427, PEP 491), PEP 376 and PEP 627 (RECORD, INSTALLER, REQUESTED) and PEP 610
(direct_url.json). Only reads scripts out of the tree; changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping

from capsa.disk.link import read_source
from capsa.environment.launcher import launcher_files, script_files
from capsa.errors import IntegrityError, quoted
from capsa.model.environment import Environment
from capsa.model.installation import Installation, Link, WrittenFile
from capsa.model.layout import CAPSA, CONFIG
from capsa.model.manifest import Manifest
from capsa.model.receipt import ReceiptEntry
from capsa.model.record import RecordRow, encode_digest, format_record

_EXECUTABLE = 0o755
_KEYS = ("purelib", "platlib", "scripts", "data", "headers")
# What an installer says of its own doing; a wheel that brings such a file would speak for us.
_OURS = ("REQUESTED", "direct_url.json")
_OUR_PYTHON = b"#!python"

Row = tuple[str, int, int, int, str]
"""A file of the tree, as `capsa.model.manifest` keeps it."""


def installation(environment: Environment, manifest: Manifest, tree: str, *, entry: ReceiptEntry) -> Installation:
    """Return where every file of an unpacked wheel goes.

    ``tree`` is the absolute folder that ``manifest`` describes; ``entry`` tells whether there is a REQUESTED and a
    direct_url.json. Where nothing is written, moved or left out, the RECORD that lies ready in the tree is linked;
    otherwise this box gets one of its own, with hash and size of every file. Raises IntegrityError that names the
    member with no fitting, or no free, place; SourceChangedError where one that is read was changed.
    """
    landing = _Landing(environment, manifest, tree)
    landing.add_members()
    for name, reference, is_gui in _entry_points(environment, manifest):
        landing.add_launcher(name, reference, is_gui=is_gui)
    if entry.is_requested:
        landing.write(landing.info("REQUESTED"), b"", source="REQUESTED")
    if entry.direct_url is not None:
        landing.write(landing.info("direct_url.json"), _json(entry.direct_url), source="direct_url.json")
    landing.add_record()
    return Installation(entry=entry, source=tree, links=tuple(landing.links), written=tuple(landing.written))


class _Landing:
    """Collects links, written files and RECORD rows of one wheel, and sees to it that no place is taken twice."""

    def __init__(self, environment: Environment, manifest: Manifest, tree: str) -> None:
        self.links: list[Link] = []
        self.written: list[WrittenFile] = []
        self._environment = environment
        self._manifest = manifest
        self._tree = tree
        self._site = environment.layout.scheme(manifest.root, manifest.project)
        self._folders = {key: environment.layout.scheme(key, manifest.project) for key in _KEYS}
        self._own_programs = _own_programs(environment)
        self._left_out = {f"{manifest.info}/{name}" for name in _OURS}
        self._launchers = {name for name, _, _ in _entry_points(environment, manifest)}
        self._additions: list[tuple[str, str, int]] = []  # target, sha256 in hex, size of written files
        self._sources: dict[str, str] = {}
        self._is_moved = False

    @property
    def _python(self) -> str:
        return self._environment.layout.path(self._environment.layout.python)

    def info(self, name: str) -> str:
        """The place of a file in the dist-info folder."""
        return f"{self._site}/{self._manifest.info}/{name}"

    def add_members(self) -> None:
        """Link the members of the tree to their places, or write those that must differ."""
        inside = f"{self._site}/"
        for row in self._manifest.files:
            path, size, mtime_ns, mode, _ = row
            # Nearly every member lies where its path says; looking closely at each would take 2 us.
            if ".data/" in path or _is_odd(path) or path in self._left_out:
                self._add_member(row)
                continue
            target = inside + path
            self._take(target, path)
            self.links.append((path, target, size, mtime_ns, mode))

    def _add_member(self, row: Row) -> None:
        path, size, mtime_ns, mode, _ = row
        key, below = self._manifest.destination(path)
        is_script = key == "scripts"
        if path in self._left_out or (is_script and _program_name(below) in self._launchers):
            self._is_moved = True
            return
        # The ready RECORD says where the members lie in the wheel: it holds while they lie there in the box too.
        self._is_moved |= below is not path
        target = self._target(path, key, below)
        if is_script and self._add_script(row, target):
            return
        self._take(target, path)
        self.links.append((path, target, size, mtime_ns, mode))

    def add_launcher(self, name: str, reference: str, *, is_gui: bool) -> None:
        """Write the launcher of one entry point."""
        source = f"{self._manifest.info}/entry_points.txt"
        if not name or any(sign in name for sign in "/\\\0\n\r"):
            raise self._refusal(source, f"names a program {quoted(name)}, which can't be a file name")
        parsed = _parsed(reference)
        if parsed is None:
            raise self._refusal(source, f"says that {name} starts `{reference}`, which is not `module:attribute`")
        platform = self._environment.interpreter.platform
        for file, content in launcher_files(name, parsed, self._python, is_gui=is_gui, platform=platform):
            self.write(self._target(source, "scripts", file), content, source=source, mode=_EXECUTABLE)

    def write(self, target: str, content: bytes, *, source: str, mode: int = 0o644) -> None:
        """Write a file for this box alone."""
        self._take(target, source)
        self.written.append(WrittenFile(path=target, content=content, mode=mode))
        self._additions.append((target, hashlib.sha256(content).hexdigest(), len(content)))

    def add_record(self) -> None:
        """Link the ready RECORD, or write one for this box; the last step."""
        target = self.info("RECORD")
        self._take(target, "RECORD")
        ready = f"{self._manifest.info}/RECORD"
        if not self._is_moved and not self.written:
            self.links.append((ready, target, *self._manifest.record[1:4]))
            return
        if self._is_moved:
            facts = {path: (sha256, size) for path, size, _, _, sha256 in self._manifest.files}
            linked = [(place, *facts[path]) for path, place, *_ in self.links]
            own = format_record((RecordRow(path=self._recorded(target)),))
            text = self._record([*linked, *self._additions]) + own
        else:
            # Making every line anew costs 10 us a file: most of a warm install of a large set.
            lines = self._read(self._manifest.record).decode("utf-8").rstrip()
            text = f"{lines}\n{self._record(self._additions)}"
        self.written.append(WrittenFile(path=target, content=text.encode("utf-8")))

    def _record(self, rows: list[tuple[str, str, int]]) -> str:
        return format_record(
            tuple(
                RecordRow(path=self._recorded(path), algorithm="sha256", digest=encode_digest(sha256), size=size)
                for path, sha256, size in rows
            )
        )

    def _add_script(self, row: Row, target: str) -> bool:
        """Write a script that can't be linked as it is: without the executable bit, or with ``#!python``."""
        path, _, _, mode, _ = row
        is_ours = self._read(row, most=len(_OUR_PYTHON)) == _OUR_PYTHON
        if mode & 0o111 and not is_ours:
            return False
        content = self._read(row)
        folder, name = posixpath.split(target)
        files: tuple[tuple[str, bytes], ...] = ((name, content),)
        if is_ours:
            files = script_files(name, content, self._python, platform=self._environment.interpreter.platform)
        for file, text in files:
            self.write(f"{folder}/{file}", text, source=path, mode=_EXECUTABLE)
        return True

    def _read(self, row: Row, most: int | None = None) -> bytes:
        path, size, mtime_ns, mode, _ = row
        return read_source(f"{self._tree}/{path}", (size, mtime_ns, mode), most=most)

    def _target(self, path: str, key: str, below: str) -> str:
        folder = self._folders.get(key)
        if folder is None or not below:
            raise self._refusal(path, "lies in no folder that a wheel may have")
        parts = below.split("/")
        if "" in parts or "." in parts or ".." in parts or "\\" in below or ":" in parts[0][1:2]:
            raise self._refusal(path, "would land outside its folder")
        if folder == self._site:
            return f"{folder}/{below}"
        target = f"{folder}/{below}" if folder else below
        if target.partition("/")[0].lower() in {CAPSA, CONFIG} or target.lower() in self._own_programs:
            raise self._refusal(path, "would replace a part of the box itself")
        return target

    def _take(self, target: str, source: str) -> None:
        if target in self._sources:
            raise self._refusal(source, f"would land on the place of {self._sources[target]}: {target}")
        self._sources[target] = source

    def _recorded(self, target: str) -> str:
        inside = f"{self._site}/"
        return target[len(inside) :] if target.startswith(inside) else posixpath.relpath(target, self._site)

    def _refusal(self, member: str, what: str) -> IntegrityError:
        return IntegrityError(f"{self._manifest.filename}: {member} {what}")


def _is_odd(path: str) -> bool:
    """Whether a member's path may be one that leads elsewhere: such a one is looked at closely."""
    return ".." in path or "/." in path or "//" in path or "\\" in path or ":" in path or path[:1] in {"/", "."}


def _own_programs(environment: Environment) -> frozenset[str]:
    layout, interpreter = environment.layout, environment.interpreter
    ending = ".exe" if layout.is_windows else ""
    names = ("python", "python3", f"python{interpreter.minor}", "pythonw", interpreter.implementation)
    return frozenset(f"{layout.scripts}/{name}{ending}".lower() for name in names)


def _entry_points(environment: Environment, manifest: Manifest) -> tuple[tuple[str, str, bool], ...]:
    """Return (name, reference, is it a window program), each name once."""
    points = {name: (reference, False) for name, reference in manifest.console_scripts}
    if manifest.project == "pip" and "pip" in points:
        # pip's wheel says pip3 or the version that built it; pip itself makes the names of the box's Python.
        points = {name: point for name, point in points.items() if not name.removeprefix("pip")[:1].isdigit()}
        major = environment.interpreter.version_info[0]
        for name in (f"pip{major}", f"pip{environment.interpreter.minor}"):
            points[name] = points["pip"]
    points |= {name: (reference, True) for name, reference in manifest.gui_scripts}
    return tuple((name, reference, is_gui) for name, (reference, is_gui) in points.items())


def _program_name(script: str) -> str:
    """Return the entry point that a script of an old wheel stands for: such a script gives way to its launcher."""
    for ending in (".exe", "-script.py", "-script.pyw"):
        script = script.removesuffix(ending)
    return script


def _parsed(reference: str) -> tuple[str, str] | None:
    """Return (module, attribute) of ``module:attribute [extra]``, or None when it is not that."""
    module, _, attribute = reference.partition("[")[0].partition(":")
    parts = module.strip(), attribute.strip()
    names = [name for part in parts for name in part.split(".")]
    return parts if all(name.isidentifier() for name in names) else None


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False).encode("utf-8")
