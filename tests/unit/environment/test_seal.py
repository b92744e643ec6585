from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsa.environment.seal import file_word, find_met, state_of, write_seal


class Box:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "lib/python3.12/site-packages"
        self.scripts = root / "bin"
        self.site.mkdir(parents=True)
        self.scripts.mkdir()
        (root / ".capsa").mkdir()
        (self.scripts / "python").write_text("")
        (root / ".capsa/receipt").write_text("{}")

    def write(self, words: list[str], count: int = 1) -> None:
        write_seal(str(self.root), words, count, state=self.state() or "")

    def state(self) -> str | None:
        return state_of(str(self.root), str(self.site), str(self.scripts))

    def find(self, words: list[str]) -> int | None:
        return find_met(str(self.root), str(self.site), str(self.scripts), words)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


def test_a_noted_request_is_found_with_its_count(box: Box) -> None:
    box.write(["six", "rich>=13"], 2)
    assert box.find(["six", "rich>=13"]) == 2


def test_another_request_is_not_found(box: Box) -> None:
    box.write(["six"])
    assert box.find(["six>=2"]) is None
    assert box.find(["six", "rich"]) is None
    assert box.find([]) is None


def test_several_requests_are_kept_while_nothing_changes(box: Box) -> None:
    box.write(["six"])
    box.write(["rich"], 3)
    assert (box.find(["six"]), box.find(["rich"])) == (1, 3)


@pytest.mark.parametrize("change", ["package", "launcher", "receipt", "python"])
def test_any_change_of_the_box_breaks_the_seal(box: Box, change: str) -> None:
    box.write(["six"])
    if change == "package":
        (box.site / "six.py").write_text("")
    elif change == "launcher":
        (box.scripts / "tool").write_text("")
    elif change == "receipt":
        (box.root / ".capsa/receipt").write_text("{ }")
    else:
        os.utime(box.scripts / "python", ns=(1, 1))
    assert box.find(["six"]) is None
    box.write(["rich"])
    assert box.find(["six"]) is None, "what was noted for another state is forgotten"


def test_a_box_without_a_receipt_or_a_seal_is_looked_at_properly(box: Box) -> None:
    assert box.find(["six"]) is None
    (box.root / ".capsa/receipt").unlink()
    box.write(["six"])
    assert box.find(["six"]) == 1


def test_a_word_with_a_tab_or_a_line_break_is_never_noted(box: Box) -> None:
    for word in ("six\trich", "six\nmet 1\trich", "six\r"):
        box.write([word])
        assert box.find([word]) is None
    assert box.find(["rich"]) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"capsa-seal 1\nSTATE\nmet x\tsix\n", b"capsa-seal 1\n", b"capsa-seal 2\nstate\nmet 1\tsix\n", b"\xff\xfe"],
)
def test_a_seal_that_can_not_be_read_means_look_properly(box: Box, content: bytes) -> None:
    (box.root / ".capsa/seal").write_bytes(content.replace(b"STATE", (box.state() or "").encode()))
    assert box.find(["six"]) is None


def test_the_word_of_a_file_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("six")
    first = file_word(str(path))
    path.write_text("six>=1")
    assert file_word(str(path)) != first
    with pytest.raises(OSError, match="nowhere"):
        file_word(str(tmp_path / "nowhere"))


def test_a_change_after_the_look_breaks_the_seal(box: Box) -> None:
    state = box.state()
    (box.site / "gone.py").write_text("")
    write_seal(str(box.root), ["six"], 1, state=state or "")
    assert box.find(["six"]) is None


def test_a_box_without_a_python_has_no_state(box: Box) -> None:
    (box.scripts / "python").unlink()
    assert box.state() is None
