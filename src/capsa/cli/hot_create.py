"""The common form of `create` on the fast path: see `capsa.cli.hot`.

Returns the answer as text, or None for the slow path. Reads no settings file and starts no process.
"""

from __future__ import annotations

import os

from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.wish import Wish, prompt_text
from capsa.interpreter.discover import discover
from capsa.interpreter.known import reader
from capsa.interpreter.pyenv import find_pin
from capsa.machine.register import note_box
from capsa.model.surroundings import Surroundings
from capsa.settings.place import absolute, cache_root, data_root, has_variables
from capsa.shell.caller import calling_shell
from capsa.shell.line import activation_line
from capsa.shell.scripts import scripts
from capsa.terminal.sentence import activation, created, short_path

HOT = True  # the fast path: see docs/adr


def answer_create(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Make a box with a Python that is known."""
    store = cache_root(surroundings)
    if store is None or has_variables(surroundings) or _has_project(surroundings.folder):
        return None
    choice = discover(surroundings, reader(store), wanted=str(values.get("python", "")), origin="--python")
    interpreter = choice.interpreter
    prompt = prompt_text(str(values.get("prompt", "")), surroundings.folder)
    root = absolute(surroundings, str(values.get("path") or ".venv"))
    wish = Wish(
        root=root,
        interpreter=interpreter,
        scripts=scripts(root, prompt, interpreter.platform),
        prompt=prompt,
        has_system_site="system-site-packages" in values,
    )
    release = None
    if "no-pip" in values:
        create(wish, Linker())
    else:
        from capsa.cli.hot_seed import create_with_pip  # noqa: PLC0415 - a bare box needs none of it

        release = create_with_pip(wish, surroundings, store)
        if release is None:
            return None
    data_dir = data_root(surroundings)
    note_box(data_dir, root)
    if os.path.exists(f"{data_dir}/trust-v1/list"):
        from capsa.ops.entrust import renew_trust  # noqa: PLC0415 - few trust a project

        renew_trust(data_dir, root, prompt)
    shown = short_path(root, surroundings.folder, surroundings.home)
    line = activation_line(calling_shell(surroundings), root, surroundings.platform, folder=surroundings.folder)
    return f"{created(shown, interpreter.title, choice.reason, release)}\n{activation(line)}"


def _has_project(folder: str) -> bool:
    """Whether a pyproject.toml or a .python-version may have a word in which Python is taken."""
    if find_pin(folder) is not None:
        return True
    while not os.path.exists(f"{folder}/pyproject.toml"):
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
    return True
