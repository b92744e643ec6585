"""Puts the pip of the store into a box that is being made: its files linked, its launchers, RECORD and receipt written.

Every file of the store is held against the manifest (size, time, mode) when it is linked. The launchers' RECORD lines
carry sizes but no hashes, which the specification allows: hashing is not on the fast path. Hot.
"""

from __future__ import annotations

from capsa.disk.atomic import make_folder, write_new
from capsa.disk.link import Linker, SourceChangedError
from capsa.environment.launcher import launcher_files
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


def put_pip(place: str, layout: Layout, minor: str, seed: Manifest, tree: str, linker: Linker) -> None:
    """Fill the box that lies at ``place`` for now, and will at ``layout.root``, with the pip of the store.

    ``minor`` is the box's Python ("3.12"); ``tree`` the folder where the archive of ``seed`` is unpacked. Raises
    SeedDamagedError when a file there differs from the manifest.
    """
    site = f"{place}/{layout.purelib}"
    _link(site, seed, tree, linker)
    written = _write_launchers(place, layout, minor, seed)
    depth = "../" * (layout.purelib.count("/") + 1)
    with open(f"{tree}/{seed.info}/RECORD", "rb") as stream:
        record = stream.read()
    rows = "".join(f"{depth}{layout.scripts}/{name},,{size}\n" for name, size in written)
    write_new(f"{site}/{seed.info}/RECORD", record + rows.encode("utf-8"))
    write_new(f"{place}/{RECEIPT}", _receipt_text(layout, seed).encode("utf-8"))


def _link(site: str, seed: Manifest, tree: str, linker: Linker) -> None:
    folders = {""}
    record = f"{seed.info}/RECORD"
    for path, size, mtime_ns, mode, _ in seed.files:
        folder = path.rpartition("/")[0]
        if folder not in folders:
            _make_folders(site, folder, folders)
        if path != record:
            try:
                linker.link(f"{tree}/{path}", f"{site}/{path}", (size, mtime_ns, mode))
            except SourceChangedError as error:
                raise _damaged(seed, error.message) from error


def _make_folders(site: str, folder: str, made: set[str]) -> None:
    above = folder.rpartition("/")[0]
    if above not in made:
        _make_folders(site, above, made)
    make_folder(f"{site}/{folder}")
    made.add(folder)


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
