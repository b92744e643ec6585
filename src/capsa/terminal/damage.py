"""What is not as it was put in, what was mended, and what may be patched, as text and as documents.

Returns lines and documents, writes nothing. Paths and texts from outside are shown with control characters escaped.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from capsa.model.finding import Finding, PatchOutcome, PatchRow, RepairOutcome, VerifyOutcome
from capsa.terminal.sentence import counted
from capsa.terminal.style import Style
from capsa.terminal.visible import visible

FOLDER = ".venv"

_ODD = frozenset(" \t'\"$`\\*?()[]{}<>|&;#!~")


def verify_text(outcome: VerifyOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people: one for each file, and one that counts."""
    lines = [_line(finding, style) for finding in outcome.findings]
    lines += [f"{style.path(path)} was damaged too, and is taken out of the store" for path in outcome.withdrawn]
    packages = f"{counted(outcome.package_count, 'package')} in {style.path(outcome.environment)}"
    facts = "size, time, mode and hash" if outcome.is_full else "size, time and mode"
    count = sum(finding.is_damage for finding in outcome.findings)
    if not count:
        return [*lines, f"no damage: {counted(outcome.file_count, 'file')} of {packages} compared by {facts}"]
    lines.append(f"damaged: {counted(count, 'file')} of {packages}, compared by {facts}")
    lines.append(f"{style.paint('hint:', 'cyan')} mend the box: `{_repair(outcome.environment, style)}`")
    boxes = {root for finding in outcome.findings for root in finding.shared_with}
    return [*lines, *_shared(sorted(boxes), style)]


def verify_document(outcome: VerifyOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "environment": outcome.environment,
        "full": outcome.is_full,
        "sound": outcome.is_sound,
        "packages": outcome.package_count,
        "files": outcome.file_count,
        "findings": [_finding_document(finding) for finding in outcome.findings],
        "withdrawn": list(outcome.withdrawn),
    }


def repair_text(outcome: RepairOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people: one for each file that was mended or is left, and one that counts."""
    lines = [f"{style.paint('~', 'yellow')} {_told(finding)}" for finding in outcome.mended]
    lines += [_line(finding, style) for finding in outcome.left]
    bad = sum(finding.is_damage for finding in outcome.left)
    files = counted(len(outcome.mended), "file")
    amount = f"{files} of {counted(len({finding.package for finding in outcome.mended}), 'package')}"
    if outcome.mended:
        lines.append(f"would mend {amount}" if outcome.is_dry_run else f"mended {amount} in {outcome.seconds:.1f} s")
    elif not bad:
        place = style.path(outcome.environment)
        lines.append(f"nothing to mend: the files of {counted(outcome.package_count, 'package')} in {place} are whole")
    if bad:
        lines.append(f"{'would stay' if outcome.is_dry_run else 'stays'} damaged: {counted(bad, 'file')}")
    lines += [f"{style.paint('hint:', 'cyan')} {visible(hint)}" for hint in outcome.hints]
    return [*lines, *_shared(outcome.boxes, style)]


def repair_document(outcome: RepairOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "environment": outcome.environment,
        "dry_run": outcome.is_dry_run,
        "sound": outcome.is_whole,
        "mended": [_finding_document(finding) for finding in outcome.mended],
        "left": [_finding_document(finding) for finding in outcome.left],
        "shared_with": list(outcome.boxes),
        "hints": list(outcome.hints),
    }


def patch_text(outcome: PatchOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people: one for each package, with where its modules lie."""
    return [_patch_line(package, style) for package in outcome.packages]


def patch_document(outcome: PatchOutcome) -> dict[str, object]:
    """Return the content for programs."""
    packages = [
        {
            "name": package.name,
            "version": package.version,
            "files": package.file_count,
            "paths": list(package.places),
            "new": package.is_new,
        }
        for package in outcome.packages
    ]
    return {"environment": outcome.environment, "packages": packages}


def _patch_line(package: PatchRow, style: Style) -> str:
    title = visible(f"{package.name} {package.version}".rstrip())
    places = ", ".join(style.path(place) for place in package.places)
    files = f", and no other box shares its {counted(package.file_count, 'file')}" if package.is_new else " already"
    return f"{title} is yours to edit{files}{f': {places}' if places else ''}"


def _line(finding: Finding, style: Style) -> str:
    return f"{style.paint('!', 'red' if finding.is_damage else 'dim')} {_told(finding)}"


def _told(finding: Finding) -> str:
    owner = f"{finding.package}: " if finding.package else ""
    return visible(f"{owner}{finding.path} {finding.text}")


def _finding_document(finding: Finding) -> dict[str, object]:
    return {
        "package": finding.package,
        "path": finding.path,
        "kind": finding.kind,
        "reason": finding.text,
        "shared_with": list(finding.shared_with),
    }


def _shared(roots: Iterable[str], style: Style) -> list[str]:
    return [f"{style.path(root)} has the same damage: `{_repair(root, style)}`" for root in roots]


def _repair(root: str, style: Style) -> str:
    """Return the command that mends a box, as it can be typed from here."""
    place = style.path(root)
    if place == FOLDER:
        return "capsa repair"
    if place.startswith("~/") or set(place) & _ODD:
        place = visible(shlex.quote(root))
    return f"capsa repair --env {place}"
