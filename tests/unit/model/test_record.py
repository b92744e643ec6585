"""RECORD lines; what holds for all of them is in tests/property."""

import hashlib

import pytest

from capsa.errors import IntegrityError
from capsa.model.record import RecordRow, encode_digest, format_record, parse_record


def test_a_line_has_path_hash_and_size():
    text = 'a.py,sha256=abc,3\r\n"b, ""c"".py",,\nx-1.dist-info/RECORD,,\n'
    assert parse_record(text, "RECORD") == (
        RecordRow(path="a.py", algorithm="sha256", digest="abc", size=3),
        RecordRow(path='b, "c".py'),
        RecordRow(path="x-1.dist-info/RECORD"),
    )


def test_what_old_tools_wrote_is_read():
    rows = parse_record("a\\b.py,md5=x,0\n\nonly-a-path\nwith-hash,sha256=y\nmore,,1,2,3\n", "RECORD")
    assert [row.path for row in rows] == ["a/b.py", "only-a-path", "with-hash", "more"]
    assert (rows[0].algorithm, rows[0].size, rows[1].size, rows[3].size) == ("md5", 0, None, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,,\nb,,many\n", "line 2 of x/RECORD is not a RECORD line: "), ("a,,1.5\n", "line 1 of x/RECORD")],
)
def test_a_line_that_can_not_be_read_is_told_by_its_number(text, message):
    with pytest.raises(IntegrityError) as caught:
        parse_record(text, "x/RECORD")
    assert str(caught.value).startswith(message)


def test_lines_are_written_sorted_and_quoted_where_needed():
    rows = (RecordRow(path="z"), RecordRow(path='b,"c"', algorithm="sha256", digest="d", size=0), RecordRow(path="é"))
    assert format_record(rows) == '"b,""c""",sha256=d,0\nz,,\né,,\n'


def test_a_digest_is_urlsafe_base64_without_padding():
    assert encode_digest(hashlib.sha256(b"").hexdigest()) == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
