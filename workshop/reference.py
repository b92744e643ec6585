"""The pages of the reference that are made from tables: commands and settings. A test holds the files against this.

python -m workshop.reference          writes docs/reference/commands.md and settings.md
"""

from __future__ import annotations

import os
import sys

from workshop.step import ROOT, write

from capsa.cli.option import EVERYWHERE
from capsa.cli.row import Option, Verb
from capsa.cli.table import AROUND, BOXES, INSIDE, PACKAGES, PROJECTS, VERBS
from capsa.settings.meaning import MEANINGS

FOLDER = os.path.join(ROOT, "docs", "reference")
NOTE = "<!-- made from the code by `python3 dev.py docs`: change the table there, not this page -->"


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {"commands.md": commands(), "settings.md": settings()}


def commands() -> str:
    """Return the page of all verbs."""
    intro = (
        "`capsa VERB --help` tells the same in the terminal. Exit codes: 0 done; 1 a failure that you can cause or "
        "cure; 2 wrong usage; 130 interrupted; `run` passes on what its command ends with."
    )
    parts = [NOTE, "# Commands", intro, "## Options of every verb", rows(EVERYWHERE)]
    for group in (BOXES, PROJECTS, PACKAGES, INSIDE, AROUND):
        parts.append(f"## {group}")
        parts += [section(verb) for verb in VERBS if verb.group == group]
    return "\n\n".join(parts) + "\n"


def section(verb: Verb) -> str:
    """Return what the page says of one verb."""
    usage = f"capsa {verb.name} [OPTION]..."
    parts = [f"### capsa {verb.name}", verb.text]
    if verb.words:
        many = "" if verb.words.most == 1 else "..."
        word = f"{verb.words.metavar}{many}"
        usage += f" {word}" if verb.words.least or verb.needs else f" [{word}]"
        parts.append(f"`{verb.words.metavar}`: {verb.words.help}.")
    parts.insert(1, f"```text\n{usage}\n```")
    own = tuple(option for option in verb.options if option.kind != "refused")
    if own:
        parts.append(rows(own))
    parts.append(f"Example: `{verb.example}`")
    return "\n\n".join(parts)


def rows(options: tuple[Option, ...]) -> str:
    """Return a table of options."""
    lines = ["| option | what it does |", "|---|---|"]
    for option in options:
        word = {"value": f" {option.metavar}", "list": f" {option.metavar}", "optional": f"[={option.metavar}]"}
        names = ", ".join(f"`{name}{word.get(option.kind, '')}`" for name in option.names)
        more = "; may be given several times" if option.kind == "list" else ""
        lines.append(f"| {names} | {option.help}{more} |")
    return "\n".join(lines)


LAYERS = """\
Weakest first: what is built in; pip's own configuration of indexes, certificates and proxies (`pip.conf` and `PIP_*`);
`capsa.toml` in your config folder; `[tool.capsa]` in the project's `pyproject.toml`, or a `capsa.toml` beside it;
variables; flags. `capsa config show` tells each value and where it comes from.

Each setting has a variable: `CAPSA_` and its name in capitals, with `_` for `-`. `CAPSA_CONFIG_FILE` names another file
than your `capsa.toml`; `CAPSA_NO_CONFIG=1` reads no file at all, pip's neither."""

OF_PROJECTS = """\
In `[tool.capsa]` of a project, and nowhere else, there are also `default-groups`, the dependency groups that `sync`
takes unasked (default: `["dev"]` where there is one), and `package`, which says whether the project itself is installed
into its box (default: whether it has a `[build-system]`)."""


def settings() -> str:
    """Return the page of all settings."""
    flags = {option.key: option.names[0] for verb in VERBS for option in verb.options}
    flags |= {option.key: option.names[0] for option in EVERYWHERE}
    lines = ["| setting | what it means | flag |", "|---|---|---|"]
    for key, meaning in sorted(MEANINGS.items()):
        lines.append(f"| `{key}` | {meaning} | {f'`{flags[key]}`' if key in flags else ''} |")
    return "\n\n".join([NOTE, "# Settings", LAYERS, "\n".join(lines), OF_PROJECTS]) + "\n"


def main() -> int:
    """Write the pages that differ; returns the exit status."""
    for name, text in pages().items():
        path = os.path.join(FOLDER, name)
        with open(path, encoding="utf-8") as stream:
            is_equal = stream.read() == text
        if not is_equal:
            write(path, text)
            print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
