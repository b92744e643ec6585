"""The common form of `create` on the fast path: see `capsa.cli.hot`.

Returns the answer as text, or None for the slow path. Reads no settings file and starts no process.
"""

from __future__ import annotations

import os

from capsa.cache.seed import read_manifest, read_seed
from capsa.cache.store import Store
from capsa.disk.link import Linker
from capsa.environment.create import create
from capsa.environment.pip import Seed
from capsa.environment.wish import Wish, prompt_text
from capsa.interpreter.discover import discover
from capsa.interpreter.known import reader
from capsa.interpreter.pyenv import find_pin
from capsa.machine.register import note_box
from capsa.model.surroundings import Surroundings
from capsa.ops.spare import replenish
from capsa.settings.place import absolute, cache_root, data_root, has_variables, spare_count
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
    spares = spare_count(surroundings)
    if spares is None:
        return None
    choice = discover(surroundings, reader(store), wanted=str(values.get("python", "")), origin="--python")
    interpreter = choice.interpreter
    root = absolute(surroundings, str(values.get("path") or ".venv"))
    seed = None
    if "no-pip" not in values:
        manifest = read_manifest(store, read_seed(store, interpreter.minor) or "")
        if manifest is None:
            return None
        place = Store(store)
        seed = Seed(manifest, f"{place.archive(manifest.sha256)}/tree", place.spares(manifest.sha256) if spares else "")
    prompt = prompt_text(str(values.get("prompt", "")), surroundings.folder)
    wish = Wish(
        root=root,
        interpreter=interpreter,
        scripts=scripts(root, prompt, interpreter.platform),
        prompt=prompt,
        has_system_site="system-site-packages" in values,
    )
    create(wish, Linker(), seed)
    if seed:
        replenish(surroundings, store, seed.manifest.sha256, spares)
    note_box(data_root(surroundings), root)
    if os.path.exists(f"{data_root(surroundings)}/trust-v1/list"):
        from capsa.ops.entrust import renew_trust  # noqa: PLC0415 - few trust a project

        renew_trust(data_root(surroundings), root, prompt)
    shown = short_path(root, surroundings.folder, surroundings.home)
    line = activation_line(calling_shell(surroundings), root, surroundings.platform, folder=surroundings.folder)
    made = created(shown, interpreter.title, choice.reason, seed.manifest.release if seed else None)
    return f"{made}\n{activation(line)}"


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
