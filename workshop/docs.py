"""The documentation as a site: the generated pages first, then Sphinx over the checkout; every warning is an error."""

from __future__ import annotations

import os

from workshop.environment import ensure
from workshop.step import ROOT, SOURCE, run, say, variables

SITE = os.path.join(ROOT, ".dev", "site")


def build() -> int:
    """Write the pages that are made from tables, and the site into `.dev/site`; returns the exit status."""
    python = ensure("docs")
    own = variables(PYTHONPATH=os.pathsep.join([SOURCE, ROOT]))
    status = run([python, "-m", "workshop.reference"], own)
    if status:
        return status
    # A fresh environment: what the navigation lists is put in by conf.py, which Sphinx does not see change.
    sphinx = [
        python,
        "-m",
        "sphinx",
        "--quiet",
        "--fail-on-warning",
        "--keep-going",
        "--builder",
        "html",
        "--fresh-env",
    ]
    places = ["--conf-dir", os.path.join(ROOT, "docs"), "--doctree-dir", os.path.join(ROOT, ".dev", "doctrees")]
    status = run([*sphinx, *places, ROOT, SITE], own)
    if not status:
        say(f"wrote {os.path.join('.dev', 'site', 'docs', 'index.html')}")
    return status
