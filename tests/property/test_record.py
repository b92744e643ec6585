"""RECORD: what is written is read again, and reads as csv to everybody else."""

import base64
import contextlib
import csv
import hashlib
import io

from hypothesis import given
from hypothesis import strategies as st

from capsa.errors import IntegrityError
from capsa.model.record import RecordRow, encode_digest, format_record, parse_record

# A backslash is read as a separator, for the RECORDs of old Windows tools.
PATHS = st.text(st.characters(exclude_characters="\\", exclude_categories=["Cs"]), min_size=1)
ROWS = st.builds(
    lambda path, content, size: RecordRow(
        path=path,
        algorithm="sha256" if content is not None else "",
        digest=encode_digest(hashlib.sha256(content).hexdigest()) if content is not None else "",
        size=size,
    ),
    PATHS,
    st.none() | st.binary(),
    st.none() | st.integers(min_value=0, max_value=2**63),
)


@given(st.lists(ROWS))
def test_what_is_written_is_read_again_in_order_of_paths(rows):
    assert parse_record(format_record(tuple(rows)), "RECORD") == tuple(sorted(rows, key=lambda row: row.path))


@given(st.lists(ROWS))
def test_every_other_reader_of_csv_sees_the_same(rows):
    found = list(csv.reader(io.StringIO(format_record(tuple(rows)), newline="")))
    assert sorted(line[0] for line in found) == sorted(row.path for row in rows)
    assert {len(line) for line in found} <= {3}


@given(st.text())
def test_any_text_is_read_as_itself_or_refused(text):
    with contextlib.suppress(IntegrityError):
        rows = parse_record(text, "x.dist-info/RECORD")
        assert parse_record(format_record(rows), "again") == tuple(sorted(rows, key=lambda row: row.path))


@given(st.binary())
def test_a_digest_is_the_base64_of_the_specification(content):
    digest = hashlib.sha256(content)
    padded = encode_digest(digest.hexdigest()) + "="
    assert base64.urlsafe_b64decode(padded) == digest.digest()
