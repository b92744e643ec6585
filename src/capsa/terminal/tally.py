"""What is going on right now, added up from events: which step, which downloads and how fast, which builds.

Words nothing and draws nothing. May be told by several threads at once; whoever asks gives the time.
"""

from __future__ import annotations

import threading
from collections import deque

from capsa.model.event import Event
from capsa.value import value

_WINDOW = 5.0  # seconds over which the rate is taken: longer than a hiccup, shorter than patience
_LEAST = 0.5  # seconds; a rate over less than that jumps about


@value
class Fetch:
    """One file that is being downloaded: bytes had, and bytes in all or None where nobody told."""

    name: str
    done: int
    total: int | None = None


@value
class Build:
    """One package that is being built, for how many seconds already."""

    name: str
    seconds: float


@value
class State:
    """What is going on.

    ``step`` is the latest event of what is neither a download nor a build, under way for ``step_seconds``; ``fetches``
    are the downloads in flight or still to begin, largest first. ``file_count`` counts all files so far,
    ``finished_count`` those that are there; ``fetched`` and ``expected`` are their bytes, ``is_expected`` whether every
    size is known, ``rate`` is bytes a second of the last time in which files came, or None. ``unpacked_count`` counts
    archives.
    """

    step: Event | None = None
    step_seconds: float = 0.0
    fetches: tuple[Fetch, ...] = ()
    file_count: int = 0
    finished_count: int = 0
    fetched: int = 0
    expected: int = 0
    is_expected: bool = True
    rate: float | None = None
    builds: tuple[Build, ...] = ()
    unpacked_count: int = 0


class Tally:
    """The sums of one run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._step: Event | None = None
        self._step_since = 0.0
        self._fetches: dict[str, Fetch] = {}
        self._there: set[str] = set()
        self._builds: dict[str, float] = {}
        self._unpacked = 0
        self._samples: deque[tuple[float, int]] = deque()

    def take(self, event: Event, now: float) -> None:
        """Add an event to the sums; ``now`` is in seconds of any clock that only goes forward."""
        with self._lock:
            if event.kind == "fetch":
                self._fetch(event)
            elif event.kind == "build":
                self._build(event, now)
            else:
                self._turn(event, now)

    def state(self, now: float) -> State:
        """Return what is going on."""
        with self._lock:
            files = tuple(self._fetches.values())
            flying = [file for file in files if file.name not in self._there]
            fetched = sum(file.done for file in files)
            return State(
                step=self._step,
                step_seconds=now - self._step_since,
                fetches=tuple(sorted(flying, key=lambda file: (-(file.total or file.done), file.name))),
                file_count=len(files),
                finished_count=len(files) - len(flying),
                fetched=fetched,
                # A file whose size nobody told counts with what has come of it.
                expected=sum(max(file.done, file.total or 0) for file in files),
                is_expected=all(file.total is not None for file in flying),
                rate=self._rate(fetched, now, is_flying=bool(flying)),
                builds=tuple(Build(name=name, seconds=now - since) for name, since in self._builds.items()),
                unpacked_count=self._unpacked,
            )

    def _fetch(self, event: Event) -> None:
        self._fetches[event.text] = Fetch(name=event.text, done=event.done, total=event.total)
        if event.total is not None and event.done >= event.total:
            self._there.add(event.text)
        else:
            self._there.discard(event.text)
        if self._step is not None and self._step.kind != "unpack":
            self._step = None  # what came before the first file is over; unpacking goes on beside

    def _build(self, event: Event, now: float) -> None:
        if event.total is not None and event.done >= event.total:
            self._builds.pop(event.text, None)
            return
        self._builds.setdefault(event.text, now)
        self._step = None  # whatever led to the build is over, or waits for it

    def _turn(self, event: Event, now: float) -> None:
        if event.kind == "unpack":
            self._unpacked += 1
            if event.text in self._fetches:
                self._there.add(event.text)
        if self._step is None or self._step.kind != event.kind:
            self._step_since = now
        self._step = event

    def _rate(self, fetched: int, now: float, *, is_flying: bool) -> float | None:
        samples = self._samples
        if not (fetched and is_flying):
            samples.clear()  # neither the time before the first byte nor that between files is the network's
        samples.append((now, fetched))
        while samples[0][0] < now - _WINDOW:
            samples.popleft()
        since, had = samples[0]
        return (fetched - had) / (now - since) if now - since >= _LEAST and fetched > had else None
