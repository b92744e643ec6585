"""Real capsa processes that are killed with SIGKILL at moments of their work, and the boxes that they leave."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from support.run import Capsa
from support.soundness import box_faults, contents, store_faults

WINDOWS = ("swap", "staging", "whole")
_ROUNDS = 3 if os.environ.get("CAPSA_TEST_LONG") == "1" else 1


@dataclass
class Course:
    """How long a verb took, in seconds: all of it, from its staging on, and while there was a journal."""

    whole: float = 0.0
    staging: float = 0.0
    swap: float = 0.0


@dataclass
class Tally:
    """What became of the kills."""

    kills: int = 0
    late: int = 0
    recovery_kills: int = 0
    ends: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in sorted(self.ends.items()))
        return f"{self.kills} kills ({self.late} too late), {self.recovery_kills} of recoveries: {told}"


class Victim:
    """One change of a box by real processes, as often as wanted from the same state of the box.

    ``arguments`` are a command line that changes the box at ``root`` and asks no network. A box is put back by links
    of the files that it had: nothing ever writes into one.
    """

    def __init__(self, capsa: Capsa, root: Path, arguments: tuple[str, ...], rng: Random) -> None:
        self.tally = Tally()
        self._capsa = capsa
        self._root = root
        self._arguments = arguments
        self._rng = rng
        self._kept = root.with_name(f"{root.name}.kept")
        _copy(root, self._kept)
        self.before, self._listed_before = contents(root), self._listed()
        self._recovery = self._measured_list()
        self.course = self._course()
        self.after, self._listed_after = contents(root), self._listed()
        assert self.before != self.after
        assert box_faults(root) == []

    def restore(self) -> None:
        """Make the box what it was before the change."""
        _copy(self._kept, self._root)

    def kill(self, window: str) -> None:
        """Change the box and kill the process in one of `WINDOWS`; then hold the box against what it may be."""
        self.restore()
        started = self._start(*self._arguments)
        sign = {"whole": "", "staging": "new", "swap": "journal"}[window]
        if sign:
            self._wait_for(sign, started)
        time.sleep(self._rng.uniform(0, getattr(self.course, window)))
        self.tally.kills += 1
        if not _is_killed(started):
            self.tally.late += 1
        if self._left():
            self._kill_recovery()
        self._check()

    def _kill_recovery(self) -> None:
        """Let others recover the box, and kill them too."""
        for _ in range(self._rng.randrange(3)):
            recovering = self._start("list", "--env", str(self._root))
            time.sleep(self._rng.uniform(self._recovery * 0.4, self._recovery))
            self.tally.recovery_kills += _is_killed(recovering)

    def _check(self) -> None:
        left = self._left()
        listed = self._listed()
        found = contents(self._root)
        is_new = found == self.after
        assert is_new or found == self.before, _difference(found, self.before, self.after)
        assert listed == (self._listed_after if is_new else self._listed_before)
        assert box_faults(self._root, is_settled=False) == []
        # Hashing the whole store takes longer than all else: every fifth time.
        assert store_faults(self._capsa.base / "cache", is_full=self.tally.kills % 5 == 0) == []
        self.tally.ends[f"{'new' if is_new else 'old'} after {'+'.join(left) or 'nothing'}"] += 1

    def _listed(self) -> object:
        return json.loads(self._capsa.done("list", "--json", "--env", str(self._root)).output)["packages"]

    def _left(self) -> list[str]:
        own = self._root / ".capsa"
        return [name for name in ("journal", "new", "old") if os.path.lexists(own / name)]

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        capsa = self._capsa
        return subprocess.Popen(
            capsa.command(*arguments),
            cwd=capsa.folder,
            env=capsa.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _wait_for(self, name: str, started: subprocess.Popen[bytes], *, is_there: bool = True) -> float:
        path = f"{self._root}/.capsa/{name}"
        while os.path.lexists(path) != is_there and started.poll() is None:
            continue  # looked at as often as can be: a swap takes a few milliseconds
        return time.perf_counter()

    def _course(self) -> Course:
        """Do the change some times without a kill; the middle of what each part took."""
        rounds = sorted(self._measured() for _ in range(_ROUNDS))
        return Course(*(sorted(part)[_ROUNDS // 2] for part in zip(*rounds, strict=True)))

    def _measured(self) -> tuple[float, float, float]:
        self.restore()
        begun = time.perf_counter()
        started = self._start(*self._arguments)
        staging = self._wait_for("new", started)
        swap = self._wait_for("journal", started)
        swapped = self._wait_for("journal", started, is_there=False)
        assert started.wait(300) == 0
        return time.perf_counter() - begun, swap - staging, swapped - swap

    def _measured_list(self) -> float:
        begun = time.perf_counter()
        self._listed()
        return time.perf_counter() - begun


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-al", source, target], check=True)


def _is_killed(process: subprocess.Popen[bytes]) -> bool:
    process.kill()
    return process.wait(60) == -signal.SIGKILL


def _difference(found: dict[str, str], before: dict[str, str], after: dict[str, str]) -> str:
    """Say in which way a box is neither of two."""
    return "neither old nor new: " + "; ".join(
        f"against {name} {sorted(found.items() ^ other.items())[:8]}"
        for name, other in (("old", before), ("new", after))
    )
