"""Packages as they lie in a box, whoever put them in; no commit and no store is needed."""

from __future__ import annotations

from pathlib import Path

from capsa.environment.wheel import installation
from capsa.model.environment import Environment
from capsa.model.receipt import ReceiptEntry
from capsa.value import replace
from support.box import entry, put_in, unpack


def put_by(
    tool: str, environment: Environment, folder: Path, files: dict[str, bytes], *, name: str = "sample"
) -> ReceiptEntry:
    """Put a package into a box as a tool would, and return what a receipt of capsa would say of it."""
    root = Path(environment.root)
    manifest, tree = unpack(folder / f"{tool}-{name}", files, name=name)
    wanted = replace(entry(manifest), is_requested=True)
    put_in(root, installation(environment, manifest, tree, entry=wanted))
    installer = root / wanted.info / "INSTALLER"
    installer.unlink()
    installer.write_text(f"{tool}\n")
    return wanted
