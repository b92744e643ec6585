"""The box of a script that states its dependencies (PEP 723): of the store, made once, found again without solving.

    CACHE/script-v1/<key>     marshal: the root of the box; the key is made of all that the box was solved from

A script with a lock beside it (``pylock.NAME.toml``, PEP 751) has a box of its own that is synced with that lock.
"""

from __future__ import annotations

import os

from capsa.cache.page import read_page, write_page
from capsa.disk.atomic import write_atomic
from capsa.environment.create import create
from capsa.environment.open import is_environment
from capsa.environment.wish import Wish
from capsa.errors import DiskError, InterpreterError
from capsa.interpreter.request import is_within
from capsa.model.digest import digest
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.ops.cached import cached_environment
from capsa.ops.create import choose_python
from capsa.ops.demands import Demands
from capsa.ops.furnish import USED
from capsa.ops.inputs import Inputs, script_inputs
from capsa.ops.lock import current_lock, frozen_lock
from capsa.ops.project_sync import Freshness
from capsa.ops.session import Session
from capsa.ops.supply import Supply
from capsa.ops.sync import SyncOrder, sync_lock
from capsa.project.script import Script
from capsa.settings.value import FORMS
from capsa.version import __version__

# Settings that say how a file is fetched or kept, and not which.
_WITHOUT_EFFECT = frozenset({
    *("cache-dir", "cert", "client-cert", "data-dir", "index-max-age", "link-mode", "offline", "proxy", "retries"),
    *("timeout", "trusted-host"),
})  # fmt: skip
_KEY_LENGTH = 40


def script_environment(supply: Supply, script: Script, demands: Demands, freshness: Freshness) -> Environment:
    """Return the box in which a script runs: with what it states, and with ``demands`` beside that.

    Raises InterpreterError where the Python that was asked for is none that the script allows.
    """
    session = supply.session
    interpreter = _interpreter(session, script)
    inputs = script_inputs(script)
    if os.path.exists(inputs.path):
        # What is wanted beside the lock is laid over it, as over any other box: see `capsa.ops.run`.
        return _locked(supply, inputs, interpreter, freshness)
    wanted = Demands(
        requirements=(*script.requirements, *demands.requirements),
        constraints=demands.constraints,
        options=demands.options,
    )
    place = f"{session.store.root}/script-v1/{_key(session, script, wanted, interpreter)}"
    root = None if session.refresh or _is_moving(wanted) else read_page(place)
    if isinstance(root, str) and is_environment(root) and os.path.exists(f"{root}/{USED}"):
        _note_use(session, root)
        return session.environment(root)
    environment = cached_environment(supply, interpreter, wanted)
    _note(session, place, environment)
    return environment


def _interpreter(session: Session, script: Script) -> Interpreter:
    wanted = script.requires_python or ""
    interpreter = choose_python(session, os.path.dirname(script.path), requires_python=wanted).interpreter
    if wanted and not is_within(interpreter, wanted):
        origin = session.settings.origin("python").removeprefix("flag ")
        raise InterpreterError(
            f"{script.path} asks for Python {wanted}, and {origin} for {session.settings.python}",
            hints=(f'name one that fits: `capsa run -p "{wanted}" {os.path.basename(script.path)}`',),
        )
    return interpreter


def _locked(supply: Supply, inputs: Inputs, interpreter: Interpreter, freshness: Freshness) -> Environment:
    session = supply.session
    if freshness == "frozen":
        lock = frozen_lock(inputs.path)
    else:
        lock = current_lock(supply, inputs, interpreter, is_locked=freshness == "locked")
    told = f"{inputs.path}\n{interpreter.base_executable}\n{interpreter.version}"
    root = session.store.environment(digest(os.fsencode(told))[:_KEY_LENGTH])
    if not is_environment(root):
        session.store.prepare()
        create(Wish(root=root, interpreter=interpreter, command=f"capsa, for {inputs.path}"), session.linker)
    environment = session.environment(root)
    sync_lock(supply, environment, lock, inputs.path, SyncOrder())
    _note_use(session, root)
    return environment


def _key(session: Session, script: Script, wanted: Demands, interpreter: Interpreter) -> str:
    told = [
        __version__,
        interpreter.base_executable,
        interpreter.version,
        script.requires_python or "",
        *sorted(f"{key}={session.settings.get(key)}" for key in FORMS if key not in _WITHOUT_EFFECT),
        *sorted(demand.text for demand in wanted.requirements),
    ]
    return digest("\n".join(told).encode("utf-8", "surrogateescape"))


def _is_moving(wanted: Demands) -> bool:
    """Whether a demand names a place on this disk: what lies there may be another thing today."""
    return any(demand.url and demand.url.startswith("file:") for demand in wanted.requirements)


def _note(session: Session, place: str, environment: Environment) -> None:
    try:
        write_page(place, environment.root)
    except DiskError as error:
        session.report(Event(kind="detail", text=f"the box of the script was not noted: {error}"))


def _note_use(session: Session, root: str) -> None:
    try:
        write_atomic(f"{root}/{USED}", b"")
    except DiskError as error:
        session.report(Event(kind="detail", text=f"the use of {root} was not noted: {error}"))
