"""Puts the pip of the store into a box that is being made: its files, then launchers, RECORD and receipt.

Its files are linked, or come as a spare; each is held against the manifest (size, time, mode) when it is put in. The
launchers' RECORD lines carry sizes but no hashes, which the specification allows: hashing is not on the fast path. Hot.
"""

from __future__ import annotations

import os

from capsa.disk.atomic import write_new
from capsa.disk.link import Linker, SourceChangedError, read_source
from capsa.environment.launcher import launcher_files
from capsa.environment.spare import link_tree, take_spare
from capsa.environment.wish import Wish
from capsa.errors import IntegrityError
from capsa.model.layout import RECEIPT, Layout
from capsa.model.manifest import Manifest

HOT = True  # the fast path: see docs/adr

_NAME = "pip"


class SeedDamagedError(IntegrityError):
    """The unpacked pip in the store is not what was verified; ``sha256`` is the archive's name there."""

    def __init__(self, message: str, *, sha256: str) -> None:
        super().__init__(message, hints=("empty the store: `capsa cache clear`",))
        self.sha256 = sha256


class Seed:
    """The pip for a new box: its ``manifest``; the ``tree`` where its archive is unpacked; the folder of ``spares``.

    Without ``spares`` ("") its files are linked.
    """

    __slots__ = ("manifest", "spares", "tree")

    def __init__(self, manifest: Manifest, tree: str, spares: str = "") -> None:
        self.manifest = manifest
        self.tree = tree
        self.spares = spares

    def put(self, place: str, wish: Wish, linker: Linker) -> None:
        """Fill the box that lies at ``place`` for now, and will at ``wish.root``, with the pip of the store.

        Raises SeedDamagedError when a file of the store is not what the manifest says.
        """
        _put(place, wish, self, linker)


def _put(place: str, wish: Wish, seed: Seed, linker: Linker) -> None:
    layout, minor = wish.layout, wish.interpreter.minor
    site, manifest = f"{place}/{layout.purelib}", seed.manifest
    try:
        if not (seed.spares and not os.listdir(site) and take_spare(seed.spares, site, manifest)):
            link_tree(site, manifest, seed.tree, linker)
        path, size, mtime_ns, mode, _ = manifest.record
        record = read_source(f"{seed.tree}/{path}", (size, mtime_ns, mode))
    except SourceChangedError as error:
        raise _damaged(manifest, error.message) from error
    written = _write_launchers(place, layout, minor, manifest)
    depth = "../" * (layout.purelib.count("/") + 1)
    rows = "".join(f"{depth}{layout.scripts}/{name},,{size}\n" for name, size in written)
    write_new(f"{site}/{manifest.info}/RECORD", record + rows.encode("utf-8"))
    write_new(f"{place}/{RECEIPT}", _receipt_text(layout, manifest).encode("utf-8"))


def _write_launchers(place: str, layout: Layout, minor: str, seed: Manifest) -> list[tuple[str, int]]:
    reference = next((target for name, target in seed.console_scripts if name == _NAME), "")
    if not reference:
        raise _damaged(seed, f"{seed.filename} has no entry point `pip`")
    module, _, attribute = reference.partition(":")
    python, platform = layout.path(layout.python), "win32" if layout.is_windows else "linux"
    written = []
    for name in (_NAME, "pip3", f"pip{minor}"):
        for file_name, content in launcher_files(name, (module, attribute), python, is_gui=False, platform=platform):
            write_new(f"{place}/{layout.scripts}/{file_name}", content, 0o755)
            written.append((file_name, len(content)))
    return written


def _receipt_text(layout: Layout, seed: Manifest) -> str:
    # The text that model.receipt.format_receipt gives, without `json`: no value here can need escaping.
    fields = {
        "filename": seed.filename,
        "info": f"{layout.purelib}/{seed.info}",
        "name": seed.project,
        "sha256": seed.sha256,
        "url": "",
        "version": seed.release,
    }
    row = ", ".join(f'"{key}": "{value}"' for key, value in fields.items())
    return f'{{"version": 1, "packages": [\n  {{{row}}}\n]}}\n'


def _damaged(seed: Manifest, reason: str) -> SeedDamagedError:
    return SeedDamagedError(f"pip {seed.release} in the store is damaged: {reason}", sha256=seed.sha256)
