"""What stands around the boxes, as text and as documents: the settings, the store.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from capsa.model.outcome import CacheOutcome, SettingRow, SettingsOutcome
from capsa.terminal.sentence import counted
from capsa.terminal.size import size_text
from capsa.terminal.style import Style
from capsa.terminal.table import aligned
from capsa.terminal.visible import visible


def settings_text(outcome: SettingsOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
    rows = [[row.key, visible(_value(row)), visible(row.origin)] for row in outcome.settings]
    head, *lines = aligned([["setting", "value", "origin"], *rows], width)
    return [style.paint(head, "bold"), *lines]


def _value(row: SettingRow) -> str:
    if row.value is None or row.value == []:
        return "-"
    if isinstance(row.value, bool):
        return "true" if row.value else "false"
    if isinstance(row.value, list):
        return " ".join(row.value)
    return f"{row.value:g}" if isinstance(row.value, float) else str(row.value)


def settings_document(outcome: SettingsOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"settings": [{"key": row.key, "value": row.value, "origin": row.origin} for row in outcome.settings]}


def cache_text(outcome: CacheOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
    files, size = sum(row.files for row in outcome.buckets), sum(row.size for row in outcome.buckets)
    amount = f"{counted(files, 'file')}, {size_text(size)}"
    if outcome.action == "dir":
        return [visible(outcome.folder)]
    if outcome.action == "clear":
        return [f"removed {amount} from {style.path(outcome.folder)}"]
    rows = [[visible(row.name), counted(row.files, "file"), size_text(row.size)] for row in outcome.buckets]
    return [*aligned(rows, width), f"{amount} in {style.path(outcome.folder)}"]


def cache_document(outcome: CacheOutcome) -> dict[str, object]:
    """Return the content for programs."""
    if outcome.action == "dir":
        return {"folder": outcome.folder}
    buckets = [{"name": row.name, "files": row.files, "bytes": row.size} for row in outcome.buckets]
    return {
        "folder": outcome.folder,
        "cleared": outcome.action == "clear",
        "files": sum(row.files for row in outcome.buckets),
        "bytes": sum(row.size for row in outcome.buckets),
        "buckets": buckets,
    }
