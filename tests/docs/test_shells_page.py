"""The page about shells, and the guide, show the lines that the code knows: for each hook, and for each script."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsa.shell.hook import HOOKS
from capsa.shell.line import SHELLS, activation_line

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "shells.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "howto" / "step-in-on-cd.md").read_text(encoding="utf-8")


def cells(page: str) -> set[str]:
    """The cells of all tables of a page, as they are read, code without its marks."""
    rows = [line.replace("\\|", "\0") for line in page.splitlines() if line.startswith("|")]
    return {cell.strip().strip("`").replace("\0", "|") for row in rows for cell in row.split("|")}


@pytest.mark.parametrize("shell", HOOKS)
def test_the_line_of_each_hook_and_its_start_file_are_shown(shell: str) -> None:
    assert {HOOKS[shell].file, HOOKS[shell].line} <= cells(PAGE)


def test_the_guide_shows_no_other_lines_than_the_page() -> None:
    lines = {cell for cell in cells(GUIDE) if "capsa hook" in cell}
    assert len(lines) >= 4
    assert lines <= cells(PAGE)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_line_of_each_script_is_shown(shell: str) -> None:
    # As in a project's folder.
    if shell == "cmd":
        assert activation_line(shell, "C:\\shop\\.venv", "win32", folder="C:\\shop") in cells(PAGE)
    else:
        assert activation_line(shell, "/shop/.venv", folder="/shop") in cells(PAGE)
