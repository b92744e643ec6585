"""Whatever archive comes: a good one arrives as zipfile reads it, a damaged one never leaves its folder."""

import io
import os
import tempfile
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from capsa.disk.unpack import unpack
from capsa.errors import IntegrityError
from capsa.testing.wheel import archive_of

PART = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='/\\:"'), min_size=1, max_size=12
)
NAME = st.lists(PART.filter(lambda part: part not in {".", ".."}), min_size=1, max_size=3).map("/".join)
METHOD = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])


def is_possible(names):
    """Whether no file is a folder of another one."""
    return not any(other.startswith(f"{name}/") for name in names for other in names)


MEMBERS = st.dictionaries(NAME, st.binary(max_size=300), max_size=8).filter(is_possible)


@st.composite
def damaged(draw):
    """An archive with some of its bytes changed, cut out or repeated."""
    content = bytearray(archive_of(draw(MEMBERS), compression=draw(METHOD)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        piece = draw(st.binary(max_size=4) | st.sampled_from([b"../", b"/", b"\0", b"\xff\xff\xff\xff", b"PK\1\2"]))
        content[at : at + draw(st.sampled_from([0, len(piece), len(piece) + 3]))] = piece
    return bytes(content)


def below(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


@given(members=MEMBERS, method=METHOD)
def test_what_was_packed_arrives(members, method):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.whl")
        with open(path, "wb") as file:
            file.write(archive_of(members, compression=method))
        files = unpack(path, os.path.join(folder, "tree"))
        assert [file.path for file in files] == sorted(members)
        assert below(os.path.join(folder, "tree")) == members


@given(content=damaged())
def test_a_damaged_archive_is_refused_or_read_as_others_read_it(content):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.whl")
        with open(path, "wb") as file:
            file.write(content)
        try:
            files = unpack(path, os.path.join(folder, "inside", "tree"))
        except IntegrityError as error:
            assert "a.whl" in str(error)  # noqa: PT017 - a refusal is one of two good ends
            files = None
        assert set(os.listdir(folder)) <= {"a.whl", "inside"}
        if files is None:
            return
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            others = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        assert {file.path: file.size for file in files} == {name: len(data) for name, data in others.items()}
