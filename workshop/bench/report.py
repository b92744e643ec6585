"""What `dev.py bench` says: a table for people, a block of Markdown for benchmarks/README.md, a document for programs.

Pure: takes outcomes, returns text.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from itertools import groupby

from workshop.bench.figure import duration, median, ratio, spread
from workshop.bench.scene import Outcome

WIDTH = 80
OPPONENT, OURS = "uv", "capsa"
NONE = "-"


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the lines of some scenes: a title, then a line a contender, then the failures with what was said."""
    blocks = []
    for _, group in groupby(outcomes, key=lambda outcome: (outcome.scene, outcome.parcel)):
        rows = list(group)
        opponent = walls_of(rows, OPPONENT)
        title = f"{rows[0].scene}{f', {rows[0].parcel} set' if rows[0].parcel else ''} ({rows[0].title})"
        lines = textwrap.wrap(title, WIDTH)
        lines.append(f"  {'':<14}{'median':>10}  {'least .. most':<22}{'CPU':>10}{'to uv':>8}{'runs':>6}")
        lines += [line(row, opponent) for row in rows]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def line(row: Outcome, opponent: Sequence[float]) -> str:
    """Return one contender's line, or its failure in a few."""
    if row.failure:
        said = "\n".join(f"      {text}"[: 2 * WIDTH] for text in row.failure.splitlines())
        return f"  {row.contender:<14}{'failed':>10}\n{said}"
    if not row.walls:
        return f"  {row.contender:<14}{NONE:>10}"
    cpu = duration(median(row.cpus)) if row.cpus else ""
    text = f"  {row.contender:<14}{duration(median(row.walls)):>10}  {spread(row.walls):<22}{cpu:>10}"
    return f"{text}{ratio_text(row.walls, opponent):>8}{len(row.walls):>6}"


def ratio_text(walls: Sequence[float], opponent: Sequence[float]) -> str:
    """Return a ratio with two digits after the point, a dash where there is none."""
    found = ratio(walls, opponent)
    return NONE if found is None else f"{found:.2f}"


def walls_of(rows: Sequence[Outcome], contender: str) -> tuple[float, ...]:
    """Return the times of one contender, none where it did not play or failed."""
    return next((row.walls for row in rows if row.contender == contender), ())


def markdown(outcomes: Sequence[Outcome]) -> str:
    """Return the table of benchmarks/README.md; its last column is for a person who knows why."""
    lines = ["| scene | set | capsa | uv | to uv | others | what bounds it |", "|---|---|---|---|---|---|---|"]
    for (scene, parcel), group in groupby(outcomes, key=lambda outcome: (outcome.scene, outcome.parcel)):
        rows = list(group)
        ours, opponent = walls_of(rows, OURS), walls_of(rows, OPPONENT)
        others = ", ".join(
            f"{row.contender} {figure(row.walls)}" for row in rows if row.contender not in {OURS, OPPONENT}
        )
        cells = [f"`{scene}`", parcel or NONE, figure(ours), figure(opponent), ratio_text(ours, opponent)]
        lines.append(f"| {' | '.join([*cells, others or NONE])} | |")
    return "\n".join(lines)


def figure(walls: Sequence[float]) -> str:
    """Return the median of some times, a dash for none."""
    return duration(median(walls)) if walls else NONE


def document(outcomes: Sequence[Outcome], machine: dict[str, str], notes: Sequence[str]) -> str:
    """Return everything as JSON: each single time in seconds, the machine, and what may have disturbed it."""
    rows = [
        {
            "scene": row.scene,
            "title": row.title,
            "set": row.parcel,
            "contender": row.contender,
            "median": median(row.walls) if row.walls else None,
            "ratio": ratio(row.walls, walls_of([other for other in outcomes if is_beside(row, other)], OPPONENT)),
            "wall": row.walls,
            "cpu": row.cpus,
            "failure": row.failure or None,
        }
        for row in outcomes
    ]
    return json.dumps({"version": 1, "machine": machine, "notes": list(notes), "results": rows}, indent=1) + "\n"


def is_beside(row: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are of the same scene and set."""
    return (row.scene, row.parcel) == (other.scene, other.parcel)
