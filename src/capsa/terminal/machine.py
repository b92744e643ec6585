"""What stands around the boxes, as text and as documents: the settings.

Returns lines and documents, writes nothing.
"""

from __future__ import annotations

from capsa.model.outcome import SettingRow, SettingsOutcome
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
