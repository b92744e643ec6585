"""The mark of a damaged box: set, read, taken away with the change that mends."""

from capsa.environment.mark import forget, mark_damaged, marked, papers_after
from capsa.environment.seal import find_sealed, state_of, write_seal
from capsa.model.layout import DAMAGED, SEAL


def test_a_box_without_a_mark_is_not_marked(tmp_path):
    assert marked(str(tmp_path)) == frozenset()
    assert papers_after(str(tmp_path), ["lamp"]) == {}
    forget(str(tmp_path), ["lamp"])


def test_marks_add_up_and_take_the_seal_away(tmp_path):
    mark_damaged(str(tmp_path), ["wick"])
    (tmp_path / SEAL).write_text("x")
    mark_damaged(str(tmp_path), ["lamp", "wick"])
    assert (tmp_path / DAMAGED).read_text() == "lamp\nwick\n"
    assert not (tmp_path / SEAL).exists()


def test_the_mark_loses_the_names_that_were_mended_and_goes_with_the_last(tmp_path):
    mark_damaged(str(tmp_path), ["lamp", "wick"])
    assert papers_after(str(tmp_path), ["other"]) == {}
    assert papers_after(str(tmp_path), ["lamp"]) == {DAMAGED: b"wick\n"}
    assert papers_after(str(tmp_path), ["lamp", "wick"]) == {DAMAGED: None}
    forget(str(tmp_path), ["lamp"])
    assert marked(str(tmp_path)) == {"wick"}
    forget(str(tmp_path), ["wick"])
    assert not (tmp_path / DAMAGED).exists()


def test_no_seal_counts_or_is_written_over_a_mark(tmp_path):
    root = str(tmp_path)
    for folder in ("bin", "site", ".capsa"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin/python").touch()
    state = state_of(root, f"{root}/site", f"{root}/bin")
    write_seal(root, ["lamp"], 1, state=state)
    assert find_sealed(root, [["lamp"]]).count == 1
    seal = (tmp_path / SEAL).read_bytes()
    mark_damaged(root, ["lamp"])
    write_seal(root, ["lamp"], 1, state=state)
    assert not (tmp_path / SEAL).exists()
    (tmp_path / SEAL).write_bytes(seal)  # by another process, a moment later
    assert find_sealed(root, [["lamp"]]) is None
