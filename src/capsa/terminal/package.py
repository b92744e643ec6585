"""What lies in a box, as text and as documents: `list`, `freeze`, `show`, `check`.

Returns lines and documents, writes nothing. Text from packages is shown with control characters escaped.
"""

from __future__ import annotations

from capsa.model.outcome import CheckOutcome, FreezeOutcome, ListOutcome, PackageDetails, PackageRow, ShowOutcome
from capsa.terminal.sentence import counted
from capsa.terminal.style import Style
from capsa.terminal.table import aligned
from capsa.terminal.visible import visible


def list_text(outcome: ListOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
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
    signs = [sign for sign, is_so in (("(editable)", package.is_editable), ("(edited)", package.is_edited)) if is_so]
    return " ".join([*([url] if url else []), *signs])


def list_document(outcome: ListOutcome) -> dict[str, object]:
    """Return the content for programs."""
    packages = []
    for package in outcome.packages:
        row: dict[str, object] = {
            "name": package.name,
            "version": package.version,
            "editable": package.is_editable,
            "edited": package.is_edited,
        }
        if package.direct_url is not None:
            row["direct_url"] = package.direct_url
        packages.append(row)
    return {"environment": outcome.environment, "packages": packages}


def freeze_text(outcome: FreezeOutcome, _style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    return [visible(line) for line in outcome.lines]


def freeze_document(outcome: FreezeOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"requirements": list(outcome.lines)}


def show_text(outcome: ShowOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
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


def show_document(outcome: ShowOutcome) -> dict[str, object]:
    """Return the content for programs."""
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


def check_text(outcome: CheckOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    if not outcome.problems:
        place = style.path(outcome.environment)
        return [f"every demand of the {counted(outcome.package_count, 'package')} in {place} is met"]
    return [
        f"{visible(f'{problem.name} {problem.version}'.rstrip())} requires {visible(problem.requirement)}, "
        + (f"but {visible(problem.found)} is installed" if problem.found else "which is not installed")
        for problem in outcome.problems
    ]


def check_document(outcome: CheckOutcome) -> dict[str, object]:
    """Return the content for programs."""
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
