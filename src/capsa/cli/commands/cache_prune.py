"""``capsa cache prune``."""

from __future__ import annotations

import re

from capsa.cli.call import Call
from capsa.errors import UsageError
from capsa.model.store import PruneOutcome
from capsa.ops.prune import DAYS, PruneOrder, prune

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(?:([kmgt])(i?))?b?", re.IGNORECASE | re.ASCII)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_MOST_DAYS = 36500


def run(call: Call) -> PruneOutcome:
    """Take out of the store what is not needed."""
    days, limit = call.text("days"), call.text("max-size")
    return prune(
        call.session,
        PruneOrder(
            days=DAYS if days is None else _days(days),
            limit=None if limit is None else parse_size(limit),
            is_dry_run=call.has("dry-run"),
        ),
    )


def parse_size(text: str) -> int:
    """Return the bytes that a text means: "5GB", "1.5 GiB", "800m"; raises UsageError for what is no size."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"--max-size must be a size, not `{text}`", hints=("write a number and a unit: `--max-size 5GB`",)
        )
    number, unit, is_binary = found.groups()
    return int(float(number) * (1024 if is_binary else 1000) ** _POWERS[(unit or "").lower()])


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= _MOST_DAYS):
        raise UsageError(f"--days must be a number of days, not `{text}`", hints=("write a whole number: `--days 30`",))
    return int(text)
