import os

from capsa.model.key import key_of


def test_the_name_tells_what_it_belongs_to_and_is_a_plain_file_name():
    assert key_of("/srv/app/.venv").startswith("_venv-")
    assert key_of("/a/ü b") != key_of("/a/u b")
    for path in ("/", "/a/../b c\n", os.fsdecode(b"/\xff"), "/" + "x" * 300):
        assert "/" not in key_of(path)
        assert len(key_of(path)) <= 57


def test_equal_ends_of_different_paths_differ():
    assert len({key_of(f"/srv/{number}/.venv") for number in range(1000)}) == 1000


def test_a_key_stays_the_same():
    # FNV-1a of "a", as its authors give it: http://www.isthe.com/chongo/tech/comp/fnv
    assert key_of("a") == "a-af63dc4c8601ec8c"
