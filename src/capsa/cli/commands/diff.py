"""``capsa diff A [B]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.point import MARK, state_number
from capsa.model.outcome import DiffOutcome
from capsa.ops.diff import Point, diff


def run(call: Call) -> DiffOutcome:
    """Return what differs; one side alone is held against the box as it is now."""
    points = [_point(call, text) for text in call.texts("sides")]
    return diff(call.session, call.environment, points[0], points[1] if len(points) > 1 else Point())


def _point(call: Call, text: str) -> Point:
    return Point(number=state_number(text)) if text.startswith(MARK) else Point(path=call.path(text))
