"""Playing a scene: interleaved rounds in rotating order, each run in a new folder, everything deleted afterwards.

A contender that fails is told with what it said, and the others play on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from workshop.bench.figure import has_enough, rotated
from workshop.bench.run import Run, RunError, delete, settle
from workshop.bench.scene import Ground, Outcome, Parcel, Sample, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One scene with one set of packages on the ground, for some rounds."""

    scene: Scene
    parcel: Parcel
    ground: Ground
    rounds: int

    @property
    def root(self) -> str:
        """The folder of this scene's runs."""
        return os.path.join(self.ground.root, f"{self.scene.name}-{self.parcel.name}")

    @property
    def first(self) -> int:
        """The number of the first round: -1, which does not count, unless the scene is cold."""
        return 0 if self.scene.is_cold else -1


def play(stage: Stage, told: Callable[[str], None]) -> list[Outcome]:
    """Play a scene; ``told`` hears of each round. Returns an outcome for each contender and each part told apart."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in stage.scene.contenders}
    failures: dict[str, str] = {}
    settle()
    try:
        for number in range(stage.first, stage.rounds):
            told(f"{stage.scene.name} {stage.parcel.name}: round {number + 1} of {stage.rounds}")
            for name in rotated(list(samples), number):
                if name not in failures and not has_enough([sample.wall for sample in samples[name]]):
                    turn(stage, name, number, samples[name], failures)
    finally:
        delete(stage.root)
    whole = [outcome(stage, name, samples[name], failures.get(name, "")) for name in samples]
    apart = [
        outcome(stage, name, samples[name], "", part)
        for part in stage.scene.apart
        for name in samples
        if name not in failures
    ]
    return [*whole, *apart]


def turn(stage: Stage, name: str, number: int, samples: list[Sample], failures: dict[str, str]) -> None:
    """Give a contender its turn in a round and keep what was measured, or why it failed."""
    contender = next(contender for contender in stage.scene.contenders if contender.name == name)
    folder = "kept" if stage.scene.is_kept else str(number + 1)
    base = os.path.join(stage.root, name.replace(" ", "-").replace(",", ""), folder)
    run = Run(ground=stage.ground, scene=stage.scene, parcel=stage.parcel, contender=contender, base=base)
    try:
        run.prepare()
        sample = run.measure()
        if number == stage.first:
            run.prove_imports()
        if number >= 0:
            samples.append(sample)
    except RunError as error:
        failures[name] = str(error)
    finally:
        if not stage.scene.is_kept:
            delete(base)


def outcome(stage: Stage, name: str, samples: list[Sample], failure: str, part: str = "") -> Outcome:
    """Return the figures of one contender: of the whole scene, or of the part that is told apart."""
    walls = () if failure else tuple(sample.parts[part] if part else sample.wall for sample in samples)
    return Outcome(
        scene=f"{stage.scene.name}/{part}" if part else stage.scene.name,
        title=f"of that, `{part}` alone" if part else stage.scene.title,
        parcel=stage.parcel.name if stage.scene.has_set else "",
        contender=name,
        walls=walls,
        cpus=() if failure or part else tuple(sample.cpu for sample in samples),
        failure=failure,
    )
