"""Run as a script: installs into a box and kills itself, as `kill -9` would, when a named step is reported.

python killed.py STEP BOX REQUIREMENT      STEP is a kind of event, with ":text" or ":number" to say which
"""

from __future__ import annotations

import os
import signal
import sys

from capsa.cli.entry import read_surroundings
from capsa.model.event import Event
from capsa.ops.demands import Sources, read_demands
from capsa.ops.install import Policy, install
from capsa.ops.session import Session
from capsa.ops.supply import Supply
from capsa.settings.layer import load


class Killer:
    def __init__(self, step: str) -> None:
        self.kind, _, self.which = step.partition(":")

    def event(self, event: Event, /) -> None:
        if event.kind == self.kind and self.which in {"", event.text, str(event.done)}:
            os.kill(os.getpid(), signal.SIGKILL)


def main(step: str, root: str, requirement: str) -> None:
    surroundings = read_surroundings()
    session = Session(surroundings=surroundings, settings=load(surroundings, flags={}), reporter=Killer(step))
    demands = read_demands(session, Sources(arguments=(requirement,)), surroundings.folder)
    install(Supply(session), session.environment(root), demands, Policy())


if __name__ == "__main__":
    main(*sys.argv[1:])
