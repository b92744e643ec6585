from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsa.environment.seal import content_word, file_word, find_met, find_sealed, is_met_by, state_of, write_seal


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
        (root / "pyvenv.cfg").write_text("home = /usr/bin\n")

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


CHANGES = {
    "a module comes": lambda box: (box.site / "new.py").write_text(""),
    "a module goes": lambda box: (box.site / "six.py").unlink(),
    "a module is edited": lambda box: os.utime(box.site / "six.py", ns=(1, 1)),
    "a package goes": lambda box: (box.site / "rich").rmdir(),
    "a package gives way": lambda box: (box.site / "rich").rename(box.site / "poor"),
    "a package becomes a link": lambda box: ((box.site / "rich").rmdir(), (box.site / "rich").symlink_to("/elsewhere")),
    "a file of the metadata goes": lambda box: (box.site / "rich-1.dist-info/RECORD").unlink(),
    "a path file is edited": lambda box: (box.site / "own.pth").write_text("/srv/other\n"),
    "a launcher comes": lambda box: (box.scripts / "tool").write_text(""),
    "the receipt": lambda box: (box.root / ".capsa/receipt").write_text("{ }"),
    "the Python": lambda box: os.utime(box.scripts / "python", ns=(1, 1)),
    "the configuration": lambda box: (box.root / "pyvenv.cfg").write_text("home = /opt/bin\n"),
}


@pytest.fixture
def full(box: Box) -> Box:
    """A box with a module, a package, its metadata and a path file."""
    for folder in ("rich", "rich-1.dist-info"):
        (box.site / folder).mkdir()
    for name in ("six.py", "own.pth", "rich-1.dist-info/RECORD"):
        (box.site / name).write_text("/srv/demo\n")
    return box


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_the_box_breaks_the_seal(full: Box, change: str) -> None:
    full.write(["six"])
    assert full.find(["six"]) == 1
    CHANGES[change](full)
    assert full.find(["six"]) is None
    full.write(["rich"])
    assert full.find(["six"]) is None, "what was noted for another state is forgotten"


def test_bytecode_that_an_import_leaves_does_not_break_the_seal(full: Box) -> None:
    full.write(["six"])
    (full.site / "__pycache__").mkdir()
    (full.site / "__pycache__/six.pyc").write_text("")
    (full.site / "rich/__pycache__").mkdir()
    assert full.find(["six"]) == 1


def test_the_seal_itself_says_where_the_packages_are(full: Box) -> None:
    full.write(["exact", "current"], 7)
    sealed = find_sealed(str(full.root), [["other"], ["exact", "current"]])
    assert sealed is not None
    assert (sealed.count, sealed.scripts) == (7, str(full.scripts))
    assert find_sealed(str(full.root), [["exact"]]) is None
    assert find_sealed(str(full.root), [["exact", "current", "more"]]) is None
    (full.site / "six.py").unlink()
    assert find_sealed(str(full.root), [["exact", "current"]]) is None


def test_files_on_which_the_answer_rests_are_held_against_what_they_said(box: Box, tmp_path: Path) -> None:
    path, absent = tmp_path / "pyproject.toml", tmp_path / "capsa.toml"
    path.write_text("a")
    box.write(["exact", content_word(str(path)), content_word(str(absent))])
    request = [["exact"]]
    assert find_sealed(str(box.root), request)
    os.utime(path, ns=(1, 1))
    assert find_sealed(str(box.root), request), "the time of a file is no matter"
    path.write_text("b")
    assert find_sealed(str(box.root), request) is None, "not even its size has changed"
    path.write_text("a")
    absent.touch()
    assert find_sealed(str(box.root), request) is None, "what was not there counts too"


def test_a_request_is_noted_once_with_what_its_files_say_now(box: Box, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    for text in "abc":
        path.write_text(text)
        box.write(["exact", content_word(str(path))])
    assert (box.root / ".capsa/seal").read_text().count("met") == 1


def test_the_words_of_files_are_no_part_of_another_request() -> None:
    assert is_met_by(["a"], ["a"])
    assert not is_met_by(["a"], ["a", "b"])
    assert not is_met_by(["a", "b"], ["a"])
    assert is_met_by(["a"], ["a", content_word("/nowhere/x=y")])


def test_the_word_of_a_content_tells_absent_and_unreadable_files_from_others(tmp_path: Path) -> None:
    path = str(tmp_path / "a=b")
    assert content_word(path) == f"={path}=absent"
    assert content_word(f"{path}/c") == f"={path}/c=absent"
    assert content_word(str(tmp_path)) == f"={tmp_path}=unreadable"
    (tmp_path / "a=b").write_bytes(b"x")
    assert content_word(path) == content_word(path, b"x")
    assert content_word(path) != content_word(path, b"")


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
    [b"", b"capsa-seal 2\nSTATE\nmet x\tsix\n", b"capsa-seal 2\n", b"capsa-seal 1\nstate\nmet 1\tsix\n", b"\xff\xfe"],
)
def test_a_seal_that_can_not_be_read_means_look_properly(box: Box, content: bytes) -> None:
    (box.root / ".capsa/seal").write_bytes(content.replace(b"STATE", (box.state() or "").encode()))
    assert box.find(["six"]) is None
    assert find_sealed(str(box.root), [["six"]]) is None


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
