"""`dev.py bench` from end to end: tools, mirror, server, scenes, report; nothing of the runs is left behind.

The runs lie in the folder for temporaries, outside of the checkout: a tool looks for a project in all folders above.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workshop.bench.figure import rounds_of
from workshop.bench.machine import clean_variables, facts, warnings
from workshop.bench.mirror import BENCH, IMPORTS, SETS, ensure_mirror, read_sets
from workshop.bench.program import programme
from workshop.bench.report import document, markdown, table
from workshop.bench.round import Stage, play
from workshop.bench.run import delete
from workshop.bench.scene import Ground, Outcome, Parcel, Scene
from workshop.bench.serving import find_nginx, serve
from workshop.bench.tool import ensure_tools, versions
from workshop.environment import locked
from workshop.step import StepError, read, say, write

RUNNING = os.path.join(
    BENCH, "running"
)  # holds the folder of the runs, for the next run to delete if this one is killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line asks for: sets, scenes and tools by name (empty: all), rounds (None: each scene's own)."""

    sets: tuple[str, ...]
    scenes: tuple[str, ...]
    tools: tuple[str, ...]
    rounds: int | None
    is_quick: bool
    is_lean: bool
    json: str


def bench(options: argparse.Namespace) -> int:
    """Measure, or delete what earlier runs kept; returns the exit status: 1 where a contender failed."""
    if options.clean:
        shutil.rmtree(BENCH, ignore_errors=True)
        return 0
    if os.name == "nt":
        raise StepError("the benchmarks run on Linux and macOS only")
    names = {scene.name for parcel in (unfilled(name) for name in SETS) for scene in programme(parcel)}
    if unknown := sorted(set(options.only or ()) - names):
        raise StepError(f"no such scene: {', '.join(unknown)}; there are {', '.join(sorted(names))}")
    sets = (options.set,) if options.set else ("small",) if options.quick else tuple(SETS)
    order = Order(
        sets=sets,
        scenes=tuple(options.only or ()),
        tools=tuple(options.tools or ()),
        rounds=options.rounds,
        is_quick=options.quick,
        is_lean=options.lean,
        json=os.path.abspath(options.json) if options.json else "",
    )
    os.makedirs(BENCH, exist_ok=True)
    with locked(os.path.join(BENCH, "lock")), ended_in_order():
        return measure(order)


def measure(order: Order) -> int:
    """Do the whole of it and print the report."""
    load = facts(BENCH)["load"]  # before our own preparations are part of it
    disturbed = warnings(tempfile.gettempdir())
    places = ensure_tools()
    folder = ensure_mirror(places["tools"])
    nginx = find_nginx()
    with runs() as root, serve(os.path.join(folder, "www"), root, nginx) as address:
        machine = facts(root) | {"load": load, "server": "nginx" if nginx else "our own"} | versions(places)
        machine["pages"] = "lean" if order.is_lean else "with the weight of real ones"
        say("\n".join(f"{name + ':':<20}{value}" for name, value in machine.items()))
        say("\n".join(f"warning: {note}" for note in disturbed))
        variables = clean_variables(f"{address}/{'lean' if order.is_lean else 'simple'}/", places["python"])
        ground = Ground(root=root, places=places, variables=variables)
        outcomes = play_all(order, ground, read_sets(folder))
    say(f"for benchmarks/README.md:\n\n{markdown(outcomes)}\n")
    for note in disturbed:
        say(f"warning: {note}")
    if order.json:
        write(order.json, document(outcomes, machine, disturbed))
    return 1 if any(outcome.failure for outcome in outcomes) else 0


def play_all(order: Order, ground: Ground, sets: dict[str, dict[str, str]]) -> list[Outcome]:
    """Play every scene asked for with every set and print each block as it is done."""
    outcomes: list[Outcome] = []
    for name in order.sets:
        parcel = filled(name, sets[name])
        for scene in programme(parcel):
            if not is_wanted(order, scene, name):
                continue
            rounds = rounds_of(scene.rounds, len(parcel.packages), asked=order.rounds, is_quick=order.is_quick)
            found = play(Stage(scene=among(scene, order.tools), parcel=parcel, ground=ground, rounds=rounds), tell)
            tell("")
            say(f"{table(found)}\n")
            outcomes += found
        delete(os.path.join(ground.root, "caches"))
    return outcomes


def is_wanted(order: Order, scene: Scene, name: str) -> bool:
    """Whether a scene is played with a set: one without a set is played once."""
    return (not order.scenes or scene.name in order.scenes) and (scene.has_set or name == order.sets[0])


def among(scene: Scene, tools: tuple[str, ...]) -> Scene:
    """Return a scene that only some tools play, all of them where none is named."""
    return replace(scene, contenders=tuple(one for one in scene.contenders if not tools or one.tool in tools))


def unfilled(name: str) -> Parcel:
    """Return a set of which nobody knows yet what it comes to."""
    return Parcel(name=name, requirements=SETS[name], packages={}, imports=IMPORTS[name])


def filled(name: str, packages: dict[str, str]) -> Parcel:
    """Return a set with what it comes to in the mirror."""
    return Parcel(name=name, requirements=SETS[name], packages=packages, imports=IMPORTS[name])


def tell(text: str) -> None:
    """Show on a terminal, and there alone, what is being done; "" takes it away."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


@contextlib.contextmanager
def runs() -> Iterator[str]:
    """Yield the folder of all runs; it is deleted at the end, whatever happens, or by the next run after a kill."""
    if left := read(RUNNING).strip():
        delete(left)
    root = os.path.realpath(tempfile.mkdtemp(prefix="capsa-bench-"))
    try:
        write(RUNNING, root)
        yield root
    finally:
        tell("")
        delete(root)
        os.unlink(RUNNING)


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """Leave by way of every `finally` when somebody ends this process or closes its terminal."""

    def leave(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    earlier = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, act in earlier.items():
            signal.signal(number, act)
