"""A state of the work as a few lines for the foot of a terminal, laid out and coloured by rich.

The only module with rich; imported when something is really drawn (docs/adr/0012-rich.md). Names are shown with control
characters escaped, and nothing in them is taken for markup. What there is no room for is left out, the least important
first.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from capsa.model.event import Event
from capsa.terminal.sentence import counted
from capsa.terminal.size import size_text
from capsa.terminal.stream import encodable, encoding_of
from capsa.terminal.tally import Fetch, State
from capsa.terminal.visible import visible

_WIDEST = 100  # columns; longer bars are not easier to read
_WIDE = 60  # columns from which amounts are shown in full
_BARS = ((70, 24), (50, 16), (30, 8), (0, 0))  # columns of the terminal from which, columns of a bar
_FETCHES = 4  # of the files in flight, the largest
_BUILDS = 3
_PATIENCE = 3.0  # seconds after which resolving tells how long it takes
_MINUTE = 60
_COUNTED = frozenset({"compile", "move", "stage", "verify"})
_DOING = {
    "resolve": "resolving",
    "unpack": "unpacking",
    "compile": "compiling",
    "stage": "installing",
    "journal": "changing the box",
    "move": "changing the box",
    "seal": "changing the box",
    "sweep": "tidying up",
    "verify": "checking",
}


class Picture:
    """Paints states for one stream."""

    def __init__(self, stream: TextIO, *, is_colored: bool) -> None:
        self._encoding = encoding_of(stream)
        self._overflow = "ellipsis" if self._encoding.lower().startswith("utf") else "crop"
        # Everything is told: rich would ask the process. It never writes to the stream, whose encoding it minds.
        self._console = Console(
            file=stream,
            width=_WIDEST,
            height=_WIDEST,
            color_system="standard" if is_colored else None,
            no_color=not is_colored,
            force_terminal=True,
            force_interactive=True,
            force_jupyter=False,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def paint(self, state: State, width: int, height: int, /) -> str:
        """Return the lines about a state, "" where nothing goes on; see `capsa.terminal.live.Painter`."""
        room = max(1, min(width - 1, _WIDEST))
        parts: list[RenderableType] = []
        if state.fetches:
            parts += [self._sentence(_fetching(state), room), self._bars(state.fetches[:_FETCHES], room)]
        parts += [self._sentence(words, room) for words in _building(state)]
        if state.step:
            parts.append(self._sentence(_step(state, state.step), room))
        with self._console.capture() as captured:
            self._console.print(Group(*parts), width=room, end="")
        return "\n".join(captured.get().splitlines()[: max(1, height - 1)])

    def _sentence(self, parts: Iterable[str], room: int) -> Text:
        """Return parts that belong together with commas, as many as there is room for; the first one at least."""
        first, *others = [self._shown(part) for part in parts]
        line = Text(first, no_wrap=True, overflow=self._overflow)  # type: ignore[arg-type] # a str of its own kind
        for other in others:
            if line.cell_len + 2 + Text(other).cell_len > room:
                break
            line.append(f", {other}")
        line.stylize("bold", 0, len(first.partition(" ")[0]))
        return line

    def _bars(self, fetches: tuple[Fetch, ...], room: int) -> Table:
        has_bars = any(fetch.total for fetch in fetches)
        wide = next(wide for least, wide in _BARS if room >= least) if has_bars else 0
        amounts = [_amount(fetch, is_short=room < _WIDE) for fetch in fetches]
        left = room - 2 - (wide + 2 if wide else 0) - 2 - max(len(amount) for amount in amounts)
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(max_width=max(1, left), no_wrap=True, overflow=self._overflow)  # type: ignore[arg-type] # as above
        if wide:
            table.add_column(width=wide)
        table.add_column(justify="right", no_wrap=True)
        for fetch, amount in zip(fetches, amounts, strict=True):
            bar = [_bar(fetch, wide)] if wide else []
            table.add_row(Text(f"  {self._shown(fetch.name)}"), *bar, Text(amount))
        return table

    def _shown(self, text: str) -> str:
        return encodable(visible(text), self._encoding)


def _bar(fetch: Fetch, wide: int) -> RenderableType:
    if not fetch.total:
        return Text("")
    return ProgressBar(total=fetch.total, completed=fetch.done, width=wide, style="dim", complete_style="green")


def _amount(fetch: Fetch, *, is_short: bool) -> str:
    if fetch.total is None or is_short:
        return size_text(fetch.done)
    return f"{size_text(fetch.done)} of {size_text(fetch.total)}"


def _fetching(state: State) -> list[str]:
    amount = size_text(state.fetched)
    if state.expected > state.fetched:
        amount += f" of {size_text(state.expected)}" + ("" if state.is_expected else " or more")
    parts = [f"fetching {amount}"]
    if state.rate and state.is_expected:
        parts.append(f"{_time(ceil((state.expected - state.fetched) / state.rate))} left")
    if state.rate:
        parts.append(f"{size_text(int(state.rate))}/s")
    if state.file_count > 1:
        parts.append(f"{state.finished_count} of {counted(state.file_count, 'file')}")
    return parts


def _building(state: State) -> list[list[str]]:
    lines = [[f"building {build.name}", _time(build.seconds)] for build in state.builds[:_BUILDS]]
    others = len(state.builds) - _BUILDS
    return [*lines, [f"building {others} more"]] if others > 0 else lines


def _step(state: State, step: Event) -> list[str]:
    if step.kind == "resolve":
        time = [_time(state.step_seconds)] if state.step_seconds >= _PATIENCE else []
        return [f"{_DOING['resolve']} {step.done}: {step.text}" if step.done else step.text or _DOING["resolve"], *time]
    if step.kind == "unpack":
        # Built wheels are unpacked too, and never fetched.
        most = max(state.file_count, state.unpacked_count) if state.file_count else 0
        amount = f" {state.unpacked_count} of {most}" if most else f" {state.unpacked_count}"
    else:
        amount = f" {step.done} of {step.total}" if step.kind in _COUNTED and step.total else ""
    name = f": {step.text}" if step.text and step.kind in {"unpack", "stage"} else ""
    return [f"{_DOING[step.kind]}{amount}{name}"]


def _time(seconds: float) -> str:
    """Return a duration as clocks show it: "0:07", "12:30", "1:02:03"."""
    minutes, rest = divmod(int(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
