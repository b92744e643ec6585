"""A session over a scratch store, in this process, for tests of ops; and one Python that boxes can be made with."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from capsa.interpreter.probe import probe
from capsa.model.interpreter import Interpreter
from capsa.model.surroundings import Surroundings
from capsa.ops.session import Session
from capsa.ops.supply import Supply
from capsa.settings.layer import load
from capsa.testing.reporter import RememberingReporter


def make_supply(base: Path, *, index: str | None = None, **flags: object) -> Supply:
    """Return a supply whose store, home and folder lie below ``base``; ``index`` is the only index, ``flags`` are keys
    of settings with "_" for "-"."""
    folder, home = base / "work", base / "home"
    folder.mkdir(parents=True, exist_ok=True)
    home.mkdir(exist_ok=True)
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "CAPSA_NO_CONFIG": "1",
        "CAPSA_COMPILE_BYTECODE": "never",
        "CAPSA_SPARES": "0",
    }
    surroundings = Surroundings(variables=variables, folder=str(folder), home=str(home), interpreter=sys.executable)
    given = {"cache-dir": str(base / "cache"), **{key.replace("_", "-"): value for key, value in flags.items()}}
    given |= {"index-url": index} if index else {"no-index": True}
    settings = load(surroundings, flags=given)
    return Supply(Session(surroundings=surroundings, settings=settings, reporter=RememberingReporter()))


@cache
def this_python() -> Interpreter:
    """Return the facts of the Python that runs the tests."""
    return probe(sys.executable, variables={}, folder=os.path.dirname(sys.executable))
