"""One result as text for people or as a document for programs: the same value, two faces.

Returns text and documents, writes nothing. The documents are fixed by CONTRACT, "Outputs": adding is free, changing is
not. Text from packages is shown with control characters escaped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from capsa.model.outcome import (
    ActivateOutcome,
    CacheOutcome,
    ChangeRow,
    ChangesOutcome,
    CheckOutcome,
    CreateOutcome,
    FreezeOutcome,
    ListOutcome,
    Outcome,
    PackageDetails,
    PackageRow,
    SettingRow,
    SettingsOutcome,
    ShowOutcome,
)
from capsa.terminal.sentence import activation, counted, created, nothing_to_do
from capsa.terminal.size import size_text
from capsa.terminal.style import Style
from capsa.terminal.table import aligned
from capsa.terminal.visible import visible

VERSION = 1


def text(outcome: Outcome, style: Style, width: int | None = None) -> str:
    """Return a result for people, every line ended, "" for nothing; ``width`` is the terminal's, None for a pipe."""
    lines: Iterable[str] = _TEXTS[type(outcome)](outcome, style, width)
    return "".join(f"{line}\n" for line in lines)


def document(outcome: Outcome) -> dict[str, object]:
    """Return a result for programs."""
    content: dict[str, object] = _DOCUMENTS[type(outcome)](outcome)
    return {"version": VERSION, **content}


def json_text(document: dict[str, object]) -> str:
    """Return a document as one line of JSON, ended."""
    return json.dumps(document, ensure_ascii=True) + "\n"


_SIGNS = {"install": ("+", "green"), "remove": ("-", "red"), "replace": ("~", "yellow")}
_DONE = {"install": "installed", "replace": "replaced", "remove": "removed"}


def _changes_text(outcome: ChangesOutcome, style: Style, _width: int | None) -> list[str]:
    if not outcome.changes:
        return [nothing_to_do(outcome.kept_count, style.path(outcome.environment))]
    lines = [_change_line(change, style) for change in outcome.changes]
    counts = {action: sum(change.action == action for change in outcome.changes) for action in _DONE}
    words = _SIGNS if outcome.is_dry_run else _DONE
    parts = [f"{action if words is _SIGNS else _DONE[action]} {count}" for action, count in counts.items() if count]
    if outcome.is_dry_run:
        return [*lines, f"would {', '.join(parts)}"]
    return [*lines, f"{', '.join(parts)} in {outcome.seconds:.1f} s"]


def _change_line(change: ChangeRow, style: Style) -> str:
    sign, color = _SIGNS[change.action]
    old, new = visible(change.from_version or ""), visible(change.to_version or "")
    if change.action == "replace":
        new = f"{new} (again)" if old == new else f"{old} -> {new}"
    return f"{style.paint(sign, color)} {visible(change.name)} {new or old}"


def _changes_document(outcome: ChangesOutcome) -> dict[str, object]:
    rows = [
        {"action": change.action, "name": change.name, "from": change.from_version, "to": change.to_version}
        for change in outcome.changes
    ]
    return {
        "environment": outcome.environment,
        "dry_run": outcome.is_dry_run,
        "changes": rows,
        "kept": outcome.kept_count,
    }


def _list_text(outcome: ListOutcome, style: Style, width: int | None) -> list[str]:
    if not outcome.packages:
        # In a pipe a sentence would be taken for a package.
        return [] if width is None else [f"nothing is installed in {style.path(outcome.environment)}"]
    rows = [[visible(package.name), visible(package.version), _source(package)] for package in outcome.packages]
    if not any(row[2] for row in rows):
        rows = [row[:2] for row in rows]
    heading = ["package", "version", "from"][: len(rows[0])]
    head, *lines = aligned([heading, *rows], width)
    return [style.paint(head, "bold"), *lines]


def _source(package: PackageRow) -> str:
    url = visible(str((package.direct_url or {}).get("url", "")))
    return f"{url} (editable)" if package.is_editable else url


def _list_document(outcome: ListOutcome) -> dict[str, object]:
    packages = []
    for package in outcome.packages:
        row: dict[str, object] = {"name": package.name, "version": package.version, "editable": package.is_editable}
        if package.direct_url is not None:
            row["direct_url"] = package.direct_url
        packages.append(row)
    return {"environment": outcome.environment, "packages": packages}


def _freeze_text(outcome: FreezeOutcome, _style: Style, _width: int | None) -> list[str]:
    return [visible(line) for line in outcome.lines]


def _freeze_document(outcome: FreezeOutcome) -> dict[str, object]:
    return {"requirements": list(outcome.lines)}


def _show_text(outcome: ShowOutcome, style: Style, width: int | None) -> list[str]:
    lines: list[str] = []
    for package in outcome.packages:
        lines += ["---"] if lines else []
        lines += _details(package, style, width)
    return lines


def _details(package: PackageDetails, style: Style, width: int | None) -> list[str]:
    rows = [
        ("name:", package.name),
        ("version:", package.version),
        ("summary:", package.summary),
        ("home page:", package.home_page),
        ("author:", package.author),
        ("license:", package.license),
        ("location:", package.location),
        ("installer:", package.installer),
        ("requires:", ", ".join(package.requires)),
        ("required by:", ", ".join(package.required_by)),
    ]
    lines = aligned([(label, visible(value)) for label, value in rows if value], width)
    if package.files is not None:
        lines += ["files:", *(f"  {visible(path)}" for path in package.files)]
    return [_painted_label(line, style) for line in lines]


def _painted_label(line: str, style: Style) -> str:
    label, colon, rest = line.partition(":")
    return line if line.startswith(" ") else f"{style.paint(label + colon, 'bold')}{rest}"


def _show_document(outcome: ShowOutcome) -> dict[str, object]:
    return {"packages": [_details_document(package) for package in outcome.packages]}


def _details_document(package: PackageDetails) -> dict[str, object]:
    row: dict[str, object] = {
        "name": package.name,
        "version": package.version,
        "summary": package.summary,
        "home_page": package.home_page,
        "author": package.author,
        "license": package.license,
        "location": package.location,
        "installer": package.installer,
        "requires": list(package.requires),
        "required_by": list(package.required_by),
    }
    if package.files is not None:
        row["files"] = list(package.files)
    return row


def _check_text(outcome: CheckOutcome, style: Style, _width: int | None) -> list[str]:
    if not outcome.problems:
        place = style.path(outcome.environment)
        return [f"every demand of the {counted(outcome.package_count, 'package')} in {place} is met"]
    return [
        f"{visible(f'{problem.name} {problem.version}'.rstrip())} requires {visible(problem.requirement)}, "
        + (f"but {visible(problem.found)} is installed" if problem.found else "which is not installed")
        for problem in outcome.problems
    ]


def _check_document(outcome: CheckOutcome) -> dict[str, object]:
    problems = [
        {
            "name": problem.name,
            "version": problem.version,
            "requirement": problem.requirement,
            "found": problem.found,
        }
        for problem in outcome.problems
    ]
    return {"environment": outcome.environment, "packages": outcome.package_count, "problems": problems}


def _settings_text(outcome: SettingsOutcome, style: Style, width: int | None) -> list[str]:
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


def _settings_document(outcome: SettingsOutcome) -> dict[str, object]:
    return {"settings": [{"key": row.key, "value": row.value, "origin": row.origin} for row in outcome.settings]}


def _cache_text(outcome: CacheOutcome, style: Style, width: int | None) -> list[str]:
    files, size = sum(row.files for row in outcome.buckets), sum(row.size for row in outcome.buckets)
    amount = f"{counted(files, 'file')}, {size_text(size)}"
    if outcome.action == "dir":
        return [visible(outcome.folder)]
    if outcome.action == "clear":
        return [f"removed {amount} from {style.path(outcome.folder)}"]
    rows = [[visible(row.name), counted(row.files, "file"), size_text(row.size)] for row in outcome.buckets]
    return [*aligned(rows, width), f"{amount} in {style.path(outcome.folder)}"]


def _cache_document(outcome: CacheOutcome) -> dict[str, object]:
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


def _create_text(outcome: CreateOutcome, style: Style, _width: int | None) -> list[str]:
    place = style.path(outcome.environment)
    return [
        created(place, visible(outcome.python), visible(outcome.reason), outcome.pip),
        *(f"{style.paint('hint:', 'cyan')} {visible(hint)}" for hint in outcome.hints),
        activation(visible(outcome.activation_line)),
    ]


def _create_document(outcome: CreateOutcome) -> dict[str, object]:
    return {
        "environment": outcome.environment,
        "python": outcome.python,
        "reason": outcome.reason,
        "pip": outcome.pip,
        "activate": outcome.activation_line,
        "hints": list(outcome.hints),
    }


def _activate_text(outcome: ActivateOutcome, _style: Style, _width: int | None) -> list[str]:
    return [visible(outcome.line)]


def _activate_document(outcome: ActivateOutcome) -> dict[str, object]:
    return {"environment": outcome.environment, "activate": outcome.line}


# Any: each function takes the one kind of outcome that it stands beside.
_TEXTS: dict[type, Callable[[Any, Style, int | None], list[str]]] = {
    ActivateOutcome: _activate_text,
    CacheOutcome: _cache_text,
    ChangesOutcome: _changes_text,
    CheckOutcome: _check_text,
    CreateOutcome: _create_text,
    FreezeOutcome: _freeze_text,
    ListOutcome: _list_text,
    SettingsOutcome: _settings_text,
    ShowOutcome: _show_text,
}
_DOCUMENTS: dict[type, Callable[[Any], dict[str, object]]] = {
    ActivateOutcome: _activate_document,
    CacheOutcome: _cache_document,
    ChangesOutcome: _changes_document,
    CheckOutcome: _check_document,
    CreateOutcome: _create_document,
    FreezeOutcome: _freeze_document,
    ListOutcome: _list_document,
    SettingsOutcome: _settings_document,
    ShowOutcome: _show_document,
}
