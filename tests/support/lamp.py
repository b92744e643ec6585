"""The package that most tests put into boxes: lamp, in two versions, with a module and a program, and what is added."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsa.testing.wheel import make_wheel


def make_lamps(
    folder: Path,
    *,
    program: str = "lamp.command:main",
    more: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = (),
    data: Mapping[str, str] | None = None,
) -> None:
    """Make the wheels of lamp 1.0 and 2.0 in a folder; ``more`` are further files, ``data`` those of its .data."""
    for version in ("1.0", "2.0"):
        own = {"lamp/__init__.py": f"version = {version!r}\n", "lamp/bulb.py": "light = 1\n"}
        make_wheel(
            str(folder),
            "lamp",
            version,
            files={**own, **(more or {})},
            requires=list(requires),
            entry_points={"console_scripts": {"lamp": program}},
            data=dict(data or {}),
        )
