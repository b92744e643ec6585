"""RECORD, the list of files of an installed or packed distribution (PEP 376, PEP 627, wheel specification). PURE."""

from __future__ import annotations

import base64
import csv
import io

from capsa.errors import IntegrityError
from capsa.value import value


@value
class RecordRow:
    """One line: ``path`` as written (relative to the folder that holds ``.dist-info``, "/" between parts).

    ``algorithm`` and ``digest`` (unpadded urlsafe base64) are "" where the line has no hash; ``size`` is None where
    it has none.
    """

    path: str
    algorithm: str = ""
    digest: str = ""
    size: int | None = None


def parse_record(text: str, place: str) -> tuple[RecordRow, ...]:
    """Return the rows of a RECORD; raises IntegrityError that names ``place`` and the line when one can't be read."""
    rows = []
    try:
        for fields in csv.reader(io.StringIO(text, newline="")):
            if not fields:
                continue
            path, digest, size = (*fields, "", "")[:3]
            algorithm, _, value = digest.partition("=")
            rows.append(
                RecordRow(
                    path=path.replace("\\", "/"),
                    algorithm=algorithm if value else "",
                    digest=value,
                    size=int(size) if size else None,
                )
            )
    except (csv.Error, ValueError) as error:
        raise IntegrityError(f"line {len(rows) + 1} of {place} is not a RECORD line: {error}") from error
    return tuple(rows)


def format_record(rows: tuple[RecordRow, ...]) -> str:
    """Return the text of a RECORD with these rows, sorted by path, lines ending in a newline."""
    return "".join(map(_line, sorted(rows, key=lambda row: row.path)))


def _line(row: RecordRow) -> str:
    # csv.writer leaves a carriage return bare before Python 3.13, and csv.reader then ends the line there.
    is_plain = row.path and not any(sign in row.path for sign in ',"\r\n')
    path = row.path if is_plain else '"' + row.path.replace('"', '""') + '"'
    digest = f"{row.algorithm}={row.digest}" if row.digest else ""
    return f"{path},{digest},{'' if row.size is None else row.size}\n"


def encode_digest(hexadecimal: str) -> str:
    """Return RECORD's unpadded urlsafe base64 of a hash given in hex."""
    return base64.urlsafe_b64encode(bytes.fromhex(hexadecimal)).rstrip(b"=").decode("ascii")
