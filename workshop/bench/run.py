"""One run of one contender: its new folder, the steps before, the steps that are timed, the proof, the end of it.

BASE/here/   the current folder, with the files of the contender and the box        BASE/home/  an empty home
BASE/cache/  the empty cache of a cold scene        BASE/tmp/        BASE/log       what the last step said
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from dataclasses import dataclass

from workshop.bench.child import tail, timed
from workshop.bench.proof import shortcoming
from workshop.bench.scene import BOX, Contender, Ground, Parcel, Sample, Scene, Step

CALM = 0.3  # seconds after the disk has taken everything, before something heavy is timed
CACHES = {
    "capsa": "CAPSA_CACHE_DIR",
    "uv": "UV_CACHE_DIR",
    "pip": "PIP_CACHE_DIR",
    "virtualenv": "VIRTUALENV_OVERRIDE_APP_DATA",
}
IMPORT = Step(words=("{box}/bin/python", "-c", "{import}"))


class RunError(Exception):
    """A run that failed or was not proved; ``str()`` says which command and what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A contender in a folder of its own, ``base``, for one run or, in a scene that keeps it, for all."""

    ground: Ground
    scene: Scene
    parcel: Parcel
    contender: Contender
    base: str

    @property
    def here(self) -> str:
        """The current folder of every step."""
        return os.path.join(self.base, "here")

    def prepare(self) -> None:
        """Make the folder where it is new, and do everything that is not timed."""
        is_new = not os.path.isdir(self.base)
        if is_new:
            for name in ("here", "home", "tmp"):
                os.makedirs(os.path.join(self.base, name))
            for name, text in self.contender.files:
                with open(os.path.join(self.here, name), "w", encoding="utf-8") as stream:
                    stream.write(text)
        for step in (*(self.contender.once if is_new else ()), *self.contender.before):
            self.execute(step)
        if self.scene.is_heavy:
            settle()

    def measure(self) -> Sample:
        """Run and measure the steps that are timed, then hold what they left against the proof."""
        taken = [(step.part, *self.execute(step, is_cold=self.scene.is_cold)) for step in self.contender.timed]
        if problem := shortcoming(self.contender.proof, self.here, self.parcel):
            raise RunError(f"{self.contender.name} left with exit status 0, but {problem}")
        return Sample(
            wall=sum(wall for _, wall, _ in taken),
            cpu=sum(cpu for _, _, cpu in taken),
            parts={part: wall for part, wall, _ in taken if part},
        )

    def prove_imports(self) -> None:
        """Import the packages of the set in the box, where the scene promises that they are there."""
        if self.contender.proof.has_packages:
            self.execute(IMPORT)

    def execute(self, step: Step, *, is_cold: bool = False) -> tuple[float, float]:
        """Run one step; returns its wall and CPU time in seconds."""
        log = os.path.join(self.base, "log")
        finished = timed(self.words(step), self.variables(is_cold=is_cold), self.here, log)
        if finished.code:
            line = " ".join(step.words)
            raise RunError(f"`{line}` left with exit status {finished.code}:\n{tail(log)}")
        return finished.wall, finished.cpu

    def words(self, step: Step) -> list[str]:
        """Return the command of a step with its places filled in."""
        places = self.ground.places | {
            "here": self.here,
            "box": os.path.join(self.here, BOX),
            "import": f"import {', '.join(self.parcel.imports)}",
        }
        words: list[str] = []
        for word in step.words:
            words += self.parcel.requirements if word == "{requirements}" else [word.format_map(places)]
        return words

    def variables(self, *, is_cold: bool) -> dict[str, str]:
        """Return the variables of a child: those of the ground, a home, a folder for temporaries, a cache."""
        own = {"HOME": os.path.join(self.base, "home"), "TMPDIR": os.path.join(self.base, "tmp")}
        tool = self.contender.tool
        if tool in CACHES:
            shared = os.path.join(self.ground.root, "caches", self.contender.cache or tool)
            own[CACHES[tool]] = os.path.join(self.base, "cache") if is_cold else shared
        return self.ground.variables | own


def settle() -> None:
    """Wait until the disk has taken what was written before, so that nobody pays for somebody else's run."""
    os.sync()
    time.sleep(CALM)


def delete(folder: str) -> None:
    """Delete a folder, also with folders in it that may not be written; one that is not there is fine."""
    for _ in range(3):  # a tool may still be writing in the background
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return
        for place, folders, _files in os.walk(folder):
            for name in folders:
                path = os.path.join(place, name)
                if not os.path.islink(path):
                    os.chmod(path, stat.S_IRWXU)
