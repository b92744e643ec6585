"""How the site is made of the Markdown files: Sphinx with MyST. `python3 dev.py docs` runs it; warnings are errors.

The pages stay plain Markdown, to be read on a code host too: the navigation is put in here, not written into them.
"""

from __future__ import annotations

from typing import Any

project = "capsa"
author = "the capsa authors"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "capsa"
html_show_copyright = False
root_doc = "docs/index"
# The source folder is the whole checkout, so that pages may point to the documents beside `docs`.
include_patterns = ["docs/*.md", "docs/**/*.md", "*.md", "benchmarks/*.md"]
exclude_patterns = [".dev", "**/.venv"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
nitpicky = True

_OURS = ("README", "ARCHITECTURE", "CONTRIBUTING", "STYLE", "SECURITY", "CHANGELOG", "benchmarks/*", "docs/adr/*")
_PARTS = (
    (
        "Tutorials",
        tuple(f"docs/tutorial/{name}" for name in ("first-project", "first-box", "second-thoughts", "step-in")),
    ),
    ("How-to guides", ("docs/howto/*",)),
    ("Reference", ("docs/reference/*",)),
    ("Explanation", ("docs/explanation/*",)),
    ("For those who work on capsa", _OURS),
)


def navigation() -> str:
    """Return the trees of the side bar as MyST directives."""
    trees = []
    for caption, pages in _PARTS:
        lines = "\n".join(f"/{page}" for page in pages)
        trees.append(f"```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{lines}\n```\n")
    return "\n".join(trees)


def add_navigation(_app: Any, page: str, source: list[str]) -> None:
    """Put the navigation below the first page (the ``source-read`` event of Sphinx)."""
    if page == root_doc:
        source[0] += f"\n{navigation()}"


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", add_navigation)
    return {"parallel_read_safe": True}
