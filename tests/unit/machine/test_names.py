"""Named boxes: which words are names, and where the box of a name is."""

import os
from pathlib import Path

import pytest

from capsa.errors import UsageError
from capsa.machine.names import find_named, is_name, named_boxes, named_folder, named_root


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def make_box(data, name):
    root = Path(named_root(data, name))
    root.mkdir(parents=True)
    (root / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return str(root)


@pytest.mark.parametrize(
    "word",
    ["data", "3.12", "my box", "it's", "$(touch hit)", "a;b", "ünï漢字", "a.b-c_d", "x" * 255, "%PATH%", "@3", "a~b"],
)
def test_a_word_may_be_a_name(data, word):
    assert is_name(word)
    assert named_root(data, word) == f"{named_folder(data)}/{word}"


@pytest.mark.parametrize(
    "word",
    [
        *("", ".", "..", ".venv", "-n", "~me", "a/b", "a\\b", "/a", "a:b"),
        *("a\nb", "a\tb", "\x1b[1m", "a\x85", " a", "a ", "x" * 256, "ü" * 128, "\udcff", "a\u202eb"),
    ],
)
def test_a_word_that_is_a_path_or_could_deceive_is_no_name(data, word):
    assert not is_name(word)
    assert find_named(data, word) is None
    with pytest.raises(UsageError, match="can't be the name of a box"):
        named_root(data, word)


def test_only_boxes_that_are_there_are_found(data):
    assert named_boxes(data) == ()
    assert find_named(data, "data") is None
    roots = {name: make_box(data, name) for name in ("data", "a b")}
    make_box(data, "gone")
    os.unlink(f"{named_root(data, 'gone')}/pyvenv.cfg")
    assert named_boxes(data) == ("a b", "data")
    assert {name: find_named(data, name) for name in roots} == roots
    assert find_named(data, "gone") is None
