"""The store, as text and as documents: what it holds, what was taken out, what was found damaged.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from collections import Counter

from capsa.model.store import AuditOutcome, CacheOutcome, DamageRow, PruneOutcome
from capsa.terminal.sentence import counted
from capsa.terminal.size import size_text
from capsa.terminal.style import Style
from capsa.terminal.table import aligned
from capsa.terminal.visible import visible

_NOUNS = {
    "archive-v1": "archive",
    "source-v1": "source archive",
    "git-v1": "git mirror",
    "environment-v1": "box",  # of builds, scripts and `run --with`
    "log-v1": "log",
    "temporary-v1": "leftover",
}
_DAMAGE = {"missing": "is missing", "altered": "was altered", "unreadable": "can't be read"}


def cache_text(outcome: CacheOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
    files, size = sum(row.files for row in outcome.buckets), sum(row.size for row in outcome.buckets)
    amount = f"{counted(files, 'file')}, {size_text(size)}"
    if outcome.action == "dir":
        return [visible(outcome.folder)]
    if outcome.action == "clear":
        return [f"removed {amount} from {style.path(outcome.folder)}"]
    rows = [[visible(row.name), counted(row.files, "file"), size_text(row.size)] for row in outcome.buckets]
    shared = sum(row.shared for row in outcome.buckets)
    parts = f": {size_text(size - shared)} of its own, {size_text(shared)} shared with boxes" if shared else ""
    return [*aligned(rows, width), f"{amount} in {style.path(outcome.folder)}{parts}"]


def cache_document(outcome: CacheOutcome) -> dict[str, object]:
    """Return the content for programs."""
    if outcome.action == "dir":
        return {"folder": outcome.folder}
    buckets = [
        {"name": row.name, "files": row.files, "bytes": row.size, "shared_bytes": row.shared} for row in outcome.buckets
    ]
    size, shared = sum(row.size for row in outcome.buckets), sum(row.shared for row in outcome.buckets)
    return {
        "folder": outcome.folder,
        "cleared": outcome.action == "clear",
        "files": sum(row.files for row in outcome.buckets),
        "bytes": size,
        "own_bytes": size - shared,
        "shared_bytes": shared,
        "buckets": buckets,
    }


def prune_text(outcome: PruneOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people: the archives by name, everything else counted."""
    del width  # these lines are not folded
    names = sorted(row.name for row in outcome.rows if row.bucket == "archive-v1")
    lines = [f"{style.paint('-', 'red')} {visible(name)}" for name in names]
    if outcome.rows:
        held = f"; {size_text(outcome.held)} more stay on the disk, in boxes" if outcome.held else ""
        is_dry = outcome.is_dry_run
        deed, freed = ("would remove", "to be freed") if is_dry else ("removed", "freed")
        lines.append(f"{deed} {', '.join(_amounts(outcome))}: {size_text(outcome.freed)} {freed}{held}")
    else:
        days = "day" if outcome.days == 1 else counted(outcome.days, "day")
        used = f", or was used in the last {days}" if outcome.days else ""
        lines.append(f"nothing to remove: what is in {style.path(outcome.folder)} is needed{used}")
    if outcome.limit is not None and outcome.size > outcome.limit:
        more = f"{size_text(outcome.size)}, more than {size_text(outcome.limit)}"
        verb = "would still hold" if outcome.is_dry_run else "still holds"
        lines.append(f"the store {verb} {more}: boxes need {size_text(outcome.needed)} of it, which stay")
    return lines


def _amounts(outcome: PruneOutcome) -> list[str]:
    counts = Counter(_NOUNS.get(row.bucket, "page") for row in outcome.rows)
    ordered = [*_NOUNS.values(), "page"]
    return [_boxes(counts[noun]) if noun == "box" else counted(counts[noun], noun) for noun in ordered if counts[noun]]


def _boxes(number: int) -> str:
    return f"{number} {'box' if number == 1 else 'boxes'} of builds and scripts"


def prune_document(outcome: PruneOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "folder": outcome.folder,
        "dry_run": outcome.is_dry_run,
        "days": outcome.days,
        "removed": [{"bucket": row.bucket, "name": row.name} for row in outcome.rows],
        "freed_bytes": outcome.freed,
        "held_bytes": outcome.held,
        "bytes": outcome.size,
        "needed_bytes": outcome.needed,
        "limit": outcome.limit,
    }


def audit_text(outcome: AuditOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
    del width  # these lines are not folded
    lines = [line for row in outcome.damages for line in _damage(row, style)]
    amount = f"{counted(outcome.archives, 'archive')}, {counted(outcome.files, 'file')}, {size_text(outcome.size)}"
    if outcome.damages:
        found = counted(len(outcome.damages), "damaged file")
        left = sum(not row.is_out for row in outcome.damages)
        rest = f", of which {left} can't be taken out" if left else "; what is damaged is had anew when it is needed"
        lines.append(f"found {found} in {style.path(outcome.folder)}{rest}: checked {amount}")
    else:
        lines.append(f"the store is sound: checked {amount} in {outcome.seconds:.1f} s")
    return [*lines, *(f"{style.paint('hint:', 'cyan')} {visible(hint)}" for hint in outcome.hints)]


def _damage(row: DamageRow, style: Style) -> list[str]:
    whose = f"{visible(row.package)} {visible(row.version)}: " if row.package else ""
    first = f"{style.paint('!', 'red')} {whose}{visible(row.path)} {_DAMAGE[row.kind]}"
    return [first, *(f"  the same file is in {style.path(root)}" for root in row.environments)]


def audit_document(outcome: AuditOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "folder": outcome.folder,
        "archives": outcome.archives,
        "files": outcome.files,
        "bytes": outcome.size,
        "damaged": [
            {
                "path": row.path,
                "package": row.package,
                "version": row.version,
                "kind": row.kind,
                "removed": row.is_out,
                "environments": list(row.environments),
            }
            for row in outcome.damages
        ],
        "hints": list(outcome.hints),
    }
